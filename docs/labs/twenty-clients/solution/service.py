"""Spreads requests over two workers."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx
from fastapi import FastAPI, HTTPException
from machine import CONTEXT, Worker, tokenizer, tokens_of
from pydantic import BaseModel, Field

#: Requests that may wait.
QUEUE = int(os.environ.get("QUEUE", "64"))
#: Seconds after which a caller gets an answer, whatever it is.
TIMEOUT = float(os.environ.get("LAB_TIMEOUT", "120"))

workers: list[Worker] = []
waiting = 0
#: The first in line waits for room, the others for their turn: so a long request is not overtaken for ever.
line = asyncio.Lock()
freed = asyncio.Condition()
#: Calls to the workers that are under way.
calls: set[asyncio.Task[list[int]]] = set()
# The workers are on this machine: no proxy stands between.
client = httpx.AsyncClient(timeout=None, limits=httpx.Limits(max_connections=None), trust_env=False)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    workers.extend([Worker(), Worker()])
    for worker in workers:
        worker.ready()
        worker.requests = worker.tokens = worker.outstanding = 0
    yield
    for worker in workers:
        worker.stop()


app = FastAPI(lifespan=lifespan)


class Request(BaseModel):
    prompt: str = Field(min_length=1)
    max_tokens: int = Field(20, ge=1)


@app.get("/health")
def health() -> dict:
    return {"status": "ok"}


async def reserve(need: int) -> Worker:
    """The worker with the fewest tokens outstanding, as soon as it has room for so many more."""
    global waiting
    if need > min(CONTEXT, *(worker.ready()["room"] for worker in workers)):
        raise HTTPException(413, f"prompt and answer of {need} tokens do not fit")
    if waiting >= QUEUE:
        raise HTTPException(503, "too many requests wait", {"retry-after": "1"})
    waiting += 1
    try:
        async with line, freed:
            while True:
                worker = min(workers, key=lambda w: w.outstanding)
                if worker.outstanding + need <= worker.ready()["room"]:
                    worker.outstanding += need
                    return worker
                await freed.wait()
    finally:
        waiting -= 1


async def ask(tokens: list[int], max_tokens: int) -> tuple[list[int], Worker]:
    need = len(tokens) + max_tokens
    worker = await reserve(need)
    worker.requests += 1
    worker.tokens += need
    # A caller may give up, but the worker goes on: the call has a task of its own, which keeps the room until the end.
    call = asyncio.create_task(send(worker, tokens, max_tokens))
    calls.add(call)
    call.add_done_callback(calls.discard)
    return await asyncio.shield(call), worker


async def send(worker: Worker, tokens: list[int], max_tokens: int) -> list[int]:
    process = worker.process
    try:
        body = {"tokens": tokens, "max_tokens": max_tokens}
        answer = await client.post(worker.ready()["address"] + "/generate", json=body)
        answer.raise_for_status()
        return answer.json()["tokens"]
    except httpx.HTTPError:
        # A process that dies closes its connections a moment before it is gone. The first who notices starts a new one.
        with suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(process.wait, 1)
            if worker.process is process:
                worker.start()
        raise
    finally:
        # Whatever has happened, the room is free again.
        async with freed:
            worker.outstanding -= len(tokens) + max_tokens
            freed.notify_all()


@app.post("/generate")
async def generate(request: Request) -> dict:
    tokens = tokens_of(request.prompt)
    try:
        async with asyncio.timeout(TIMEOUT):
            try:
                found, worker = await ask(tokens, request.max_tokens)
            except httpx.HTTPError:
                # Generating again harms nobody, so a worker that dies costs time and no answer.
                found, worker = await ask(tokens, request.max_tokens)
    except TimeoutError:
        raise HTTPException(504, "no answer in time") from None
    except httpx.HTTPError:
        raise HTTPException(502, "the worker has failed") from None
    return {"text": tokenizer().decode(found), "tokens": found, "worker": workers.index(worker)}


@app.get("/stats")
async def stats() -> list[dict]:
    found = []
    for worker in workers:
        own = (await client.get(worker.ready()["address"] + "/stats")).json()
        counts = {"pid": worker.process.pid, "restarts": worker.restarts}
        found.append(own | counts | {"requests": worker.requests, "tokens": worker.tokens})
    return found
