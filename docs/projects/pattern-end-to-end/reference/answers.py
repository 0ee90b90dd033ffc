"""What the model is asked, and whether the passages support what it claims."""

import json
import re
from dataclasses import dataclass
from typing import Any

from library import Hit
from model import ModelFailed

#: Words that a quote needs, so that "the" is none.
LEAST_WORDS = 3
PROMPT = """Answer the question from the passages and from nothing else. Answer with one JSON object and nothing else:
{"claims": [{"text": "...", "document": "...", "quote": "..."}]}. text: one statement. document: the id that stands before
the passage. quote: the words of the passage that say so, unchanged. If the passages don't answer it: {"claims": []}."""


@dataclass(frozen=True)
class Checked:
    """The model's claims, and how many of them the passages support."""

    claims: list[dict[str, Any]]
    supported: int

    def as_body(self) -> dict[str, Any]:
        reason = None
        if not self.claims:
            reason = "model_abstained"
        elif self.supported < len(self.claims):
            reason = "unsupported"
        checked = {"claims": len(self.claims), "supported": self.supported}
        if reason:
            return {"kind": "no_answer", "reason": reason, "claims": [], "checked": checked}
        claims = [{key: claim[key] for key in ("text", "document", "quote")} for claim in self.claims]
        return {"kind": "answer", "reason": None, "claims": claims, "checked": checked}


NOTHING_FOUND = {
    "kind": "no_answer",
    "reason": "nothing_found",
    "claims": [],
    "checked": {"claims": 0, "supported": 0},
}


def messages_for(question: str, hits: list[Hit]) -> list[dict[str, str]]:
    passages = "\n\n".join(f"[{hit.document}]\n{hit.text}" for hit in hits)
    return [
        {"role": "system", "content": PROMPT},
        {"role": "user", "content": f"{passages}\n\nQuestion: {question}"},
    ]


def check(content: str, hits: list[Hit]) -> Checked:
    """The claims in the model's answer, held against the passages that it was sent. Raises ModelFailed."""
    try:
        claims = json.loads(content)["claims"]
        fine = isinstance(claims, list) and all(claim["text"].strip() for claim in claims)
    except (ValueError, KeyError, TypeError, AttributeError):
        fine = False
    if not fine:
        raise ModelFailed("the model's answer is no list of claims")
    return Checked(claims, sum(is_supported(claim, hits) for claim in claims))


def is_supported(claim: dict[str, Any], hits: list[Hit]) -> bool:
    """Whether the quote stands in one sent passage of the cited document, and holds every number of the claim."""
    quote = claim.get("quote")
    if not isinstance(quote, str) or len(quote.split()) < LEAST_WORDS:
        return False
    stands_there = any(one_line(quote) in one_line(hit.text) for hit in hits if hit.document == claim.get("document"))
    return stands_there and numbers(claim["text"]) <= numbers(quote)


def one_line(text: str) -> str:
    return " ".join(text.split())


def numbers(text: str) -> set[str]:
    return set(re.findall(r"[0-9]+", text))
