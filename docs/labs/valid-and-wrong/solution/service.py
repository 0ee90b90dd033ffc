"""Reads invoice number and amount out of mails, and reports how good it is at that."""

import json
import math
import os
import random
import re
import threading
import time
from collections import Counter
from typing import Annotated

from fastapi import FastAPI, HTTPException
from labkit import ModelError, RateLimited, Refused, generate
from pydantic import BaseModel, Field

SHOTS = """Refund of KB-204, 18.00 euros. -> {"invoice": "KB-204", "amount": "18.00"}
Do you ship to Malta? -> {"invoice": null, "amount": null}
We paid 7.25 euros twice on RE-77. -> {"invoice": "RE-77", "amount": "7.25"}
"""


def schema(*types: str) -> dict:
    field = {"type": [*types], "maxLength": 16}
    return {
        "type": "object",
        "properties": {"invoice": field, "amount": field},
        "required": ["invoice", "amount"],
        "additionalProperties": False,
    }


#: Calls to the model for one mail. The first has to name values; the second, told what was wrong, may say null.
CALLS = [schema("string"), schema("string", "null")]
#: What a value of each kind looks like.
KINDS = {"invoice": r"[A-Z]{2,3}-\d{2,4}", "amount": r"\d+\.\d\d"}
#: Attempts to get one answer from a server that fails, and the longest pause that is worth waiting for, in seconds.
ATTEMPTS, PATIENCE = 3, 5
#: Failed mails in a row after which the model is left alone, and for how many seconds.
FAILURES, COOLDOWN = 5, float(os.environ.get("LAB_COOLDOWN", "30"))

app = FastAPI()


class Mail(BaseModel):
    text: str


class Case(Mail):
    """A mail with what a person found in it."""

    invoice: str | None
    amount: str | None


class Breaker:
    """Counts failures in a row. Open, it lets nothing through; after each pause one mail may try."""

    def __init__(self) -> None:
        self.failures, self.until, self.lock = 0, 0.0, threading.Lock()

    def lets_through(self) -> bool:
        with self.lock:
            now = time.monotonic()
            if self.failures < FAILURES:
                return True
            if now < self.until:
                return False
            self.until = now + COOLDOWN  # for the others, while this one tries
            return True

    def note(self, fine: bool) -> None:
        with self.lock:
            self.failures = 0 if fine else self.failures + 1
            self.until = time.monotonic() + COOLDOWN


breaker = Breaker()


@app.get("/health")
def health() -> dict:
    return {"status": "ok"}


def ask(prompt: str, shape: dict) -> str:
    """One answer, with pauses between attempts. Raises ModelError when the last has failed."""
    for attempt in range(ATTEMPTS):
        try:
            return generate(prompt, max_tokens=48, schema=shape).text
        except Refused:
            raise  # the same request will be refused again
        except ModelError as error:
            pause = 0.1 * 2**attempt * (1 + random.random())  # jitter: not everybody at once
            if isinstance(error, RateLimited):
                pause = max(pause, error.retry_after)
            if attempt == ATTEMPTS - 1 or pause > PATIENCE:
                raise
            time.sleep(pause)
    raise AssertionError


def candidates(text: str) -> dict[str, list[str]]:
    """Words of a mail that have the form of an invoice or of an amount."""
    words = re.findall(r"[\w.,-]*\w", text)
    return {key: [word for word in words if re.fullmatch(kind, word)] for key, kind in KINDS.items()}


def doubt(answer: str, text: str) -> str:
    """What is wrong with an answer, for the model and for the log; empty when every value has support."""
    try:
        values = json.loads(answer)
    except ValueError:
        values = None
    if not isinstance(values, dict) or values.keys() != KINDS.keys():
        return "not an object with invoice and amount"
    known = candidates(text)
    wrong = [f"{key} {value}" for key, value in values.items() if value is not None and value not in known[key]]
    return f"the mail has no {' and no '.join(wrong)}" if wrong else ""


def by_rules(text: str) -> dict | None:
    """What a mail of the plainest form says; None for any other."""
    found = candidates(text)
    if all(len(values) == 1 for values in found.values()):
        return {key: values[0] for key, values in found.items()} | {"source": "rules"}
    return None


@app.post("/extract")
def extract(mail: Mail) -> dict:
    if breaker.lets_through():
        try:
            prompt = f"{SHOTS}{mail.text} ->"
            for shape in CALLS:
                answer = ask(prompt, shape)
                breaker.note(True)
                if not (why := doubt(answer, mail.text)):
                    return json.loads(answer) | {"source": "model"}
                prompt = (
                    f"{SHOTS}{mail.text} -> {answer}\nWrong: {why}. Take values from the mail, or null.\n{mail.text} ->"
                )
            raise HTTPException(422, f"no answer that the mail supports: {why}")
        except ModelError as error:
            breaker.note(isinstance(error, Refused))  # a model that refuses is not down
    if found := by_rules(mail.text):
        return found
    raise HTTPException(503, "the model is not available", {"retry-after": str(math.ceil(COOLDOWN))})


def verdict(case: Case) -> str:
    try:
        answer = extract(case)
    except HTTPException:
        return "refused"
    return "right" if (answer["invoice"], answer["amount"]) == (case.invoice, case.amount) else "wrong"


@app.post("/evaluate")
def evaluate(cases: Annotated[list[Case], Field(min_length=1)]) -> dict:
    """How many cases are right, and Wilson's interval in which the true share lies with 95 percent confidence."""
    counts = Counter({"right": 0, "wrong": 0, "refused": 0})
    counts.update(verdict(case) for case in cases)
    n, z = len(cases), 1.96
    share = counts["right"] / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n**2)) / (1 + z * z / n)
    return counts | {"low": middle - half, "high": middle + half}
