"""What stays as it is: the decoder's table, the machine's memory, and worker processes."""

import importlib.util
import json
import os
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path

import numpy as np
from labkit import token_vectors
from safetensors import safe_open

#: Tokens that a request may have, prompt and answer together.
CONTEXT = 2048
#: Tokens that there are: rows of the decoder's table.
TOKENS = 32_000


@cache
def tokenizer():
    found = token_vectors()[0]
    found.no_truncation()
    found.no_padding()
    return found


def tokens_of(text: str) -> list[int]:
    return tokenizer().encode(text, add_special_tokens=False).ids


def table(first: int = 0, last: int = TOKENS) -> np.ndarray:
    """Rows of the decoder's table, one of length one for each token, as 32-bit floats. Only these are read from the disk."""
    package = Path(importlib.util.find_spec("wordllama").origin).parent
    with safe_open(package / "weights/l2_supercat_256.safetensors", "np") as stored:
        rows = stored.get_slice("embedding.weight")[first:last].astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


class Memory:
    """What a worker's machine has. Who takes more than there is, is killed, as by the kernel."""

    def __init__(self, limit: int) -> None:
        self.limit, self.used, self.peak = limit, 0, 0
        self.lock = threading.Lock()

    def take(self, array: np.ndarray) -> np.ndarray:
        with self.lock:
            self.used += array.nbytes
            self.peak = max(self.peak, self.used)
            if self.used > self.limit:
                os._exit(137)
        return array

    def free(self, array: np.ndarray) -> None:
        with self.lock:
            self.used -= array.nbytes


class Worker:
    """A process with a decoder and a memory of its own."""

    def __init__(self) -> None:
        self.restarts = -1
        self.start()

    def start(self) -> None:
        self.restarts += 1
        # One thread each: two workers that share the cores would wait for each other.
        self.process = subprocess.Popen(
            [sys.executable, "worker.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )  # fmt: skip
        self.facts: dict = {}

    def ready(self) -> dict:
        """What the worker says when it is ready: its address, and more if you let it. Waits for it."""
        if not self.facts:
            line = self.process.stdout.readline()
            if not line:
                raise RuntimeError("the worker does not start: see the error above")
            self.facts = json.loads(line)
        return self.facts

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


def end_with_parent() -> None:
    """Ends this worker when the service that started it is gone."""
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
