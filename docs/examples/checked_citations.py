"""Check citations in code: the passage was given, and the quote is in it."""

import json

GIVEN = {  # the passages that were in the prompt of this request
    "returns-v7#2": "You can return shoes within 30 days of delivery. "
    "A return label is included in the parcel.",
    "sizes-v3#1": "If a shoe doesn’t fit, exchange it for another size.",
}
ANSWER = """{"status": "answered", "claims": [
  {"text": "You can return shoes for 30 days.",
   "passage": "returns-v7#2", "quote": "within 30 days of delivery"},
  {"text": "Return shipping is free.",
   "passage": "returns-v7#2", "quote": "return label is included"},
  {"text": "You can exchange shoes that don't fit.",
   "passage": "sizes-v3#1", "quote": "doesn't fit, exchange it"},
  {"text": "Sale items can be returned as well.",
   "passage": "returns-v6#4", "quote": "including sale items"},
  {"text": "Refunds take 5 days.",
   "passage": "returns-v7#2", "quote": "refund within 5 days"}]}"""


def plain(text: str) -> str:
    """The kind of quotation mark and the number of spaces shouldn't matter."""
    for typographic, simple in {"’": "'", "“": '"', "”": '"'}.items():
        text = text.replace(typographic, simple)
    return " ".join(text.split())


def fault(claim: dict[str, str]) -> str | None:
    passage = GIVEN.get(claim["passage"])
    if passage is None:
        return "passage was not given"
    # An empty quote is found in every passage.
    if not plain(claim["quote"]):
        return "no quote"
    if plain(claim["quote"]) not in plain(passage):
        return "quote is not in the passage"
    return None


for claim in json.loads(ANSWER)["claims"]:
    print(f"{fault(claim) or 'passes':28}{claim['text']}")
