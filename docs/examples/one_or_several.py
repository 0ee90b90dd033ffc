"""One agent against four workers on the same eight documents: tokens, and findings."""

Document = tuple[str, int]  # an order, and the amount that the document states

DOCUMENTS: list[Document] = [
    ("A-17", 40), ("A-17", 45),  # a contradiction inside one part
    ("B-02", 12), ("C-30", 90),
    ("D-11", 15), ("B-02", 21),  # one between two parts
    ("E-08", 33), ("F-19", 70),
]
PARTS = [DOCUMENTS[start : start + 2] for start in range(0, 8, 2)]
INSTRUCTIONS = 1_500  # tokens: the task and the descriptions of the tools
DOCUMENT = 1_000
REPORT = 200
CACHED = 0.1  # price of a token that the prompt cache knows, for example


def loop_tokens(documents: int) -> tuple[int, float]:
    """Tokens that a loop sends, and their price in tokens with a prompt cache."""
    sent = sum(INSTRUCTIONS + DOCUMENT * read for read in range(documents + 1))
    new = INSTRUCTIONS + DOCUMENT * documents
    return sent, new + CACHED * (sent - new)


def contradictions(documents: list[Document]) -> set[str]:
    """What a reader can notice who has all of these documents in its context."""
    amounts: dict[str, set[int]] = {}
    for order, amount in documents:
        amounts.setdefault(order, set()).add(amount)
    return {order for order, seen in amounts.items() if len(seen) > 1}


one_sent, one_price = loop_tokens(len(DOCUMENTS))
part_sent, part_price = loop_tokens(2)
joining = INSTRUCTIONS + REPORT * len(PARTS)
plan_and_join = INSTRUCTIONS + joining
join_price = INSTRUCTIONS + CACHED * INSTRUCTIONS + REPORT * len(PARTS)

each_alone: set[str] = set()
for part in PARTS:
    each_alone |= contradictions(part)  # a worker reports what it noticed
joined_by_code = contradictions([document for part in PARTS for document in part])

print("                  tokens sent  price with cache")
print(f"one agent       {one_sent:13}{one_price:18.0f}")
print(f"four workers    {4 * part_sent + plan_and_join:13}"
      f"{4 * part_price + join_price:18.0f}")
print("contradictions found")
print("  one agent:                ", sorted(contradictions(DOCUMENTS)))
print("  workers, each a verdict:  ", sorted(each_alone))
print("  workers, fields, then code:", sorted(joined_by_code))
