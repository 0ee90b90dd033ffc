"""Merge a keyword ranking and a vector ranking by reciprocal rank fusion."""

from collections import defaultdict


def fuse(rankings: list[list[str]], k: int = 60) -> list[tuple[str, float]]:
    scores: defaultdict[str, float] = defaultdict(float)
    for ranking in rankings:
        for rank, document in enumerate(ranking, start=1):
            # Ranks can be compared where scores cannot. k keeps a first place
            # in one list from beating good places in both.
            scores[document] += 1 / (k + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


# "What does ERR-4410 mean for a refund?"
keyword = ["error-codes", "release-notes", "refund-policy"]
vector = ["refund-policy", "return-form", "error-codes"]

for document, score in fuse([keyword, vector]):
    print(f"{score:.4f}  {document}")
