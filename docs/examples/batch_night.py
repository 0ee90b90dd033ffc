"""A nightly batch that survives failed lines, lost webhooks and a second run."""

import hashlib

PROMPT_VERSION = "summary-7"
documents = {"doc-1": "Returns", "doc-2": "Shipping", "doc-3": "Gifts"}
summaries: dict[str, tuple[str, str]] = {}  # document: hash of its input, and summary
open_jobs: dict[str, set[str]] = {}  # the lines that each job was given
seen_events: set[str] = set()

# --8<-- [start:job]
def line_id(document: str) -> str:
    """The id of a line names the document and the exact input that was sent."""
    content = f"{PROMPT_VERSION}\n{documents[document]}"
    return f"{document}_{hashlib.sha256(content.encode()).hexdigest()[:8]}"


def start_run(name: str) -> None:
    lines = {}
    on_their_way = set().union(*open_jobs.values())
    for document, text in documents.items():
        known_id, _ = summaries.get(document, ("", ""))
        wanted = line_id(document)
        if known_id != wanted and wanted not in on_their_way:
            lines[wanted] = text
    print(f"{name}: {', '.join(lines) or 'nothing to send'}")
    if lines:
        open_jobs[provider.submit(lines)] = {*lines}


def collect(job: str) -> None:
    for custom_id, status, summary in provider.jobs[job]:
        document, _, _ = custom_id.partition("_")
        if status != "succeeded":
            print(f"  {document} {status}: stays open for the next run")
        elif custom_id != line_id(document):
            print(f"  {document} has changed since: thrown away")
        else:
            summaries[document] = (custom_id, summary)  # an upsert: twice is harmless
            print(f"  {document} stored")
    open_jobs.pop(job, None)


def on_webhook(event_id: str, job: str) -> None:  # runs in the queue's worker
    if event_id in seen_events:
        print(f"  {event_id} again: dropped")
        return
    collect(job)
    seen_events.add(event_id)


def poll() -> None:  # every few minutes, for jobs older than expected
    for job in sorted(open_jobs):
        print(f"  no webhook for {job}, but it has ended")
        collect(job)
# --8<-- [end:job]


class Provider:
    """Plays the batch API: answers come in another order, and some lines fail."""

    def __init__(self) -> None:
        self.jobs: dict[str, list[tuple[str, str, str]]] = {}

    def submit(self, lines: dict[str, str]) -> str:
        results = []
        for custom_id, text in reversed(lines.items()):
            trouble = {"Shipping": "errored", "Gifts": "expired"}
            status = "succeeded" if self.jobs else trouble.get(text, "succeeded")
            results.append((custom_id, status, f"summary of {text}"))
        job = f"job-{len(self.jobs) + 1}"
        self.jobs[job] = results
        return job


provider = Provider()
start_run("first night")
start_run("started twice")
on_webhook("event-1", "job-1")
on_webhook("event-1", "job-1")
start_run("rest of it")
documents["doc-3"] = "Gift cards"  # edited while the batch is on its way
poll()
start_run("second night")
