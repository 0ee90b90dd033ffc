"""One agent against four workers on the same eight documents: tokens, and findings."""

from typing import NamedTuple


class Document(NamedTuple):
    file: int
    order: str
    amount: int


DOCUMENTS = [
    Document(1, "A-17", 40), Document(2, "A-17", 45),  # a contradiction inside one part
    Document(3, "B-02", 12), Document(4, "C-30", 90),
    Document(5, "D-11", 15), Document(6, "B-02", 21),  # one between two parts
    Document(7, "E-08", 33), Document(8, "F-19", 70),
]
PARTS = [DOCUMENTS[start : start + 2] for start in range(0, 8, 2)]

INSTRUCTION_TOKENS = 1_500  # the task and the descriptions of the tools
DOCUMENT_TOKENS = 1_000
REPORT_TOKENS = 200  # what one worker returns
CACHED = 0.1  # price of a token that the prompt cache knows, for example


def loop_cost(documents: int) -> tuple[int, float]:
    """Tokens that a loop sends, and their price in tokens with a prompt cache."""
    calls = range(documents + 1)  # one call proposes each document, and one answers
    sent = sum(INSTRUCTION_TOKENS + DOCUMENT_TOKENS * read for read in calls)
    seen_first = INSTRUCTION_TOKENS + DOCUMENT_TOKENS * documents
    return sent, seen_first + CACHED * (sent - seen_first)


def workers_cost() -> tuple[int, float]:
    """The same for four workers and an orchestrator, which plans and then joins."""
    part_sent, part_price = loop_cost(2)
    reports = REPORT_TOKENS * len(PARTS)
    sent = 4 * part_sent + INSTRUCTION_TOKENS + (INSTRUCTION_TOKENS + reports)
    # Its second call finds its own instructions in the cache.
    joining = INSTRUCTION_TOKENS + (CACHED * INSTRUCTION_TOKENS + reports)
    return sent, 4 * part_price + joining


def contradictions(documents: list[Document]) -> dict[str, list[int]]:
    """Orders with two amounts, and their files: what a reader of all these can see."""
    amounts: dict[str, set[int]] = {}
    files: dict[str, list[int]] = {}
    for document in documents:
        amounts.setdefault(document.order, set()).add(document.amount)
        files.setdefault(document.order, []).append(document.file)
    return {order: files[order] for order, seen in amounts.items() if len(seen) > 1}


workers_sent, workers_price = workers_cost()
affordable = max(count for count in range(9) if loop_cost(count)[0] <= workers_sent)

print("                         read  tokens sent  price with cache")
for name, read, (sent, price) in [
    ("one agent", 8, loop_cost(8)),
    ("four workers", 8, (workers_sent, workers_price)),
    ("one agent, their tokens", affordable, loop_cost(affordable)),
]:
    print(f"{name:24}{read:5}{sent:13}{price:18.0f}")

each_alone: dict[str, list[int]] = {}
for part in PARTS:
    each_alone |= contradictions(part)  # a worker reports what it noticed
print("contradictions found, with their files")
print("  one agent:                 ", contradictions(DOCUMENTS))
print("  workers, each a verdict:   ", each_alone)
fields = [document for part in PARTS for document in part]  # what the workers return
print("  workers, fields, then code:", contradictions(fields))
print("  one agent, their tokens:   ", contradictions(DOCUMENTS[:affordable]))
