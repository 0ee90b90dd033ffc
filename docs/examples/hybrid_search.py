"""Keyword search, vector search, and both merged by rank: 40 passages, 22 questions."""

import json
import math
import re
from collections import Counter
from pathlib import Path

from local_models import embed

corpus = json.loads(Path(__file__).with_name("handbook_corpus.json").read_text("utf-8"))
passages = corpus["passages"]
golden = corpus["golden"]  # pairs: a question, and the passages that answer it


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9-]+", text.lower())


word_counts = {passage: Counter(words(text)) for passage, text in passages.items()}
average_length = sum(counts.total() for counts in word_counts.values()) / len(passages)
passage_vectors = embed(list(passages.values()))


def keywords(question: str) -> list[str]:
    """BM25: rare words count more, repeated words a little more, long passages less."""
    scores = dict.fromkeys(passages, 0.0)
    for word in sorted(set(words(question))):
        holders = sum(word in counts for counts in word_counts.values())
        rarity = math.log(1 + (len(passages) - holders + 0.5) / (holders + 0.5))
        for passage, counts in word_counts.items():
            length = counts.total() / average_length
            damping = 1.5 * (0.25 + 0.75 * length)
            scores[passage] += rarity * counts[word] * 2.5 / (counts[word] + damping)
    ranking = sorted(passages, key=lambda passage: -scores[passage])
    return [passage for passage in ranking if scores[passage] > 0][:10]


def vectors(question: str) -> list[str]:
    similarity = passage_vectors @ embed([question])[0]
    names = list(passages)
    return [names[position] for position in (-similarity).argsort()[:10]]


def fused(question: str) -> list[str]:
    """Reciprocal rank fusion: each list gives each of its passages 1 / (60 + rank)."""
    points: Counter[str] = Counter()
    for ranking in (keywords(question), vectors(question)):
        for rank, passage in enumerate(ranking, start=1):
            points[passage] += 1 / (60 + rank)  # the line that merges
    return [passage for passage, _ in points.most_common()]


CODE = re.compile(r"[A-Z]{2,}-\d+")


def codes_exact(question: str) -> list[str]:
    """The merged list; a code in the question has to be in the passage, too."""
    codes = CODE.findall(question)
    return [
        passage
        for passage in fused(question)
        if all(code in passages[passage] for code in codes)
    ]


def recall_at_3(ranking: list[str], right: list[str]) -> float:
    return sum(passage in right for passage in ranking[:3]) / len(right)


def reciprocal_rank(ranking: list[str], right: list[str]) -> float:
    for rank, passage in enumerate(ranking, start=1):
        if passage in right:
            return 1 / rank
    return 0.0


METHODS = (keywords, vectors, fused, codes_exact)
print("method       recall@3   MRR")
for method in METHODS:
    results = [(method(question), right) for question, right in golden]
    recall = sum(recall_at_3(*result) for result in results) / len(results)
    mrr = sum(reciprocal_rank(*result) for result in results) / len(results)
    print(f"{method.__name__:<11} {recall:>9.2f} {mrr:>5.2f}")

for question, right in (golden[0], golden[8], ("what does ERR-1147 mean", ["none"])):
    print(f"\n{question} (right: {right[0]})")
    for method in METHODS:
        print(f"  {method.__name__:<11}", *method(question)[:6] or ["(nothing)"])
