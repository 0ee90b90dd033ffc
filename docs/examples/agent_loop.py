"""An agent loop and its stops. Scripts propose the calls, as a model would."""

from collections.abc import Iterator

Call = tuple[str, str]  # a tool, and its argument

# --8<-- [start:loop]
MAX_STEPS = 10
MAX_TOKENS_SENT = 40_000  # over the whole run
MAX_EQUAL_CALLS = 2
POLLERS = {"export_status"}  # declared in code: asking again is their purpose
ADDED_TOKENS = {"read_order": 1_000, "search": 1_000, "export_status": 100}
DONE = ("done", "")


def task_is_done(history: list[Call]) -> bool:
    """The task was about an order, so a run that never read one isn't done."""
    return any(tool == "read_order" for tool, _ in history)


def goes_in_circles(call: Call, history: list[Call]) -> bool:
    return call[0] not in POLLERS and history.count(call) == MAX_EQUAL_CALLS


def run(model: Iterator[Call]) -> tuple[int, int, str]:
    """Steps (calls that ran), tokens sent, and why the run ended."""
    history: list[Call] = []
    context = 1_000  # the task and the descriptions of the tools
    tokens_sent = 0
    while True:
        if len(history) == MAX_STEPS:
            return len(history), tokens_sent, "out of steps"
        if tokens_sent + context > MAX_TOKENS_SENT:
            return len(history), tokens_sent, "out of tokens"

        call = next(model)  # a real loop sends the whole context here
        tokens_sent += context

        if call == DONE:
            agreed = "agrees" if task_is_done(history) else "disagrees"
            return len(history), tokens_sent, f"done, check {agreed}"
        if goes_in_circles(call, history):
            return len(history), tokens_sent, "same call a third time"

        history.append(call)  # a real loop runs the tool here
        context += ADDED_TOKENS[call[0]]
# --8<-- [end:loop]


SCRIPTS = {
    "answers": [("read_order", "A-17"), ("search", "returns"), DONE],
    "never reads": [("search", "returns"), DONE],
    "circles": [("search", "invoice 17")] * 9,
    "waits": [("read_order", "A-17"), *[("export_status", "job-3")] * 6, DONE],
    "waits forever": [("export_status", "job-3")] * 99,
    "keeps reading": [("search", f"page {number}") for number in range(99)],
}
print("run            steps   tokens  stopped by")
for name, script in SCRIPTS.items():
    steps, tokens_sent, reason = run(iter(script))
    print(f"{name:15}{steps:5}{tokens_sent:9}  {reason}")
