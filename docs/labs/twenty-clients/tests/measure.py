"""What rounding changes: the service's answers beside those of a decoder whose weights were not rounded."""

import json
import random
from pathlib import Path

import httpx
import numpy as np
from labkit import token_vectors

TEXTS = [text for text, _ in json.loads(Path(__file__).with_name("reference.json").read_text("utf-8"))]
LENGTH = 20


def table() -> np.ndarray:
    """The decoder's table, which no repair can reach: one row of length one for each token, as 32-bit floats."""
    rows = np.array(token_vectors()[1], np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def tokens_of(text: str) -> list[int]:
    return token_vectors()[0].encode(text, add_special_tokens=False).ids


def prompts(rng: random.Random, count: int) -> list[str]:
    """Texts that nobody has decoded before: the beginning of one sentence and the end of another."""
    found = []
    for _ in range(count):
        before, after = (text.split() for text in rng.sample(TEXTS, 2))
        found.append(" ".join(before[: rng.randint(3, 8)] + after[-rng.randint(3, 8) :]))
    return found


def exact(rows: np.ndarray, tokens: list[int], length: int) -> list[int]:
    """The continuation in 32-bit floats, token by token."""
    tokens = [*tokens]
    for _ in range(length):
        keys = rows[tokens]
        shares = np.exp(8 * (keys @ keys[-1]))
        scores = rows @ ((shares / shares.sum()) @ keys)
        scores[tokens] = -1
        tokens.append(int(scores.argmax()))
    return tokens[-length:]


def first_tokens(texts: list[str]) -> list[int]:
    """The token that the decoder continues each text with, in 32-bit floats."""
    rows = table()
    return [exact(rows, tokens_of(text), 1)[0] for text in texts]


def kept(client: httpx.Client) -> str:
    """How many of thirty answers are the same, in their first token and as a whole."""
    rows = table()
    first = whole = 0
    for text in TEXTS[:30]:
        answer = client.post("/generate", json={"prompt": text, "max_tokens": LENGTH}).json()["tokens"]
        wanted = exact(rows, tokens_of(text), LENGTH)
        first += answer[0] == wanted[0]
        whole += answer == wanted
    return f"as with 32-bit floats: {first} of 30 first tokens, {whole} of 30 whole answers"
