"""Answers, streamed, with budgets, a fallback, a bounded queue, releases and traces. Run it with `python service.py`.

The contract is openapi.yml in the folder above.
"""

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from model import Asker, Failed, Usage
from places import Busy, Places
from settings import Settings
from starlette.types import Receive, Scope, Send
from store import BudgetSpent, Release, Store
from traces import Exporter, Trace

LONGEST_QUESTION = 4000
#: Seconds after which a caller without a place may ask again.
PAUSE = "1"

settings = Settings.from_environment()
first = Release("first", settings.primary.model, "You answer questions of customers, in a few plain sentences.")
store = Store(settings.data, settings.tenant_tokens, settings.reserve_tokens, first)
places = Places(settings.max_running, settings.max_waiting)
asker = Asker(settings)
exporter = Exporter(settings.collector)
instance = uuid.uuid4().hex


@contextlib.asynccontextmanager
async def exporting(_: FastAPI) -> AsyncIterator[None]:
    task = asyncio.create_task(exporter.run())
    yield
    task.cancel()


app = FastAPI(lifespan=exporting)


class Event(dict[str, Any]):
    """What goes out to the caller: an event of the stream, or a whole answer while no text has gone out.

    Args:
        status: of an answer that is no stream.
    """

    def __init__(self, name: str, status: int = 0, headers: dict[str, str] | None = None, **data: Any) -> None:
        super().__init__(data)
        self.name, self.status, self.headers = name, status, headers or {}

    def __str__(self) -> str:
        return f"event: {self.name}\ndata: {json.dumps(self)}\n\n"


class Events(StreamingResponse):
    """A stream whose work ends with it, whoever ends it."""

    def __init__(self, event: Event, out: asyncio.Queue[Event], work: asyncio.Task[None]) -> None:
        super().__init__(self.written(event, out), media_type="text/event-stream")
        self.work = work

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self.work.cancel()

    @staticmethod
    async def written(event: Event, out: asyncio.Queue[Event]) -> AsyncIterator[str]:
        yield str(event)
        while event.name == "text":
            event = await out.get()
            yield str(event)


@app.get("/health")
async def health() -> dict[str, Any]:
    return {"status": "ok", "instance": instance, "running": places.running, "waiting": len(places.waiting)}


@app.post("/answer")
async def answer(request: Request) -> Response:
    trace = Trace(request.headers.get("traceparent", ""))
    tenant = request.headers.get("x-tenant", "").strip()
    question = (await body_of(request)).get("question")
    if not tenant or not isinstance(question, str) or not question.strip() or len(question) > LONGEST_QUESTION:
        problem = f"expected X-Tenant, and a question of 1 to {LONGEST_QUESTION} characters"
        return whole(failure(400, "bad_request", problem, Usage(), trace))
    out: asyncio.Queue[Event] = asyncio.Queue()
    work = asyncio.create_task(answered(question, tenant, trace, out))
    begins, gone = asyncio.create_task(out.get()), asyncio.create_task(left(request))
    await asyncio.wait((begins, gone), return_when=asyncio.FIRST_COMPLETED)
    gone.cancel()
    if not begins.done():
        begins.cancel()
        work.cancel()
        return Response(status_code=499)
    event = begins.result()
    return whole(event) if event.status else Events(event, out, work)


async def answered(question: str, tenant: str, trace: Trace, out: asyncio.Queue[Event]) -> None:
    """All the work for one question, whose events go to `out`. Cancelled when the caller leaves."""
    usage, release, said = Usage(), store.active(), False

    def say(text: str) -> None:
        nonlocal said
        said = True
        out.put_nowait(Event("text", text=text))

    trace.root.attributes |= {"app.tenant": tenant, "app.release": release.id}
    try:
        last = await bounded(question, tenant, release, usage, trace, say)
    except Failed as failed:
        trace.root.fail(failed.kind)
        last = failure(0 if said else 502, "model_failed", str(failed), usage, trace)
    except BudgetSpent:
        last = failure(429, "budget_spent", "the tokens of this tenant are spent", usage, trace)
    except Busy:
        last = failure(503, "busy", "too many callers wait already", usage, trace, {"retry-after": PAUSE})
    finally:
        exporter.send(trace)
    out.put_nowait(last)


async def bounded(question: str, tenant: str, release: Release, usage: Usage, trace: Trace, say: Any) -> Event:
    """The answer, within the tenant's budget and in one of the places."""
    reservation = store.reserve(tenant)
    try:
        async with places.one():
            model = await asker.ask(question, release, usage, trace, say)
    finally:
        store.settle(reservation, usage.tokens)
    return Event("done", model=model, release=release.id, usage=usage.as_body(), trace_id=trace.id)


async def left(request: Request) -> None:
    """Ends when the caller has hung up."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def failure(
    status: int, code: str, problem: str, usage: Usage, trace: Trace, headers: dict[str, str] | None = None
) -> Event:
    return Event("error", status, headers, code=code, problem=problem, usage=usage.as_body(), trace_id=trace.id)


def whole(event: Event) -> JSONResponse:
    return JSONResponse(event, event.status, event.headers)


@app.get("/budgets/{tenant}")
async def budget(tenant: str) -> dict[str, int]:
    return store.budget(tenant)


@app.put("/releases/{name}")
async def put_release(name: str, request: Request) -> Response:
    body = await body_of(request)
    model, prompt = body.get("model"), body.get("prompt")
    if not isinstance(model, str) or not isinstance(prompt, str) or not model or not prompt:
        return JSONResponse({"code": "bad_request", "problem": "expected model and prompt"}, 400)
    release, known = Release(name, model, prompt), store.release(name)
    if known and known != release:
        return JSONResponse({"code": "release_exists", "problem": f"{name} is another release"}, 409)
    if not known:
        store.add(release)
    return JSONResponse({"release": name, "model": model, "prompt": prompt}, 200 if known else 201)


@app.get("/active")
async def active() -> dict[str, str]:
    return {"release": store.active().id}


@app.put("/active")
async def put_active(request: Request) -> Response:
    name = (await body_of(request)).get("release")
    if not isinstance(name, str) or not store.release(name):
        return JSONResponse({"code": "unknown_release", "problem": f"{name!r} is no release"}, 404)
    store.activate(name)
    return JSONResponse({"release": name})


async def body_of(request: Request) -> dict[str, Any]:
    """The JSON object of a request; an empty one where there is none."""
    with contextlib.suppress(ValueError):
        body = await request.json()
        if isinstance(body, dict):
            return body
    return {}


if __name__ == "__main__":
    uvicorn.run(app, port=settings.port, log_level="warning")
