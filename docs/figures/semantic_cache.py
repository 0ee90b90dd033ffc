"""Semantic cache: the pairs of the page's example with their similarity, and two pairs of different tenants."""

import contextlib
import io
import json

with contextlib.redirect_stdout(io.StringIO()):
    from semantic_cache import PAIRS, exact_part, similarity

# The same question, or almost, from another customer: the answer is right only for the tenant that stored it.
ACROSS = [
    ("what is our discount", "what is our discount"),
    ("which plan are we on", "what plan are we on"),
]
# As the page supposes: what a hit saves, and what a wrong answer costs in support time.
SAVED, LOST = 1, 500  # cents

labeled = [(*pair, True) for pair in PAIRS] + [(*pair, False, False) for pair in ACROSS]
rows = [
    {
        "stored": stored,
        "asked": asked,
        "score": round(similarity(stored, asked), 3),
        "same": same,
        "one_tenant": one_tenant,
        "equal_part": exact_part(stored) == exact_part(asked),
    }
    for stored, asked, same, one_tenant in labeled
]
rows.sort(key=lambda row: -row["score"])


def outcome(threshold: float, tenant: bool, exact: bool) -> dict[str, int]:
    """How many questions get a stored answer, of which kind, and what that saves and costs."""
    hits = [
        row
        for row in rows
        if row["score"] >= threshold and (row["one_tenant"] or not tenant) and (row["equal_part"] or not exact)
    ]
    right = sum(row["same"] for row in hits)
    leaks = sum(not row["one_tenant"] for row in hits)
    return {
        "hits": len(hits),
        "right": right,
        "wrong": len(hits) - right - leaks,
        "leaks": leaks,
        "saved": len(hits) * SAVED,
        "lost": (len(hits) - right) * LOST,
    }


results = [
    {
        "settings": {"threshold": threshold, "tenant": tenant, "exact": exact},
        "results": outcome(threshold, tenant, exact),
    }
    for threshold in (1, 0.9, 0.86, 0.7, 0.5)
    for tenant, exact in ((False, False), (True, False), (True, True))
]
print(json.dumps({"data": rows, "results": results}))
