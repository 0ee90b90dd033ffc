"""The same six examples in seven orders: how many of eight tickets are sorted right?"""

from itertools import permutations

from local_models import SmallModel

QUEUES = ("account", "billing", "shipping")
CASES = {
    "I forgot my password": "account",
    "Where is my package?": "shipping",
    "The invoice is too high": "billing",
    "Please delete my profile": "account",
    "The delivery is late": "shipping",
    "My payment was declined": "billing",
    "Change my email address": "account",
    "The parcel arrived damaged": "shipping",
}
model = SmallModel()

# --8<-- [start:prompt]
EXAMPLES = [  # triage@1, in the order in which they were written
    ("My card was charged twice", "billing"),
    ("The parcel has not arrived", "shipping"),
    ("I cannot log in", "account"),
    ("I need a refund for this payment", "billing"),
    ("The package was left with a neighbor", "shipping"),
    ("Reset my password please", "account"),
]


def messages(examples: list[tuple[str, str]], ticket: str) -> list[dict[str, str]]:
    """Each example is a message of the user and the answer that it should have got."""
    chat = []
    for text, queue in examples:
        chat.append({"role": "user", "content": text})
        chat.append({"role": "assistant", "content": queue})
    chat.append({"role": "user", "content": ticket})
    return chat


def as_text(chat: list[dict[str, str]]) -> str:
    """A model reads one text. A chat server makes one too, with other marks."""
    text = ""
    for message in chat:
        if message["role"] == "user":
            text += message["content"] + ":"
        else:
            text += " " + message["content"] + "\n"
    return text


def triage(examples: list[tuple[str, str]], ticket: str) -> str:
    # For this model, each queue's name is one token. Longer names need a higher cap.
    # complete() strips the blank in front of the answer.
    answer = model.complete(as_text(messages(examples, ticket)), max_tokens=1)
    return answer if answer in QUEUES else "human"
# --8<-- [end:prompt]


def misplaced(examples: list[tuple[str, str]]) -> dict[str, str]:
    """The tickets in a wrong queue, each with that queue."""
    wrong = {}
    for ticket, expected in CASES.items():
        queue = triage(examples, ticket)
        if queue != expected:
            wrong[ticket] = queue
    return wrong


orders = {"as written (triage@1)": EXAMPLES}
for queues in permutations(QUEUES):  # sorted() keeps the order within each queue
    orders[", ".join(queues)] = sorted(EXAMPLES, key=lambda it: queues.index(it[1]))

print(f"{'order of the examples':<26}  right of {len(CASES)}")
for name, examples in orders.items():
    print(f"{name:<26}  {len(CASES) - len(misplaced(examples))}")

print("\naccount, billing, shipping (triage@2) sends:")
for ticket, queue in misplaced(orders["account, billing, shipping"]).items():
    print(f"  {ticket!r} to {queue}")
