"""Reads invoice number and amount out of mails, and reports how good it is at that."""

import json
import math

from fastapi import FastAPI, HTTPException
from labkit import ModelError, generate
from pydantic import BaseModel

SHOTS = """Refund of KB-204, 18.00 euros. -> {"invoice": "KB-204", "amount": "18.00"}
Do you ship to Malta? -> {"invoice": null, "amount": null}
We paid 7.25 euros twice on RE-77. -> {"invoice": "RE-77", "amount": "7.25"}
"""
FIELD = {"type": "string", "maxLength": 16}
SCHEMA = {
    "type": "object",
    "properties": {"invoice": FIELD, "amount": FIELD},
    "required": ["invoice", "amount"],
    "additionalProperties": False,
}

app = FastAPI()


class Mail(BaseModel):
    text: str


@app.get("/health")
def health() -> dict:
    return {"status": "ok"}


@app.post("/extract")
def extract(mail: Mail) -> dict:
    for _ in range(10):
        try:
            answer = generate(f"{SHOTS}{mail.text} ->", max_tokens=48, schema=SCHEMA)
            return json.loads(answer.text) | {"source": "model"}
        except (ModelError, ValueError):
            continue  # perhaps the next time
    raise HTTPException(500, "no answer")


@app.get("/report")
def report(passed: int, cases: int) -> dict:
    """Share of right answers, and the interval in which the true share lies with 95 percent confidence."""
    share = passed / cases
    half = 1.96 * math.sqrt(share * (1 - share) / cases)
    return {"share": share, "low": share - half, "high": share + half}
