"""Passages, tenants and questions, drawn anew for each run, and what a full comparison finds among them."""

import json
import re
from pathlib import Path

import numpy as np
from labkit import embed

#: Passages and questions of this handbook as of 2026-11-23, kept apart so that the measurements hold when it changes.
STORED = json.loads(Path(__file__).with_name("passages.json").read_text("utf-8"))
#: Passages of a run, and how many of them belong to the smaller tenants; the largest tenant has the rest.
PASSAGES, SMALLER = 440, (3, 12, 40)
NAMES = ["acme", "birch", "cobalt", "delta", "elm", "fjord", "garnet", "harbor", "iris", "juniper", "kite", "lumen"]

#: The new model by its definition in the lab: other weights, another space, and vectors of length one.
RANDOM = np.random.default_rng(7)
TURN = np.linalg.qr(RANDOM.standard_normal((256, 256)))[0] * np.exp(0.35 * RANDOM.standard_normal((256, 1)))


def vectors_of(texts, model):
    found = embed(texts)
    if model == "embed-2":
        found = found @ TURN
        found = found / np.linalg.norm(found, axis=1, keepdims=True)
    return found.astype(np.float32)


class Corpus:
    """What a service is filled with and asked.

    Attributes:
        passages: as /passages takes them, in an order of their own.
        tenants: the smaller tenants, with their numbers of passages.
        queries: half of them questions of readers, half of them sentences of the passages.
    """

    def __init__(self, rng):
        drawn = rng.sample(STORED["passages"], PASSAGES)
        largest, *smaller = rng.sample(NAMES, 1 + len(SMALLER))
        self.tenants = dict(zip(smaller, SMALLER, strict=True))
        owners = [name for name, count in self.tenants.items() for _ in range(count)]
        owners += [largest] * (PASSAGES - len(owners))
        rng.shuffle(owners)
        self.passages = [
            {"id": f"{rng.getrandbits(40):010x}", "text": text, "tenant": owner}
            for (_, text), owner in zip(drawn, owners, strict=True)
        ]
        self.queries = rng.sample(STORED["queries"], 20)
        self.queries += [rng.choice(re.split(r"(?<=[.?!]) ", text)) for _, text in rng.sample(drawn, 20)]
        texts = [passage["text"] for passage in self.passages]
        self.vectors = {model: vectors_of(texts, model) for model in ("embed-1", "embed-2")}

    def ids(self, tenant=None):
        return [passage["id"] for passage in self.passages if tenant in (None, passage["tenant"])]

    def exact(self, query, model="embed-1", tenant=None):
        """Every passage from near to far, by comparing the query with each."""
        scores = self.vectors[model] @ vectors_of([query], model)[0]
        order = [self.passages[place] for place in (-scores).argsort(kind="stable")]
        return [passage["id"] for passage in order if tenant in (None, passage["tenant"])]
