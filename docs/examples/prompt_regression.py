"""A release gate for a changed prompt: compare case by case, not by average."""

from local_models import SmallModel

Examples = list[tuple[str, str]]

ACCEPTED_LOSSES = 0
QUEUES = {"account", "billing", "shipping"}
CURRENT = [  # triage@3
    ("My card was charged twice", "billing"),
    ("The parcel has not arrived", "shipping"),
    ("I cannot log in", "account"),
    ("The invoice is wrong", "billing"),
]
LOCKED = ("My account is locked", "account")
PASSWORD = ("Reset my password please", "account")
NEIGHBOR = ("The package was left with a neighbor", "shipping")
CANDIDATES = {
    "locked account (triage@4)": [*CURRENT, LOCKED],
    "neighbor, then locked account": [*CURRENT, NEIGHBOR, LOCKED],
    "password, then neighbor (triage@5)": [*CURRENT, PASSWORD, NEIGHBOR],
}
CASES = {
    "Merge my two accounts": "account",  # the complaint: it went to billing
    "I forgot my password": "account",
    "Please delete my profile": "account",
    "Somebody else uses my login": "account",
    "The login page is blank": "account",
    "Two-factor code never arrives": "account",
    "You took the money twice": "billing",
    "My credit card expired": "billing",
    "Why was I charged?": "billing",
    "The price is wrong": "billing",
    "The tax on the bill is wrong": "billing",
    "The parcel arrived damaged": "shipping",
    "The courier broke my vase": "shipping",
    "The box was empty": "shipping",
    "The driver left it in the rain": "shipping",
    "I want to return the shoes": "shipping",
}
model = SmallModel()


# --8<-- [start:gate]
def triage(examples: Examples, ticket: str) -> str:
    """One call. This small model continues a text: examples first, then the ticket."""
    lines = [f"{text}: {queue}" for text, queue in examples]
    answer = model.complete("\n".join([*lines, f"{ticket}:"]), max_tokens=1)
    return answer if answer in QUEUES else "human"


def answers(examples: Examples) -> dict[str, str]:
    """Each ticket and the queue that this prompt gives it."""
    return {ticket: triage(examples, ticket) for ticket in CASES}


def right(queues: dict[str, str]) -> set[str]:
    """The tickets that landed in the right queue."""
    return {ticket for ticket in CASES if queues[ticket] == CASES[ticket]}


before = right(answers(CURRENT))
print(f"current prompt (triage@3): {len(before)} of {len(CASES)} right")
for name, examples in CANDIDATES.items():
    queues = answers(examples)
    after = right(queues)
    lost = sorted(before - after)
    verdict = "released" if len(lost) <= ACCEPTED_LOSSES else "refused"
    print(f"\n{name}: {len(after)} right, {verdict}")
    for ticket in sorted(after - before):
        print(f"  won   {ticket}")
    for ticket in lost:
        print(f"  lost  {ticket} (now {queues[ticket]})")
# --8<-- [end:gate]
