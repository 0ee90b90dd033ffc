"""A worker: continues a text with related words, by attention over the vectors of its tokens."""

import json
import os
import socket

import numpy as np
import uvicorn
from fastapi import FastAPI
from machine import CONTEXT, Memory, end_with_parent, table
from pydantic import BaseModel

memory = Memory(int(os.environ.get("WORKER_MEMORY", "48000000")))
weights = memory.take(table())
#: Memory that is taken before the first request comes.
fixed = memory.used
passes = 0

app = FastAPI()


class Request(BaseModel):
    tokens: list[int]
    max_tokens: int


class Sequence:
    """A request that runs: its tokens, and the cache, which holds a key and a value for each."""

    def __init__(self, request: Request) -> None:
        self.tokens: list[int] = []
        self.left = request.max_tokens
        self.cache = memory.take(np.zeros((CONTEXT, 2, 256), np.float32))
        for token in request.tokens:
            self.append(token)

    def append(self, token: int) -> None:
        self.cache[len(self.tokens)] = weights[token]
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
    scores = weights @ np.stack([s.attended() for s in sequences], axis=1)
    for sequence, column in zip(sequences, scores.T, strict=True):
        column[sequence.tokens] = -1  # no token twice
        sequence.append(int(column.argmax()))
        sequence.left -= 1


@app.post("/generate")
def generate(request: Request) -> dict:
    sequence = Sequence(request)
    while sequence.left:
        step([sequence])
    memory.free(sequence.cache)
    return {"tokens": sequence.tokens[len(request.tokens) :]}


@app.get("/stats")
def stats() -> dict:
    return {"fixed": fixed, "peak": memory.peak, "limit": memory.limit, "passes": passes}


if __name__ == "__main__":
    end_with_parent()
    with socket.socket() as port:
        port.bind(("127.0.0.1", 0))
        port.listen(128)
        print(json.dumps({"address": f"http://127.0.0.1:{port.getsockname()[1]}"}), flush=True)
        uvicorn.Server(uvicorn.Config(app, log_level="error")).run(sockets=[port])
