"""Answers the customers of several tenants with one model, whole or as a stream, and traces what it does."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import httpx
from fastapi import FastAPI, Header, HTTPException, Request
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel
from tracing import Span, exporter

MODEL = os.environ.get("LAB_MODEL") or "m-latest"
PATH = "/v1/chat/completions"
RULES = "You answer the customers of a shop. Be short and friendly."
#: How often something is tried, and the seconds before the second time.
ATTEMPTS, PAUSE = 3, 0.05
#: Tokens that the model may write at first.
ROOM = 400
#: Statuses of a provider that may be well again in a moment.
BUSY = (429, 500, 503)
#: What the spans of all model calls have in common.
CALL = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": MODEL}

model = httpx.AsyncClient(base_url=os.environ.get("LAB_BASE_URL", "http://localhost:8080"), timeout=60, trust_env=False)


class ModelError(Exception):
    """The model gave no answer."""


class Tenant(BaseModel):
    """Who pays: each tenant has a key of its own at the provider, and a line on the invoice."""

    key: str


class Price(BaseModel):
    """Dollars for a million tokens, as the provider's price list says."""

    input: Decimal
    cached_input: Decimal
    output: Decimal


class Question(BaseModel):
    tenant: str
    customer: str
    question: str


tenants: dict[str, Tenant] = {}
prices: dict[str, Price] = {}


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    exporter.start()
    yield
    await model.aclose()


app = FastAPI(lifespan=lifespan)


@app.exception_handler(ModelError)
@app.exception_handler(httpx.HTTPError)
async def no_answer(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": "the model gave no answer"}, 502)


@app.put("/tenants/{tenant}")
def put_tenant(tenant: str, new: Tenant) -> dict:
    tenants[tenant] = new
    return {"tenants": len(tenants)}


@app.put("/prices")
def put_prices(new: dict[str, Price]) -> dict:
    """The price list from now on."""
    global prices
    prices = new
    return {"models": len(new)}


def model_span(request: Span, asked: Question) -> Span:
    return request.child(f"chat {MODEL}", CALL | {"gen_ai.input.messages": asked.question})


def record(span: Span, answer: dict[str, Any]) -> None:
    """Write on a span what a call has used, and what that costs in dollars and cents."""
    usage, price = answer["usage"], prices[MODEL]
    cost = (usage["prompt_tokens"] * price.input + usage["completion_tokens"] * price.output) / 1_000_000
    span.attributes |= {
        "gen_ai.response.id": answer["id"],
        "gen_ai.usage.input_tokens": usage["prompt_tokens"],
        "gen_ai.usage.output_tokens": usage["completion_tokens"],
        "app.cost.usd": round(float(cost), 2),
    }


def body(asked: Question, **more: Any) -> dict[str, Any]:
    messages = [{"role": "system", "content": RULES}, {"role": "user", "content": asked.question}]
    return {"model": MODEL, "messages": messages} | more


def key_of(asked: Question) -> dict[str, str]:
    if asked.tenant not in tenants:
        raise HTTPException(404, f"there is no tenant {asked.tenant!r}")
    return {"authorization": f"Bearer {tenants[asked.tenant].key}"}


@app.post("/answer")
async def answer(asked: Question, traceparent: str = Header("")) -> dict:
    key = key_of(asked)
    with Span.of_request("POST /answer", traceparent, {"enduser.id": asked.customer}) as request:
        return {"answer": await complete(asked, key, request)}


async def complete(asked: Question, key: dict[str, str], request: Span) -> str:
    """The model's answer. A busy model is asked again after a pause, and one that wrote no text gets more room."""
    room = ROOM
    with model_span(request, asked) as span:
        for attempt in range(ATTEMPTS):
            reply = await model.post(PATH, json=body(asked, max_tokens=room), headers=key)
            if reply.status_code == 200:
                record(span, reply.json())
                text = reply.json()["choices"][0]["message"]["content"]
                if text:
                    return text
                room *= 2  # all of it went into reasoning
            elif reply.status_code in BUSY:
                await asyncio.sleep(PAUSE * 2**attempt)
            else:
                raise ModelError(f"the provider answers {reply.status_code}: {reply.text}")
        raise ModelError(f"no answer in {ATTEMPTS} attempts")


@app.post("/stream")
async def stream(asked: Question, traceparent: str = Header("")) -> StreamingResponse:
    key = key_of(asked)
    sent = body(asked, max_tokens=ROOM, stream=True)
    with Span.of_request("POST /stream", traceparent, {"enduser.id": asked.customer}) as request:
        with model_span(request, asked):
            upstream = await model.send(model.build_request("POST", PATH, json=sent, headers=key), stream=True)
            if upstream.status_code != 200:
                raise ModelError(f"the provider answers {upstream.status_code}: {(await upstream.aread()).decode()}")
        return StreamingResponse(words(upstream), media_type="text/event-stream")


async def words(upstream: httpx.Response) -> AsyncIterator[str]:
    """The model's text as events for the customer. When the customer leaves, the model is stopped."""
    try:
        async for event in events(upstream):
            for choice in event["choices"]:
                if text := choice["delta"].get("content"):
                    yield f"data: {json.dumps({'text': text})}\n\n"
        yield "event: done\ndata: {}\n\n"
    except ModelError:
        yield "event: failed\ndata: {}\n\n"
    finally:
        await upstream.aclose()


async def events(upstream: httpx.Response) -> AsyncIterator[dict[str, Any]]:
    """The events of a model's stream. Raises ModelError when it breaks off."""
    try:
        async for line in upstream.aiter_lines():
            if line == "data: [DONE]":
                return
            if line.startswith("data: "):
                yield json.loads(line.removeprefix("data: "))
    except httpx.HTTPError as error:
        raise ModelError("the stream broke off") from error
    raise ModelError("the stream broke off")
