"""Sorts tickets: category, priority, summary. Everything in here worked on the day it was demonstrated."""

import os
import re

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from labkit import generate, stream
from pydantic import BaseModel

SHOTS = """Category is one of payment, delivery, account, other. Priority is one of low, normal, high.

Ticket: I was charged twice for order 8814. Please refund one payment.
Category: payment
Priority: high
Summary: charged twice for order 8814

Ticket: Where can I change my delivery address?
Category: account
Priority: low
Summary: wants to change the address

"""

#: Seconds that the model has.
TIMEOUT = float(os.environ.get("LAB_TIMEOUT", "20"))

app = FastAPI()


class Ticket(BaseModel):
    text: str


@app.get("/health")
def health() -> dict:
    return {"status": "ok"}


@app.post("/triage")
def triage(ticket: Ticket) -> dict:
    answer = generate(f"{SHOTS}Ticket: {ticket.text}\n", max_tokens=60, stop=["\n\n"]).text
    found = dict(re.findall(r"^(Category|Priority|Summary): (.*)$", answer, re.MULTILINE))
    return {
        "category": found.get("Category", "other"),
        "priority": found.get("Priority", "low"),
        "summary": found.get("Summary", ""),
    }


@app.post("/draft")
def draft(ticket: Ticket) -> StreamingResponse:
    """A first draft of the reply, as it is written."""
    pieces = list(stream(f"Ticket: {ticket.text}\nReply:", max_tokens=200, stop=["\nTicket"]))
    return StreamingResponse(iter(pieces), media_type="text/plain")
