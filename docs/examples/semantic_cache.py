"""How often is a similar question the same question? Ten labeled pairs, scored."""

import re

from local_models import embed

# Stored question, new question, may they share an answer? Labeled by reading.
PAIRS = [
    ("cancel my order 4411", "cancel my order 4417", False),
    ("is a refund allowed", "is a refund not allowed", False),
    ("how do I cancel my order", "how do I cancel my account", False),
    ("return period in France", "return period in Switzerland", False),
    ("enable two-factor login", "disable two-factor login", False),
    ("how do I reset my password", "how can I reset my password", True),
    ("how do I reset my password", "I forgot my password, what now", True),
    ("when do refunds arrive", "how long does a refund take", True),
    ("where are my invoices", "where can I find my invoices", True),
    ("what is the API rate limit", "how many API calls a minute", True),
]


def similarity(stored: str, new: str) -> float:
    stored_vector, new_vector = embed([stored, new])
    return float(stored_vector @ new_vector)


NAMED = {"not", "no", "never", "without", "cannot", "france", "switzerland", "germany"}


def exact_part(question: str) -> set[str]:
    """What must be equal before similarity counts: numbers, codes, the words above."""
    words = re.findall(r"[a-z0-9-]+", question.lower())
    return {word for word in words if word in NAMED or re.search(r"\d", word)}


scored = [(similarity(stored, new), same, stored, new) for stored, new, same in PAIRS]
print("           similarity alone   exact part first")
print("threshold    right  false       right  false")
for threshold in (0.95, 0.90, 0.80, 0.70, 0.50):
    hits = [row for row in scored if row[0] >= threshold]
    checked = [row for row in hits if exact_part(row[2]) == exact_part(row[3])]
    counts = []
    for rows in (hits, checked):
        right = sum(same for _, same, _, _ in rows)
        counts += [right, len(rows) - right]
    print("{:<9.2f} {:>8} {:>6} {:>11} {:>6}".format(threshold, *counts))
print()

scored.sort(reverse=True)
for score, same, stored, new in scored[:6]:
    label = "same " if same else "OTHER"
    print(f"{score:.3f} {label} {stored} | {new}")
print()

# The tenant is compared exactly, before any similarity.
cache = {("acme", "en", "prompt-7"): [("what is the return period", "30 days")]}
for tenant in ("acme", "globex"):
    entries = cache.get((tenant, "en", "prompt-7"), [])
    print(tenant, "compares with", len(entries), "stored questions")
