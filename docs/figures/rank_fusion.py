"""Rank fusion: the two lists of the page's example for six questions, and what merging gives with some weights."""

import contextlib
import io
import json
from collections import Counter

with contextlib.redirect_stdout(io.StringIO()):
    from hybrid_search import CODE, codes_exact, fused, golden, keywords, passages, vectors

RIGHT = {question: right for question, right in golden}
QUESTIONS = {
    "code": "what does ERR-4117 mean",
    "no-such-code": "what does ERR-1147 mean",
    "secret": "I cannot remember my login secret",
    "money": "when do I get my money back",
    "key": "replace a leaked API key",
    "profile": "delete my profile for good",
}


def merged(name: str, weights: tuple[float, float], counted: int, exact: bool) -> list[list]:
    """As in the example, with a weight for each list, and only the first ranks counted."""
    question = QUESTIONS[name]
    points: Counter[str] = Counter()
    for ranking, weight in zip((keywords(question), vectors(question)), weights, strict=True):
        for rank, passage in enumerate(ranking[:counted], start=1):
            if weight:
                points[passage] += weight / (60 + rank)
    codes = CODE.findall(question) if exact else []
    return [[p, score] for p, score in points.most_common() if all(code in passages[p] for code in codes)]


data = {"questions": {}, "passages": {}}
results = []
for name, question in QUESTIONS.items():
    lists = [keywords(question), vectors(question)]
    codes = CODE.findall(question)
    data["questions"][name] = {
        "text": question,
        "right": RIGHT.get(question, []),
        "lists": lists,
        # What the switch "codes exact" leaves.
        "exact": [p for p in passages if all(code in passages[p] for code in codes)] if codes else None,
    }
    data["passages"] |= {passage: passages[passage] for ranking in lists for passage in ranking}
    # With equal weights it is the example's own.
    assert [p for p, _ in merged(name, (1, 1), 10, False)] == fused(question)
    assert [p for p, _ in merged(name, (1, 1), 10, True)] == codes_exact(question)
    for weights, counted, exact in (((1, 1), 10, False), ((1, 1), 10, True), ((0.5, 1), 10, False), ((2, 0), 3, False)):
        settings = {"question": name, "keywords": weights[0], "vectors": weights[1], "ranks": counted, "exact": exact}
        results.append({"settings": settings, "results": merged(name, weights, counted, exact)})
print(json.dumps({"data": data, "results": results}))
