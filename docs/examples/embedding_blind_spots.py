"""What an embedding keeps and what it loses: pairs that no reader would confuse."""

from local_models import embed

PAIRS = [
    ("negation", "The invoice is paid.", "The invoice is not paid."),
    ("order", "Ship it before Friday.", "Ship it after Friday."),
    ("number", "Refunds within 14 days.", "Refunds within 30 days."),
    ("code", "Delete user 4411.", "Delete user 4417."),
    ("roles", "Alice owes Bob 50 euros.", "Bob owes Alice 50 euros."),
    ("paraphrase", "The invoice is paid.", "The bill has been settled."),
    ("unrelated", "The invoice is paid.", "Otters sleep on their backs."),
]

vectors = embed([text for _, *pair in PAIRS for text in pair])
for (kind, a, b), left, right in zip(PAIRS, vectors[::2], vectors[1::2], strict=True):
    # embed() scales to length one, so the dot product is the cosine.
    print(f"{left @ right:5.2f}  {kind:10}  {a}  |  {b}")
