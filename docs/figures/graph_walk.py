"""Graph walk: a small index over real word vectors, and what a search finds and compares in it.

The words come from the page's example. Two numbers of each are kept, its position along the two directions in which
these words differ most, so that near in the drawing is near for the search. The graph is a navigable small world: the
bottom layer of an HNSW index, with a chosen entry in place of the layers above it. A new row gets links to its two
nearest rows, both ways, and a row keeps its four shortest links (Malkov and Yashunin, 2018, with M = 2).
"""

import contextlib
import io
import json

import numpy as np

with contextlib.redirect_stdout(io.StringIO()):
    from recall_by_hand import rows, words

ROWS, LINKS, NEIGHBORS = 110, 2, 5
QUERIES = 4
SEED = 6


def distance(a: list[int], b: list[int]) -> int:
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2


def build(points: list[list[int]]) -> list[list[int]]:
    """The links of each row, in order of their length."""
    links: list[list[int]] = []
    for new, point in enumerate(points):
        near = sorted(range(new), key=lambda row: (distance(points[row], point), row))[:LINKS]
        links.append(near)
        for row in near:
            links[row] = sorted([*links[row], new], key=lambda to: (distance(points[to], points[row]), to))[: 2 * LINKS]
    return links


def search(data: dict, query: str, entry: str, ef: int, five: bool) -> dict:
    """The rows in the order in which they are followed, all that were compared, and what is returned."""
    points, links = data["points"], data["links"]
    at = data["queries"][query]

    def order(row: int) -> tuple[int, int]:
        return distance(points[row], at), row

    start = data["entries"][entry]
    seen, waiting, kept, followed = [start], [start], [start], []
    while waiting:
        waiting.sort(key=order)
        row = waiting.pop(0)
        if len(kept) == ef and order(row) > order(kept[-1]):
            break
        followed.append(row)
        for to in links[row]:
            if to not in seen:
                seen.append(to)
                if len(kept) < ef or order(to) < order(kept[-1]):
                    waiting.append(to)
                    kept = sorted([*kept, to], key=order)[:ef]
    fits = data["five"] if five else range(len(points))
    returned = [row for row in kept if row in fits][:NEIGHBORS]
    exact = sorted(fits, key=order)[:NEIGHBORS]
    right = len(set(returned) & set(exact))
    return {"followed": followed, "compared": len(seen), "returned": returned, "exact": exact, "right": right}


def capture() -> dict:
    names = words()
    chosen = np.random.default_rng(SEED).choice(len(names), ROWS + QUERIES, replace=False)
    vectors = rows[chosen] - rows[chosen].mean(axis=0)
    _, _, directions = np.linalg.svd(vectors, full_matrices=False)
    # A direction has no sign of its own.
    signs = [np.sign(direction[np.abs(direction).argmax()]) for direction in directions[:2]]
    flat = vectors @ (directions[:2] * np.array(signs)[:, None]).T
    low, high = flat.min(axis=0), flat.max(axis=0)
    points = np.rint((flat - low) / (high - low) * 1000).astype(int).tolist()
    row_points = points[:ROWS]
    return {
        # The words of five letters, for the filter.
        "five": [row for row in range(ROWS) if len(names[chosen[row]]) == 5],
        "points": row_points,
        "links": build(row_points),
        "entries": {
            "left": min(range(ROWS), key=lambda row: row_points[row][0]),
            "right": max(range(ROWS), key=lambda row: row_points[row][0]),
            "top": min(range(ROWS), key=lambda row: row_points[row][1]),
            "bottom": max(range(ROWS), key=lambda row: row_points[row][1]),
        },
        "queries": {names[row]: point for row, point in zip(chosen[ROWS:], points[ROWS:], strict=True)},
    }


data = capture()
results = []
for query in data["queries"]:
    for entry, ef, five in (
        ("left", 5, False),
        ("left", 10, False),
        ("top", 5, True),
        ("right", 20, True),
        ("bottom", 40, False),
    ):
        settings = {"query": query, "entry": entry, "ef": ef, "five": five}
        results.append({"settings": settings, "results": search(data, **settings)})
print(json.dumps({"data": data, "results": results}))
