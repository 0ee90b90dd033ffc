"""Sorts tickets: category, priority, summary. Answers within a contract, or says which promise it could not keep."""

import math
import os
from collections.abc import AsyncIterator
from typing import Annotated, Literal

from fastapi import FastAPI, Request
from fastapi.concurrency import iterate_in_threadpool, run_in_threadpool
from fastapi.responses import JSONResponse, StreamingResponse
from labkit import ModelError, RateLimited, TimedOut, generate, stream
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

SHOTS = """Category is one of payment, delivery, account, other. Priority is one of low, normal, high.

Ticket: I was charged twice for order 8814. Please refund one payment.
{"category": "payment", "priority": "high", "summary": "charged twice for order 8814"}

Ticket: Where can I change my delivery address?
{"category": "account", "priority": "low", "summary": "wants to change the address"}

"""
#: Bytes of a ticket. A token holds one byte at least, so this is a bound in tokens for any tokenizer and any text. With
#: 105 tokens of examples and 80 of answer it fits a window of 2,048.
LONGEST = 1600
#: Seconds that the model has.
TIMEOUT = float(os.environ.get("LAB_TIMEOUT", "20"))

app = FastAPI()


class Ticket(BaseModel):
    text: str


class Triage(BaseModel):
    model_config = ConfigDict(extra="forbid")

    category: Literal["payment", "delivery", "account", "other"]
    priority: Literal["low", "normal", "high"]
    summary: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


class TooLong(Exception):
    pass


class Unusable(Exception):
    pass


@app.exception_handler(Exception)
@app.exception_handler(ModelError)
@app.exception_handler(TooLong)
@app.exception_handler(Unusable)
def problem(request: Request, error: Exception) -> JSONResponse:
    """What the caller can act on: shorten, wait, try later, or look at it."""
    headers = {}
    if isinstance(error, TooLong):
        status, title = 413, f"a ticket has at most {LONGEST} bytes"
    elif isinstance(error, RateLimited):
        status, title = 429, "the model is busy"
        headers["retry-after"] = str(max(1, math.ceil(error.retry_after)))
    elif isinstance(error, TimedOut):
        status, title = 504, "the model did not answer in time"
    elif isinstance(error, Unusable | ModelError):
        status, title = 502, "the model gave no usable answer"
    else:
        status, title = 500, "an error of ours"
    return JSONResponse({"title": title}, status, headers, media_type="application/problem+json")


@app.get("/health")
def health() -> dict:
    return {"status": "ok"}


def checked(ticket: Ticket) -> str:
    """The text, if it fits the budget: before a token is paid for."""
    if len(ticket.text.encode()) > LONGEST:
        raise TooLong
    return ticket.text


@app.post("/triage")
def triage(ticket: Ticket) -> Triage:
    prompt = f"{SHOTS}Ticket: {checked(ticket)}\n"
    answer = generate(prompt, max_tokens=80, stop=["\n\n"], schema=Triage.model_json_schema(), timeout=TIMEOUT)
    if answer.finish == "length":
        raise Unusable("cut off")
    try:
        # Servers that ignore the schema exist, so the contract is checked here, whoever promised it.
        return Triage.model_validate_json(answer.text)
    except ValidationError as error:
        raise Unusable("outside the contract") from error


@app.post("/draft")
async def draft(ticket: Ticket, request: Request) -> StreamingResponse:
    """A first draft of the reply, as it is written, for as long as somebody reads it."""
    source = stream(f"Ticket: {checked(ticket)}\nReply:", max_tokens=200, stop=["\nTicket"], timeout=TIMEOUT)

    # Waits for the first piece: until then an error still has a status.
    first = await run_in_threadpool(next, source, "")

    async def pieces() -> AsyncIterator[str]:
        try:
            yield first
            async for piece in iterate_in_threadpool(source):
                if await request.is_disconnected():
                    return
                yield piece
        finally:
            source.close()  # closes the connection to the model, which then stops

    return StreamingResponse(pieces(), media_type="text/plain")
