"""Three schemas for one task: every reply parses, but not every reply is true."""

import json
import re
from typing import Any

from local_models import SmallModel

Json = dict[str, Any]
SYSTEM = "Extract invoice number and amount. Use null where the message has none."
#: Solved examples. They are sent as earlier turns of the conversation.
SHOTS: list[tuple[str, Json]] = [
    ("Refund of KB-204, 18.00 euros.", {"invoice": "KB-204", "amount": "18.00"}),
    ("Do you ship to Malta?", {"invoice": None, "amount": None}),
    ("We paid 7.25 euros twice on RE-77.", {"invoice": "RE-77", "amount": "7.25"}),
]
MESSAGES = [
    "Please refund INV-118 of 12.50 euros, thanks.",
    "Invoice TT-600: you charged 9.90 euros.",
    "My order never came. I want my money back.",
]
TEXT = {"type": "string"}
CODE = {"type": "string", "pattern": "^[A-Z]{2,3}-[0-9]{2,4}$"}
PRICE = {"type": "string", "pattern": "^[0-9]{1,4}[.][0-9]{2}$"}
NULL = {"type": "null"}
CONTRACTS: dict[str, Json] = {
    "strings": {"invoice": TEXT, "amount": TEXT},
    "patterns": {"invoice": CODE, "amount": PRICE},
    "patterns or null": {
        "invoice": {"anyOf": [CODE, NULL]},
        "amount": {"anyOf": [PRICE, NULL]},
    },
}


def request(message: str, fields: Json, shots: list[tuple[str, Json]]) -> Json:
    turns = [{"role": "system", "content": SYSTEM}]
    for question, solution in shots:
        turns.append({"role": "user", "content": question})
        turns.append({"role": "assistant", "content": json.dumps(solution)})
    turns.append({"role": "user", "content": message})
    schema = {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }
    answer = {"name": "refund", "strict": True, "schema": schema}
    return {
        "model": "example-model-2026-08-01",
        "messages": turns,
        "temperature": 0,
        "max_completion_tokens": 60,
        "response_format": {"type": "json_schema", "json_schema": answer},
    }


def verdict(choice: Json, message: str) -> str:
    if choice["finish_reason"] != "stop":
        return f"refused, {choice['finish_reason']}"
    words = set(re.findall(r"[\w.-]*\w", message))
    values = json.loads(choice["message"]["content"])
    made_up = [name for name, value in values.items() if value and value not in words]
    if made_up:
        return f"refused, no such word: {', '.join(made_up)}"
    return "accepted"


def show(title: str, fields: Json, shots: list[tuple[str, Json]]) -> None:
    print(title)
    for message in MESSAGES:
        reply = model.post("/v1/chat/completions", request(message, fields, shots))
        choice = reply["choices"][0]
        content = " ".join(choice["message"]["content"].split())
        print(f"  {content[:46]:<46}  {verdict(choice, message)}")


model = SmallModel()
for contract, fields in CONTRACTS.items():
    show(contract, fields, [])
show("patterns or null, after three solved examples", fields, SHOTS)
