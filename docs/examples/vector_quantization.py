"""Smaller vectors: bytes against recall@10, before and after rescoring."""

import numpy as np
from local_models import embedder

vocab = embedder().tokenizer.get_vocab()
words = sorted(t for t in vocab if t[0] == "\u2581" and len(t) > 5
               and t[1:].isascii() and t[1:].isalpha() and t[1:].islower())


def unit(v: np.ndarray) -> np.ndarray:
    return v / np.linalg.norm(v, axis=1, keepdims=True)


full = unit(embedder().embedding[[vocab[w] for w in words]])
int8 = np.round(full * (127 / np.abs(full).max())).astype(np.int8)  # one scale for all
bits = np.packbits(full > 0, axis=1)  # only the signs are left
DEPTHS = (10, 50, 200)  # how many rows are fetched before rescoring
queries = np.random.default_rng(7).choice(len(full), 200, replace=False)


def nearest(v: np.ndarray, query: int, k: int) -> np.ndarray:
    if v is bits:  # count differing signs: fewer is nearer
        scores = -np.unpackbits(v ^ v[query], axis=1).sum(axis=1, dtype=int)
    else:  # a real engine would multiply in the short type
        scores = v.astype(np.float32) @ v[query].astype(np.float32)
    order = np.argsort(-scores, kind="stable")
    return order[order != query][:k]  # a word is no neighbor of itself


exact = {q: set(nearest(full, q, 10)) for q in queries}
for name, v in (("float32", full), ("float16", full.astype(np.float16)), ("int8", int8),
                ("first 128", unit(full[:, :128])), ("1 bit", bits)):
    found = dict.fromkeys(DEPTHS, 0)
    for q in queries:
        rough = nearest(v, q, max(DEPTHS))
        for depth in found:  # fetch this many, then rank them by their full vectors
            order = np.argsort(-(full[rough[:depth]] @ full[q]), kind="stable")
            found[depth] += len(exact[q] & set(rough[order][:10]))
    shares = (f"{d}: {n / (10 * len(queries)):.2f}" for d, n in found.items())
    print(f"{name:9}  {v[0].nbytes:4} bytes  recall@10 after", "  ".join(shares))
