"""One request under three contracts: every reply parses, not every reply is true."""

import json
import re
from typing import Any

from local_models import SmallModel

SHOTS = """Refund of KB-204, 18.00 euros. -> {"invoice": "KB-204", "amount": "18.00"}
Do you ship to Malta? -> {"invoice": null, "amount": null}
We paid 7.25 euros twice on RE-77. -> {"invoice": "RE-77", "amount": "7.25"}
"""
TEXTS = ("Please refund INV-118 of 12.50 euros, thanks.",
         "Invoice TT-600: you charged 9.90 euros.",
         "My order never came. I want my money back.")
CODE = {"type": "string", "pattern": "^[A-Z]{2,3}-[0-9]{2,4}$"}
PRICE = {"type": "string", "pattern": "^[0-9]{1,4}[.][0-9]{2}$"}
NULL = {"type": "null"}
CONTRACTS: dict[str, dict[str, Any]] = {
    "strings": {"invoice": {"type": "string"}, "amount": {"type": "string"}},
    "patterns": {"invoice": CODE, "amount": PRICE},
    "patterns or null": {"invoice": {"anyOf": [CODE, NULL]},
                         "amount": {"anyOf": [PRICE, NULL]}},
}


def verdict(reply: str, text: str) -> str:
    seen = {*re.findall(r"[\w.-]*\w", text), None}
    if not reply.endswith("}"):  # the cap of 40 tokens came first
        return "refused, cut off"
    wrong = [key for key, value in json.loads(reply).items() if value not in seen]
    return f"refused, {' and '.join(wrong)} not in the text" if wrong else "accepted"


model = SmallModel()
for name, fields in CONTRACTS.items():
    print(name)
    schema = {"type": "object", "properties": fields, "required": [*fields]}
    for text in TEXTS:
        reply = model.complete(f"{SHOTS}{text} ->", 40, json_schema=schema)
        print(f"  {reply}  {verdict(reply, text)}")
