"""Price of an abstention: how near the best passage is to each question, whether it answers it, and what errors cost.

Passages, questions and vector search are those of hybrid_search.py, and the answer to a question is the passage that
search puts first. Six questions have no answer among the passages, so every answer to them is wrong.
"""

import contextlib
import io
import json

with contextlib.redirect_stdout(io.StringIO()):
    from hybrid_search import corpus, golden, passage_vectors, passages, vectors
from local_models import embed

QUESTIONS = [*golden, *((question, []) for question in corpus["unanswerable"])]
THRESHOLDS = [step / 100 for step in range(81)]


def answered(question: str, right: list[str]) -> dict:
    """The score of the best passage, and whether it answers the question."""
    similarity = passage_vectors @ embed([question])[0]
    best = vectors(question)[0]
    return {"score": round(float(similarity[list(passages).index(best)]), 3), "right": best in right}


answers = sorted((answered(*pair) for pair in QUESTIONS), key=lambda answer: -answer["score"])


def counts(threshold: float) -> dict[str, int]:
    """Answers that are right and wrong from this score on, and questions below it, which a person gets."""
    given = [answer["right"] for answer in answers if answer["score"] >= threshold]
    return {"right": sum(given), "wrong": given.count(False), "handed": len(answers) - len(given)}


def cost(threshold: float, wrong: int, handed: int) -> int:
    """In euros, with the price of a wrong answer and of a question that is handed over."""
    count = counts(threshold)
    return wrong * count["wrong"] + handed * count["handed"]


def outcome(threshold: float, wrong: int, handed: int) -> dict:
    """The counts and the cost at a threshold, and the first of the cheapest ones."""
    cheapest = min(THRESHOLDS, key=lambda other: cost(other, wrong, handed))
    return counts(threshold) | {
        "cost": cost(threshold, wrong, handed),
        "cheapest": cheapest,
        "least": cost(cheapest, wrong, handed),
    }


results = [
    {
        "settings": {"threshold": threshold, "wrong": wrong, "handed": handed},
        "results": outcome(threshold, wrong, handed),
    }
    for threshold in (0, 0.25, 0.45, 0.8)
    for wrong, handed in ((20, 4), (100, 4), (5, 4), (5, 16), (10, 1))
]
print(json.dumps({"data": answers, "results": results}))
