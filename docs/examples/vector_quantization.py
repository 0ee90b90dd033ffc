"""Smaller vectors: bytes against recall@10, before and after rescoring."""

import numpy as np
from local_models import embedder

DEPTHS = (10, 50, 200)  # how many rows the small vectors fetch before rescoring


def scaled(vectors: np.ndarray) -> np.ndarray:
    """The same directions, each vector at length one."""
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def word_vectors() -> np.ndarray:
    """The model's own vectors of 6,130 lower-case English words."""
    vocabulary = embedder().tokenizer.get_vocab()
    words = sorted(
        token for token in vocabulary
        # A leading U+2581 starts a word; five letters skip most fragments.
        if token[0] == "\u2581" and len(token) > 5
        and token[1:].isascii() and token[1:].isalpha() and token[1:].islower()
    )
    return scaled(embedder().embedding[[vocabulary[word] for word in words]])


full = word_vectors()
steps = 127 / np.abs(full).max()  # one scale for all numbers
bits = np.packbits(full > 0, axis=1)  # only the signs are left
formats = {
    "float32": full,
    "float16": full.astype(np.float16),
    "int8": np.round(full * steps).astype(np.int8),
    "first 128": scaled(full[:, :128]),
    "1 bit": bits,
}


def nearest(vectors: np.ndarray, query: int, count: int) -> np.ndarray:
    """The rows most similar to the query, by these vectors alone."""
    if vectors is bits:
        differing_signs = np.unpackbits(vectors ^ vectors[query], axis=1)
        similarities = -differing_signs.sum(axis=1, dtype=int)
    else:
        # A real engine would multiply in the short type.
        similarities = vectors.astype(np.float32) @ vectors[query].astype(np.float32)
    order = np.argsort(-similarities, kind="stable")
    return order[order != query][:count]  # a word is no neighbor of itself


queries = np.random.default_rng(7).choice(len(full), 200, replace=False)
exact = {query: set(nearest(full, query, 10)) for query in queries}

for name, vectors in formats.items():
    found = dict.fromkeys(DEPTHS, 0)
    for query in queries:
        rough = nearest(vectors, query, max(DEPTHS))
        for depth in DEPTHS:
            # Rescoring: rank only the fetched rows, now by their full vectors.
            similarities = full[rough[:depth]] @ full[query]
            order = np.argsort(-similarities, kind="stable")
            found[depth] += len(exact[query] & set(rough[order][:10]))
    shares = [f"{depth}: {found[depth] / (10 * len(queries)):.2f}" for depth in DEPTHS]
    print(f"{name:9}  {vectors[0].nbytes:4} bytes  recall@10 after", "  ".join(shares))
