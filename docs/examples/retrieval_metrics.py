"""Recall, rank, nDCG and faithfulness by hand, and which half of a service failed."""

from math import log2

# Question, passages that answer it, passages found in order, claims marked by reading.
GOLDEN_SET = [
    ("return period in Switzerland", {"ch"}, ["ch", "eu", "biz"], [True, True]),
    ("return period for companies", {"biz"}, ["eu", "ch", "gift"], [False]),
    ("close my account", {"close", "erase"}, ["mail", "close", "erase"], [True, False]),
]


def recall(found: list[str], right: set[str], k: int = 3) -> float:
    return len(right & set(found[:k])) / len(right)


def reciprocal_rank(found: list[str], right: set[str]) -> float:
    return next((1 / rank for rank, name in enumerate(found, 1) if name in right), 0.0)


def ndcg(grades: list[int]) -> float:
    """Grades in the order found: each is divided by log2(rank + 1), then added up."""

    def gain(ordered: list[int]) -> float:
        ranked = enumerate(ordered, start=1)
        return sum(grade / log2(rank + 1) for rank, grade in ranked)

    return gain(grades) / gain(sorted(grades, reverse=True))


def verdict(found: list[str], right: set[str], claims: list[bool]) -> str:
    if recall(found, right) < 1:
        return "repair search"
    return "nothing to repair" if all(claims) else "repair generation"


print("recall@3  1/rank  faithful  verdict")
for question, right, found, claims in GOLDEN_SET:
    faithfulness = sum(claims) / len(claims)
    figures = recall(found, right), reciprocal_rank(found, right), faithfulness
    columns = "".join(f"{figure:<9.2f}" for figure in figures)
    print(f"{columns} {verdict(found, right, claims):<18} {question}")
print(f"nDCG@3 of the grades 1, 0, 2: {ndcg([1, 0, 2]):.2f}")
