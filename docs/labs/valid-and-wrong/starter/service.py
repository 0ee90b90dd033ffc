"""Reads invoice number and amount out of mails, and reports how good it is at that."""

import json
import math
import os
from typing import Annotated

from fastapi import FastAPI, HTTPException
from labkit import ModelError, generate
from pydantic import BaseModel, Field

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
#: Seconds for which a model that is down shall be left alone. Nothing reads it yet; the tests set it to several values.
COOLDOWN = float(os.environ.get("LAB_COOLDOWN", "30"))

app = FastAPI()


class Mail(BaseModel):
    text: str


class Case(Mail):
    """A mail with what a person found in it."""

    invoice: str | None
    amount: str | None


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


@app.post("/evaluate")
def evaluate(cases: Annotated[list[Case], Field(min_length=1)]) -> dict:
    """How many cases are right, and the interval in which the true share lies with 95 percent confidence."""
    right = sum({"invoice", "amount"} <= extract(case).keys() for case in cases)
    share = right / len(cases)
    half = 1.96 * math.sqrt(share * (1 - share) / len(cases))
    return {"right": right, "wrong": len(cases) - right, "refused": 0, "low": share - half, "high": share + half}
