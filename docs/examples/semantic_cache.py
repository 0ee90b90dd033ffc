"""How often is a similar question the same question? Ten labeled pairs, scored."""

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


scored = [(similarity(stored, new), same, stored, new) for stored, new, same in PAIRS]
for threshold in (0.95, 0.90, 0.80, 0.70, 0.50):
    hits = [same for score, same, _, _ in scored if score >= threshold]
    right = hits.count(True)
    false = hits.count(False)
    print(f"threshold {threshold:.2f}: right hits {right}/5, false hits {false}/5")

scored.sort(reverse=True)
for score, same, stored, new in scored[:4]:
    label = "same " if same else "OTHER"
    print(f"{score:.2f} {label} {stored} | {new}")

# The tenant is compared exactly, before any similarity.
cache = {("acme", "en", "prompt-7"): [("what is the return period", "30 days")]}
for tenant in ("acme", "globex"):
    entries = cache.get((tenant, "en", "prompt-7"), [])
    print(tenant, "compares with", len(entries), "stored questions")
