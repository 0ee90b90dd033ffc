"""A release gate for a changed prompt: compare case by case, not by average."""

from local_models import SmallModel

Examples = list[tuple[str, str]]

ACCEPTED_LOSSES = 0
QUEUES = {"account", "billing", "shipping"}
CURRENT = [
    ("My card was charged twice", "billing"),
    ("The parcel has not arrived", "shipping"),
    ("I cannot log in", "account"),
    ("The invoice is wrong", "billing"),
]
LOCKED = ("My account is locked", "account")
PASSWORD = ("Reset my password please", "account")
NEIGHBOR = ("The package was left with a neighbor", "shipping")
CANDIDATES = {
    "one example for the complaint": [*CURRENT, LOCKED],
    "one more for shipping": [*CURRENT, NEIGHBOR, LOCKED],
    "other words for account": [*CURRENT, PASSWORD, NEIGHBOR],
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


def triage(examples: Examples, ticket: str) -> str:
    """One call. This small model continues a text: examples first, then the ticket."""
    lines = [f"{text}: {queue}" for text, queue in examples]
    answer = model.complete("\n".join([*lines, f"{ticket}:"]), max_tokens=1)
    return answer if answer in QUEUES else "human"


def right(examples: Examples) -> set[str]:
    """The tickets that land in the right queue."""
    return {ticket for ticket in CASES if triage(examples, ticket) == CASES[ticket]}


before = right(CURRENT)
print(f"current prompt: {len(before)} of {len(CASES)} right")
for name, examples in CANDIDATES.items():
    after = right(examples)
    won = sorted(after - before)
    lost = sorted(before - after)
    verdict = "released" if len(lost) <= ACCEPTED_LOSSES else "refused"
    print(f"\n{name}: {len(after)} right, {verdict}")
    print("  won:", *won, sep="\n    ")
    print("  lost:", *lost or ["none"], sep="\n    ")
