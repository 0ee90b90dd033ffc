"""Valid JSON, wrong facts: a semantic check and a repair loop with a budget."""

import json
from collections.abc import Callable

ORDERS = {"8841-A": {"customer": "c1", "paid": 59.90}}

Model = Callable[[str], str]


def complaints(reply: dict[str, object], customer: str) -> list[str]:
    order = ORDERS.get(str(reply.get("order")))
    # The pattern of an order number proves nothing; only our own records do.
    if order is None or order["customer"] != customer:
        return [f"order {reply.get('order')} is not an order of this customer"]
    if float(str(reply["amount"])) > float(str(order["paid"])):
        return [f"amount {reply['amount']} is more than was paid"]
    return []


def refund(model: Model, customer: str, calls: int = 3) -> str:
    prompt = "Extract the refund as JSON."
    for attempt in range(1, calls + 1):
        reply = json.loads(model(prompt))
        found = complaints(reply, customer)
        if not found:
            return f"accepted after {attempt} calls: {reply}"
        print(f"call {attempt} rejected: {found[0]}")
        prompt = f"Correct only this: {found[0]}"
    return "not known: handed to a person"


replies = iter([
    '{"order": "8814-A", "amount": 59.90}',   # digits swapped, pattern intact
    '{"order": "8841-A", "amount": 599.0}',   # the right order, an invented amount
    '{"order": "8841-A", "amount": 59.90}',
])
print(refund(lambda prompt: next(replies), customer="c1"))
