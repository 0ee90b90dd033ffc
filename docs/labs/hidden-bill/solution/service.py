"""Answers the customers of several tenants with one model, whole or as a stream, and traces what it does."""

import asyncio
import json
import logging
import os
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from decimal import Decimal
from typing import Any

import httpx
from fastapi import FastAPI, Header, HTTPException, Request
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel
from starlette.background import BackgroundTask
from tracing import Span, exporter

MODEL = os.environ.get("LAB_MODEL") or "m-latest"
PATH = "/v1/chat/completions"
RULES = "You answer the customers of a shop. Be short and friendly."
#: How often something is tried, and the seconds before the second time.
ATTEMPTS, PAUSE = 3, 0.05
#: How often the provider is asked for the usage of an answer that broke off.
LOOKUPS = 6
#: Tokens that the model may write at first.
ROOM = 400
#: Statuses of a provider that may be well again in a moment.
BUSY = (429, 500, 503)
#: What the spans of all model calls have in common.
CALL = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": MODEL}

log = logging.getLogger(__name__)
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
    await asyncio.to_thread(exporter.stop)


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
    return request.child(f"chat {MODEL}", CALL | {"app.tenant": asked.tenant})


def record(span: Span, answer: dict[str, Any]) -> None:
    """Write on a span which model has answered, what it has used, and what that costs."""
    usage = answer["usage"]
    cached = usage["prompt_tokens_details"]["cached_tokens"]
    span.attributes |= {
        "gen_ai.response.id": answer["id"],
        "gen_ai.response.model": answer["model"],
        "gen_ai.usage.input_tokens": usage["prompt_tokens"],
        "gen_ai.usage.cache_read.input_tokens": cached,
        "gen_ai.usage.output_tokens": usage["completion_tokens"],
        "gen_ai.usage.reasoning.output_tokens": usage["completion_tokens_details"]["reasoning_tokens"],
    }
    if answer["model"] not in prices:
        log.error("the price list has no %s: its calls have no cost", answer["model"])
        return
    price = prices[answer["model"]]
    cost = (usage["prompt_tokens"] - cached) * price.input + cached * price.cached_input
    cost += usage["completion_tokens"] * price.output
    # A dollar for a million tokens is 1,000 nanodollars for one. Nothing is rounded here.
    span.attributes["app.cost.nano_usd"] = int(cost * 1000)


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
    with Span.of_request("POST /answer", traceparent, {"app.tenant": asked.tenant}) as request:
        return {"answer": await complete(asked, key, request)}


async def complete(asked: Question, key: dict[str, str], request: Span) -> str:
    """The model's answer. A busy model is asked again after a pause, and one that wrote no text gets more room."""
    room = ROOM
    for attempt in range(ATTEMPTS):
        with model_span(request, asked) as span:
            reply = await model.post(PATH, json=body(asked, max_tokens=room), headers=key)
            if reply.status_code == 200:
                record(span, reply.json())
                text = reply.json()["choices"][0]["message"]["content"]
                if text:
                    return text
                room *= 2  # all of it went into reasoning
            else:
                span.fail(str(reply.status_code))
        if reply.status_code in BUSY:
            await asyncio.sleep(PAUSE * 2**attempt)
        elif reply.status_code != 200:
            raise ModelError(f"the provider answers {reply.status_code}: {reply.text}")
    raise ModelError(f"no answer in {ATTEMPTS} attempts")


@app.post("/stream")
async def stream(asked: Question, traceparent: str = Header("")) -> StreamingResponse:
    key = key_of(asked)
    sent = body(asked, max_tokens=ROOM, stream=True, stream_options={"include_usage": True})
    with ExitStack() as spans:
        request = spans.enter_context(Span.of_request("POST /stream", traceparent, {"app.tenant": asked.tenant}))
        span = spans.enter_context(model_span(request, asked))
        upstream = await model.send(model.build_request("POST", PATH, json=sent, headers=key), stream=True)
        if upstream.status_code != 200:
            raise ModelError(f"the provider answers {upstream.status_code}: {(await upstream.aread()).decode()}")
        span.attributes["gen_ai.request.stream"] = True
        running = spans.pop_all()  # they end with the stream, and not with this function
    heard: dict[str, Any] = {}

    async def account() -> None:
        """End the spans, however the stream has ended. What a cut answer costs, only the provider knows."""
        span.ended = request.ended = time.time_ns()
        with running:
            await upstream.aclose()
            if "usage" not in heard:
                span.fail("cut")
                heard.update(await looked_up(upstream.headers["x-generation-id"], key))
            if "usage" in heard:
                record(span, heard)

    return StreamingResponse(words(upstream, heard), media_type="text/event-stream", background=BackgroundTask(account))


async def looked_up(generation: str, key: dict[str, str]) -> dict[str, Any]:
    """What the provider has billed for an answer. It knows that only some time after the connection has ended."""
    for attempt in range(LOOKUPS):
        reply = await model.get("/v1/generation", params={"id": generation}, headers=key)
        if reply.status_code == 200:
            return reply.json()["data"]
        await asyncio.sleep(PAUSE * 2**attempt)
    log.error("the provider does not say what %s has cost", generation)
    return {}


async def words(upstream: httpx.Response, heard: dict[str, Any]) -> AsyncIterator[str]:
    """The model's text as events for the customer. When the customer leaves, the model is stopped."""
    try:
        async for event in events(upstream):
            heard |= {name: event[name] for name in ("id", "model", "usage") if event.get(name)}
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
