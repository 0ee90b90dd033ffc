"""Reads invoice number and amount out of mails, and reports how good it is at that."""

import json
import math
import os
import random
import re
import time

from fastapi import FastAPI, HTTPException
from labkit import ModelError, RateLimited, Refused, generate
from pydantic import BaseModel

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
#: Attempts to get one answer from a server that fails, and the longest pause that is worth waiting for, in seconds.
ATTEMPTS, PATIENCE = 3, 5
#: Failed mails in a row after which the model is left alone, and for how many seconds.
FAILURES, COOLDOWN = 5, float(os.environ.get("LAB_COOLDOWN", "30"))

app = FastAPI()


class Mail(BaseModel):
    text: str


class Breaker:
    """Counts failures in a row. Open, it lets nothing through; after the pause one call may try."""

    def __init__(self) -> None:
        self.failures, self.until = 0, 0.0

    def closed(self) -> bool:
        return time.monotonic() >= self.until

    def note(self, fine: bool) -> None:
        self.failures = 0 if fine else self.failures + 1
        if self.failures >= FAILURES:
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


def doubt(answer: str, text: str) -> str:
    """What is wrong with an answer, for the model and for the log; empty when every value stands in the mail."""
    try:
        values = json.loads(answer)
    except ValueError:
        return "not an object"
    words = re.findall(r"[\w.,-]*\w", text)
    wrong = [f"{key} {value}" for key, value in values.items() if value is not None and value not in words]
    return f"{' and '.join(wrong)} not in the mail" if wrong else ""


def by_rules(text: str) -> dict | None:
    """What a mail of the plainest form says; None for any other."""
    invoices, amounts = re.findall(r"\b[A-Z]{2,3}-\d{2,4}\b", text), re.findall(r"\b\d+\.\d\d(?= euros)", text)
    if len(invoices) == len(amounts) == 1:
        return {"invoice": invoices[0], "amount": amounts[0], "source": "rules"}
    return None


@app.post("/extract")
def extract(mail: Mail) -> dict:
    if breaker.closed():
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
        except ModelError:
            breaker.note(False)
    if found := by_rules(mail.text):
        return found
    raise HTTPException(503, "the model is not available", {"retry-after": str(math.ceil(COOLDOWN))})


@app.get("/report")
def report(passed: int, cases: int) -> dict:
    """Share of right answers, and Wilson's interval in which the true share lies with 95 percent confidence."""
    share, z = passed / cases, 1.96
    middle = (share + z * z / (2 * cases)) / (1 + z * z / cases)
    half = z * math.sqrt(share * (1 - share) / cases + z * z / (4 * cases**2)) / (1 + z * z / cases)
    return {"share": share, "low": middle - half, "high": middle + half}
