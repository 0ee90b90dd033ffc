"""A nightly batch that survives failed lines, lost webhooks and a second run."""

import hashlib

PROMPT_VERSION = "summary-7"
ASK_AFTER = 2  # hours; in your service, what most of your jobs took
documents = {"doc-1": "Returns", "doc-2": "Shipping", "doc-3": "Gifts"}
summaries: dict[str, tuple[str, str]] = {}  # document: its line's id, and the summary
open_lines: dict[str, str] = {}  # id of a line: the job that has it
open_jobs: dict[str, int] = {}  # job: the hour in which it was submitted
seen_events: set[str] = set()

# --8<-- [start:job]
def line_id(document: str) -> str:
    """The id of a line names the document and the exact input that was sent."""
    content = f"{PROMPT_VERSION}\n{documents[document]}"
    return f"{document}_{hashlib.sha256(content.encode()).hexdigest()[:8]}"

def start_run(name: str, hour: int) -> None:
    lines = {}
    for document, text in documents.items():
        wanted = line_id(document)
        stored, _ = summaries.get(document, ("", ""))
        if wanted != stored and wanted not in open_lines:
            open_lines[wanted] = "being submitted"  # a row with the id as unique key
            lines[wanted] = text
    print(f"hour {hour}: {name}, {', '.join(lines) or 'nothing to send'}")
    if lines:
        job = provider.submit(lines, hour)
        open_jobs[job] = hour
        open_lines.update(dict.fromkeys(lines, job))

def collect(job: str, hour: int) -> None:  # with a database, one transaction
    if job not in open_jobs:
        return  # collected before
    if not provider.has_ended(job, hour):
        print(f"  {job} is still running: it stays open")
        return
    for custom_id, status, summary in provider.results[job]:
        document, _, _ = custom_id.rpartition("_")
        if status != "succeeded":
            print(f"  {document} {status}: free for the next run")
        elif document not in documents or custom_id != line_id(document):
            print(f"  {document} was changed or deleted: thrown away")
        else:
            summaries[document] = (custom_id, summary)
            print(f"  {document} stored")
        open_lines.pop(custom_id, None)
    del open_jobs[job]
# --8<-- [end:job]

def on_webhook(event_id: str, job: str, hour: int) -> None:  # in the queue's worker
    if event_id in seen_events:
        print(f"hour {hour}: {event_id} again, dropped")
        return
    print(f"hour {hour}: {event_id} says that {job} has ended")
    collect(job, hour)
    seen_events.add(event_id)

def poll(hour: int) -> None:  # every few minutes
    for job, submitted in sorted(open_jobs.items()):
        if hour - submitted >= ASK_AFTER:
            print(f"hour {hour}: no webhook for {job}, so ask")
            collect(job, hour)

class Provider:  # plays the batch API: another order, failed lines, its own time
    ends, results = {}, {}  # the hour in which each job ends, and its answers

    def submit(self, lines: dict[str, str], hour: int) -> str:
        trouble = {} if self.ends else {"Shipping": "errored", "Gifts": "expired"}
        job = f"job-{len(self.ends) + 1}"
        self.ends[job] = hour + (2 if self.results else 24)
        self.results[job] = [(line, trouble.get(text, "succeeded"), f"about {text}")
                             for line, text in reversed(lines.items())]
        return job

    def has_ended(self, job: str, hour: int) -> bool:
        return hour >= self.ends[job]

provider = Provider()
start_run("first night", 22)
start_run("started twice", 22)
poll(23)
poll(30)
on_webhook("event-1", "job-1", 46)
on_webhook("event-1", "job-1", 46)
start_run("rest of it", 46)
documents["doc-3"] = "Gift cards"  # edited while the batch is on its way
poll(49)
start_run("next night", 70)
