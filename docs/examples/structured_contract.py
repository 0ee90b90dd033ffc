"""Three schemas for one task: every reply parses, but not every reply is true."""

import json
import re
from typing import Any

from local_models import SmallModel

Json = dict[str, Any]
Shots = list[tuple[str, Json]]
#: The same for every schema, so that only the schema changes.
SYSTEM = "Extract invoice number and amount. Use null where the message has none."
#: Solved examples. They are sent as earlier turns of the conversation.
SHOTS: Shots = [
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
STRINGS = {"invoice": TEXT, "amount": TEXT}
PATTERNS = {"invoice": CODE, "amount": PRICE}
OR_NULL = {"invoice": {"anyOf": [CODE, NULL]}, "amount": {"anyOf": [PRICE, NULL]}}


def request(message: str, fields: Json, shots: Shots) -> Json:
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


def fits(value: object, field: Json) -> bool:
    """Whether a value obeys its schema; knows only the keywords that stand above."""
    if "anyOf" in field:
        return any(fits(value, choice) for choice in field["anyOf"])
    if field["type"] == "null":
        return value is None
    return isinstance(value, str) and bool(re.search(field.get("pattern", ""), value))


def verdict(choice: Json, message: str, fields: Json) -> str:
    if choice["finish_reason"] != "stop":
        return f"refused, {choice['finish_reason']}"
    values = json.loads(choice["message"]["content"])
    if values.keys() != fields.keys():
        return "refused, breaks the schema"
    if not all(fits(values[name], field) for name, field in fields.items()):
        return "refused, breaks the schema"
    words = re.findall(r"[\w.-]*\w", message)  # INV-118 and 12.50 are one word each
    made_up = [name for name in values if values[name] not in [*words, None]]
    return f"refused, no such word: {', '.join(made_up)}" if made_up else "accepted"


def show(title: str, fields: Json, shots: Shots) -> None:
    print(title)
    for message in MESSAGES:
        reply = model.post("/v1/chat/completions", request(message, fields, shots))
        choice = reply["choices"][0]
        content = " ".join(choice["message"]["content"].split())
        print(f"  {content[:46]:<46}  {verdict(choice, message, fields)}")


model = SmallModel()
show("strings", STRINGS, [])
show("patterns", PATTERNS, [])
show("patterns or null", OR_NULL, [])
show("patterns or null, after three solved examples", OR_NULL, SHOTS)
