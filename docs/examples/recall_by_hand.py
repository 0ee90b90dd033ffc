"""Recall of an approximate search, against an exact scan, on small made-up vectors."""

import random

random.seed(7)
Vector = list[float]


def dot(a: Vector, b: Vector) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


def unit() -> Vector:
    v = [random.gauss(0, 1) for _ in range(16)]
    length = dot(v, v) ** 0.5
    return [x / length for x in v]


def nearest(query: Vector, ids: list[int], k: int) -> list[int]:
    return sorted(ids, key=lambda i: -dot(query, rows[i]))[:k]


rows = [unit() for _ in range(2_000)]
# A real index learns its centers; some of the rows are good enough to see the effect.
centers = rows[:40]
lists: list[list[int]] = [[] for _ in centers]
for i, row in enumerate(rows):
    lists[max(range(40), key=lambda c: dot(row, centers[c]))].append(i)

queries = [unit() for _ in range(50)]
for probes in (1, 4, 10, 40):
    found = visited = 0
    for q in queries:
        order = sorted(range(40), key=lambda c: -dot(q, centers[c]))[:probes]
        candidates = [i for c in order for i in lists[c]]
        visited += len(candidates)
        exact = set(nearest(q, list(range(2_000)), 10))
        found += len(exact & set(nearest(q, candidates, 10)))
    share = visited / (50 * 2_000)
    print(f"{probes:>2} of 40 lists: recall@10 {found / 500:.2f}, compared {share:.0%}")
