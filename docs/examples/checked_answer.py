"""Valid JSON, wrong facts: a semantic check and a repair loop with a budget."""

import json
from collections.abc import Callable

PAID_CENTS = {("c1", "8841-A"): 5990}  # our own records, keyed by customer and order


def complaint(text: str, customer: str) -> str | None:
    try:
        reply = json.loads(text)
        order, cents = reply["order"], reply["cents"]
    except (ValueError, TypeError, KeyError):
        return "reply with a JSON object that has order and cents"
    # The pattern of an order number proves nothing; only a record does.
    paid = PAID_CENTS.get((customer, str(order)))
    if paid is None:
        return f"order {order} is not an order of this customer"
    # Say what is allowed: `cents <= paid` would accept -1 and true, too.
    fits = type(cents) is int and 0 < cents <= paid
    # The complaint doesn't say what was paid, or the model could copy it.
    return None if fits else f"{cents} is not an amount that we can refund, in cents"


def refund(model: Callable[[str], str], task: str, customer: str, calls: int) -> str:
    prompt = task
    for call in range(1, calls + 1):
        text = model(prompt)
        if (wrong := complaint(text, customer)) is None:
            return f"call {call} accepted: {text}"
        print(f"call {call} rejected: {wrong}")
        # The endpoint remembers nothing: send task, reply and complaint together.
        prompt = f"{task}\nYour reply: {text}\nWrong with it: {wrong}"
    return "failed: handed to a person"


SCRIPTED = ['{"order": "8814-A", "cents": 5990}', '{"order": "8841-A", "cents": 5990}']
replies = iter(SCRIPTED)
print(refund(lambda prompt: next(replies), "Extract the refund.", "c1", calls=2))
