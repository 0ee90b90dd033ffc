"""How a model cuts four kinds of text into tokens."""

from local_models import SmallModel

TEXTS = {
    "prose": "Please refund the order, the parcel never came.",
    "code": "total = sum(row.price for row in rows)",
    "an id": "550e8400-e29b-41d4-a716-446655440000",
    "numbers": "1204.50 881.00 17.25 96.10",
}

model = SmallModel()
for kind, text in TEXTS.items():
    reply = model.post("/tokenize", {"content": text, "with_pieces": True})
    pieces = [token["piece"] for token in reply["tokens"]]
    ratio = len(text) / len(pieces)
    print(f"{kind}: {len(text)} characters, {len(pieces)} tokens, {ratio:.1f} each")
    print("  " + "|".join(pieces))
