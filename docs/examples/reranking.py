"""Two ways to reorder the ten best passages, and the most that any order can win."""

import json
from pathlib import Path

import numpy as np
from local_models import embed, embedder

corpus = json.loads(Path(__file__).with_name("handbook_corpus.json").read_text("utf-8"))
passages, golden = corpus["passages"], corpus["golden"]
answers = {question: right for question, right in golden}


def token_vectors(text: str) -> np.ndarray:
    """One vector of length one for each token; embed() would average them."""
    tokens = embedder().tokenizer.encode(text, add_special_tokens=False)
    rows = embedder().embedding[tokens.ids].astype(float)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


passage_tokens = {passage: token_vectors(text) for passage, text in passages.items()}


# --8<-- [start:scores]
def cosine(question: str, passage: str) -> float:
    """The score of the first stage, the vector search."""
    return float(np.dot(*embed([question, passages[passage]])))


def maxsim(question: str, passage: str) -> float:
    """For each token of the question its best match in the passage; their mean."""
    similarity = token_vectors(question) @ passage_tokens[passage].T
    return float(similarity.max(axis=1).mean())


def both(question: str, passage: str) -> float:
    return cosine(question, passage) + maxsim(question, passage)


def perfect(question: str, passage: str) -> float:
    """Knows the answers: no reranker can do better over the same ten."""
    return float(passage in answers[question])
# --8<-- [end:scores]


def recall_at_3(ranking: list[str], right: list[str]) -> float:
    return sum(name in right for name in ranking[:3]) / len(right)


def first_right(ranking: list[str], right: list[str]) -> int:
    """The rank of the first right passage, or 0 if none is in the list."""
    return next((rank for rank, name in enumerate(ranking, 1) if name in right), 0)


ten_best = {
    question: sorted(passages, key=lambda name: -cosine(question, name))[:10]
    for question in answers
}
moves = []
print("reranker  recall@3   MRR   up  down")
for reranker in (cosine, maxsim, both, perfect):
    recall = mrr = up = down = 0
    for question, right in golden:
        old = ten_best[question]
        new = sorted(old, key=lambda name: -reranker(question, name))
        gain = recall_at_3(new, right) - recall_at_3(old, right)
        up += gain > 0  # more right passages among the first three than before
        down += gain < 0
        recall += recall_at_3(new, right) / len(golden)
        rank_before, rank = first_right(old, right), first_right(new, right)
        mrr += (1 / rank if rank else 0) / len(golden)
        if reranker is both and rank != rank_before:
            moves.append((rank_before, rank, "up" if gain > 0 else "", question))
    print(f"{reranker.__name__:<8} {recall:>9.2f} {mrr:>5.2f} {up:>4} {down:>5}")

print("\nWhat 'both' moved: rank of the first right passage before and after")
for rank_before, rank, crossed, question in moves:
    print(f"  {rank_before} -> {rank} {crossed:<2} {question}")
