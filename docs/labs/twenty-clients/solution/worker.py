"""A worker: continues a text with related words, by attention over the vectors of its tokens."""

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import uvicorn
from fastapi import FastAPI
from machine import TOKENS, Memory, end_with_parent, table
from pydantic import BaseModel

memory = Memory(int(os.environ.get("WORKER_MEMORY", "48000000")))
#: Rows that are turned back into floats at once.
BLOCK = 2000


def rounded() -> tuple[np.ndarray, np.ndarray]:
    """Each row as 8-bit integers, and its step: the largest number of the row becomes 127. Floats are read in blocks."""
    weights, steps = np.empty((TOKENS, 256), np.int8), np.empty((TOKENS, 1), np.float32)
    for i in range(0, TOKENS, BLOCK):
        rows = table(i, i + BLOCK)
        steps[i : i + BLOCK] = np.abs(rows).max(axis=1, keepdims=True) / 127
        weights[i : i + BLOCK] = np.round(rows / steps[i : i + BLOCK])
    return weights, steps


weights, steps = map(memory.take, rounded())
floats = memory.take(np.empty((BLOCK, 256), np.float32))
#: Memory that is taken before the first request comes.
fixed = memory.used
#: Tokens that the caches of all running requests may hold together: a key and a value of 256 floats each.
room = (memory.limit - fixed) // (2 * 256 * 4)
passes = 0

running: list["Sequence"] = []
arrived = asyncio.Event()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    task = asyncio.create_task(work())
    yield
    task.cancel()


app = FastAPI(lifespan=lifespan)


class Request(BaseModel):
    tokens: list[int]
    max_tokens: int


class Sequence:
    """A request that runs: its tokens, and the cache, which holds a key and a value for each."""

    def __init__(self, request: Request) -> None:
        self.tokens: list[int] = []
        self.left = request.max_tokens
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.cache = memory.take(np.zeros((len(request.tokens) + request.max_tokens, 2, 256), np.float32))
        for token in request.tokens:
            self.append(token)

    def append(self, token: int) -> None:
        self.cache[len(self.tokens)] = weights[token] * steps[token]
        self.tokens.append(token)

    def attended(self) -> np.ndarray:
        """The tokens so far, mixed by how well they fit the last one."""
        keys, values = self.cache[: len(self.tokens), 0], self.cache[: len(self.tokens), 1]
        shares = np.exp(8 * (keys @ keys[-1]))
        return (shares / shares.sum()) @ values


def step(sequences: list[Sequence]) -> None:
    """One pass over the weights gives each of the sequences its next token."""
    global passes
    passes += 1
    asked = np.stack([s.attended() for s in sequences], axis=1)
    scores = np.empty((len(weights), len(sequences)), np.float32)
    for i in range(0, len(weights), BLOCK):
        np.copyto(floats, weights[i : i + BLOCK])
        scores[i : i + BLOCK] = (floats @ asked) * steps[i : i + BLOCK]
    for sequence, column in zip(sequences, scores.T, strict=True):
        column[sequence.tokens] = -1  # no token twice
        sequence.append(int(column.argmax()))
        sequence.left -= 1


async def work() -> None:
    """Step after step for all that run. Who arrives, joins at the next step; who is done, leaves."""
    while True:
        await arrived.wait()
        while batch := list(running):
            await asyncio.to_thread(step, batch)
            for sequence in batch:
                if not sequence.left:
                    running.remove(sequence)
                    memory.free(sequence.cache)
                    sequence.done.set_result(None)
        arrived.clear()


@app.post("/generate")
async def generate(request: Request) -> dict:
    sequence = Sequence(request)
    running.append(sequence)
    arrived.set()
    await sequence.done
    return {"tokens": sequence.tokens[len(request.tokens) :]}


@app.get("/stats")
def stats() -> dict:
    return {"fixed": fixed, "peak": memory.peak, "limit": memory.limit, "passes": passes}


if __name__ == "__main__":
    end_with_parent()
    with socket.socket() as port:
        port.bind(("127.0.0.1", 0))
        port.listen(128)
        print(json.dumps({"address": f"http://127.0.0.1:{port.getsockname()[1]}", "room": room}), flush=True)
        uvicorn.Server(uvicorn.Config(app, log_level="error")).run(sockets=[port])
