"""Spreads requests over two workers."""

import itertools
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI, HTTPException
from machine import Worker, tokenizer, tokens_of
from pydantic import BaseModel, Field

#: Requests that may wait.
QUEUE = int(os.environ.get("QUEUE", "64"))
#: Seconds after which a caller gets an answer, whatever it is.
TIMEOUT = float(os.environ.get("LAB_TIMEOUT", "120"))

workers: list[Worker] = []
turns = itertools.count()
# The workers are on this machine: no proxy stands between.
client = httpx.AsyncClient(timeout=TIMEOUT, limits=httpx.Limits(max_connections=None), trust_env=False)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    workers.extend([Worker(), Worker()])
    for worker in workers:
        worker.ready()
        worker.requests = worker.tokens = 0
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


@app.post("/generate")
async def generate(request: Request) -> dict:
    tokens = tokens_of(request.prompt)
    worker = workers[next(turns) % len(workers)]
    worker.requests += 1
    worker.tokens += len(tokens) + request.max_tokens
    try:
        body = {"tokens": tokens, "max_tokens": request.max_tokens}
        answer = await client.post(worker.ready()["address"] + "/generate", json=body)
        answer.raise_for_status()
    except httpx.HTTPError:
        if worker.process.poll() is not None:
            worker.start()
        raise HTTPException(502, "the worker has failed") from None
    found = answer.json()["tokens"]
    return {"text": tokenizer().decode(found), "tokens": found, "worker": workers.index(worker)}


@app.get("/stats")
async def stats() -> list[dict]:
    found = []
    for worker in workers:
        own = (await client.get(worker.ready()["address"] + "/stats")).json()
        counts = {"pid": worker.process.pid, "restarts": worker.restarts}
        found.append(own | counts | {"requests": worker.requests, "tokens": worker.tokens})
    return found
