"""Two ways to reorder the best ten passages, and the most that any order can win."""

import json
from pathlib import Path

import numpy as np
from local_models import embed, embedder

data = json.loads(Path(__file__).with_name("handbook_corpus.json").read_text("utf-8"))
passages, golden = data["passages"], data["golden"]


def tokens(text: str) -> np.ndarray:  # one vector a token, where embed() averages
    found = embedder().tokenizer.encode(text, add_special_tokens=False)
    rows = embedder().embedding[found.ids].astype(float)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


pieces = {p: tokens(text) for p, text in passages.items()}


def cosine(question: str, passage: str) -> float:
    return float(np.dot(*embed([question, passages[passage]])))


def maxsim(question: str, passage: str) -> float:
    """For each token of the question the nearest token of the passage; their mean."""
    return float((tokens(question) @ pieces[passage].T).max(axis=1).mean())


RERANKERS = {
    "none": cosine,  # the score of the first stage: the order stays
    "maxsim": maxsim,
    "both": lambda q, p: cosine(q, p) + maxsim(q, p),
    "perfect": lambda q, p: p in dict(golden)[q],
}
for name, score in RERANKERS.items():
    recall, places = 0.0, []
    for question, right in golden:
        first = sorted(passages, key=lambda p: -cosine(question, p))[:10]
        order = sorted(first, key=lambda p: -score(question, p))
        recall += len({*order[:3]} & {*right}) / len(right) / len(golden)
        places.append(min([order.index(p) + 1 for p in right if p in order] or [0]))
    mrr = np.mean([1 / n if n else 0 for n in places])
    print(f"{name:7} {recall=:.2f} {mrr=:.2f} places", *places)
