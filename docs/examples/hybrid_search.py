import json
import math
import re
from collections import Counter
from pathlib import Path

from local_models import embed

data = json.loads(Path(__file__).with_name("handbook_corpus.json").read_text("utf-8"))
ids, texts = list(data["passages"]), list(data["passages"].values())
docs = [Counter(re.findall(r"[a-z0-9-]+", text.lower())) for text in texts]
average = sum(sum(doc.values()) for doc in docs) / len(docs)
vectors = embed(texts)


def bm25(question: str, k1: float = 1.5, b: float = 0.75) -> list[str]:
    scores = [0.0] * len(docs)
    for word in set(re.findall(r"[a-z0-9-]+", question.lower())):
        seen = sum(word in doc for doc in docs)
        rarity = math.log(1 + (len(docs) - seen + 0.5) / (seen + 0.5))
        for i, doc in enumerate(docs):
            long = 1 - b + b * sum(doc.values()) / average
            scores[i] += rarity * doc[word] * (k1 + 1) / (doc[word] + k1 * long)
    order = sorted(range(len(ids)), key=lambda i: -scores[i])
    return [ids[i] for i in order if scores[i] > 0][:10]  # no shared word, no hit


def dense(question: str) -> list[str]:
    return [ids[i] for i in (-(vectors @ embed([question])[0])).argsort()[:10]]


def fused(question: str) -> list[str]:
    points: Counter[str] = Counter()
    for ranking in (bm25(question), dense(question)):
        points.update({p: 1 / (60 + rank) for rank, p in enumerate(ranking, 1)})
    return [p for p, _ in points.most_common()]


for search in (bm25, dense, fused):
    found = [(search(question), right) for question, right in data["golden"]]
    place = [min([g.index(p) + 1 for p in r if p in g] or [math.inf]) for g, r in found]
    recall = sum(len({*got[:3]} & {*r}) / len(r) for got, r in found) / len(found)
    mrr, code, words = sum(1 / n for n in place) / len(place), place[0], place[8]
    print(f"{search.__name__:6} {recall=:.2f} {mrr=:.2f} {code=} {words=}")
print("code:", data["golden"][0][0], "  words:", data["golden"][8][0])
