"""What the checks are made of: a tenant that puts, searches and asks, and models that answer as a check needs it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from corpus import Fact, Library, library
from trial import Answer, Call, Finding, Kit, Outcome, Reply, found, unless

MODES = ("keyword", "vector", "hybrid")
#: Passages that a search gives when nobody says how many, and that the model is sent.
FIRST = 5
#: What the lower end of the 95 percent interval of hits in the first five has to reach: 18 of 24 do.
LEAST_HITS = 0.55
#: From a call to what the model claims.
Claims = Callable[[Call], list[dict[str, Any]]]


@dataclass(frozen=True)
class Tenant:
    """One of the service's customers, with documents of its own."""

    kit: Kit
    name: str

    def ask(self, method: str, path: str, body: Any = None, raw: bytes | None = None) -> Answer:
        return self.kit.service.ask(method, path, body, raw, headers={"x-tenant": self.name})

    def put(self, document: str, texts: Iterable[str]) -> Finding:
        """Put a document of these passages, and see that the service counts them."""
        texts = list(texts)
        answer = self.ask("PUT", f"/documents/{document}", {"text": "\n\n".join(texts)})
        fine = answer.status == 200 and answer.get("passages") == len(texts)
        return found(
            [unless(fine, f"expected 200 with passages {len(texts)}")],
            f"{self.name}: PUT /documents/{document} with {len(texts)} passages",
            answer,
        )

    def put_all(self, documents: Library) -> list[Finding]:
        return [self.put(name, [fact.text for fact in facts]) for name, facts in documents.documents.items()]

    def delete(self, document: str) -> Finding:
        answer = self.ask("DELETE", f"/documents/{document}")
        return found(
            [unless(answer.status == 204, "expected 204")], f"{self.name}: DELETE /documents/{document}", answer
        )

    def holds(self, document: str, texts: Sequence[str]) -> Finding:
        """GET /documents/{id} gives these passages; without any, it gives 404."""
        answer = self.ask("GET", f"/documents/{document}")
        if texts:
            there = [each.get("text") for each in entries(answer, "passages")]
            fault = unless(
                answer.status == 200 and there == list(texts), f"expected 200 with the {len(texts)} passages"
            )
        else:
            fault = unless((answer.status, answer.get("code")) == (404, "not_found"), "expected 404 with not_found")
        return found([fault], f"{self.name}: GET /documents/{document}", answer)

    def lists(self, documents: dict[str, int]) -> Finding:
        """GET /documents gives these documents with these numbers of passages."""
        answer = self.ask("GET", "/documents")
        there = {str(each.get("document")): each.get("passages") for each in entries(answer, "documents")}
        fine = answer.status == 200 and isinstance(answer.get("documents"), list) and there == documents
        return found([unless(fine, f"expected 200 with {documents}")], f"{self.name}: GET /documents", answer)

    def search(self, question: str, mode: str | None = None, k: int | None = None) -> Answer:
        asked = {"q": question} | ({} if mode is None else {"mode": mode}) | ({} if k is None else {"k": str(k)})
        return self.ask("GET", "/search?" + urlencode(asked))

    def finds(self, fact: Fact, question: str, mode: str | None = None) -> Finding:
        """Whether a search gives the passage among the first five."""
        answer = self.search(question, mode, 20)
        there = (fact.document, fact.text) in hits(answer)[:FIRST]
        wanted = f"expected {fact.document}: {' '.join(fact.text.split())}"
        return found([is_list(answer), unless(there, wanted)], self.said(question, mode), answer)

    def finds_none(self, facts: Iterable[Fact], question: str, mode: str) -> Finding:
        """A search that gives none of these passages."""
        answer = self.search(question, mode, 20)
        there = {text for _, text in hits(answer)} & {fact.text for fact in facts}
        wrong = f"expected nothing of what isn't this tenant's now: {' '.join(next(iter(there), '').split())}"
        return found([is_list(answer), unless(not there, wrong)], self.said(question, mode), answer)

    def said(self, question: str, mode: str | None = None) -> str:
        return f"{self.name}: {question}" + (f" mode={mode}" if mode else "")


def tenant(kit: Kit, chance: random.Random) -> Tenant:
    """A tenant without documents. A service that kept those of an earlier run is asked to delete them."""
    new = Tenant(kit, f"t-{chance.getrandbits(40):010x}")
    for each in entries(new.ask("GET", "/documents"), "documents"):
        new.delete(str(each.get("document")))
    return new


def main_tenant(kit: Kit) -> tuple[Tenant, Library, list[Finding]]:
    """A tenant with 60 facts in 10 documents, put once for the checks that only read; and whether that went well."""
    kept = getattr(kit.harness, "kept", None)
    if kept is None or kept[0] is not kit:
        chance = kit.chance("main")
        own, facts = tenant(kit, chance), library(chance, 60, 6)
        kept = (kit, (own, facts, [each for each in own.put_all(facts) if each.fault]))
        kit.harness.kept = kept  # type: ignore[attr-defined]
    done: tuple[Tenant, Library, list[Finding]] = kept[1]
    return done


def entries(answer: Answer, name: str) -> list[dict[str, Any]]:
    """The objects in a list of the answer; those that are none are left out."""
    values = answer.get(name)
    return [each for each in values if isinstance(each, dict)] if isinstance(values, list) else []


def hits(answer: Answer) -> list[tuple[str, str]]:
    return [(str(hit.get("document")), str(hit.get("text"))) for hit in entries(answer, "hits")]


def is_list(answer: Answer) -> str:
    return unless(answer.status == 200 and isinstance(answer.get("hits"), list), "expected 200 with a list of hits")


def refused(answer: Answer, status: int, code: str) -> list[str]:
    return [
        unless(answer.status == status, f"expected {status}"),
        unless(answer.get("code") == code, f"expected code {code}"),
        unless(isinstance(answer.get("problem"), str) and bool(answer.get("problem")), "expected a problem in words"),
    ]


# Models.


def claim(text: str, document: str | None, quote: str | None) -> dict[str, Any]:
    return {"text": text, "document": document, "quote": quote}


def says(claims: Sequence[dict[str, Any]]) -> Reply:
    return Reply(json.dumps({"claims": list(claims)}))


def quoting(fact: Fact) -> Callable[[Call], Reply]:
    """A model that answers from the passage when it was sent it, and abstains when it wasn't."""
    return lambda call: says([claim(fact.sentence, fact.document, fact.text)] if call.holds(fact.text) else [])


def abstaining(call: Call) -> Reply:
    return says([])


@dataclass(frozen=True)
class Asked:
    """A question that a tenant asked, what it was told, and what reached the model."""

    tenant: Tenant
    question: str
    answer: Answer
    calls: Sequence[Call]
    told: Sequence[str]

    def finding(self, *faults: str) -> Finding:
        """A finding with the first of these faults."""
        seen = found(faults, self.tenant.said(self.question), self.answer, self.calls)
        return replace(seen, model="; then ".join(self.told) or "nothing")


def asked(own: Tenant, question: str, model: Callable[[Call], Reply] | Reply) -> Asked:
    """POST /ask, with a model that answers like this. The question holds a mark, so the calls about it are known."""
    told: list[str] = []

    def line(call: Call) -> Reply:
        reply = model if isinstance(model, Reply) else model(call)
        told.append(str(reply))
        return reply

    talk = own.kit.model.expect(question, [line])
    answer = own.ask("POST", "/ask", {"question": question})
    return Asked(own, question, answer, talk.calls, told)


def marked(kit: Kit, question: str) -> str:
    """The question with a word that stands in no other."""
    return f"{question} (ticket {kit.mark()})"


def no_answer(answer: Answer, reason: str, claims: int | None = None, supported: int | None = None) -> list[str]:
    """What is wrong with an answer that has to say that there is none."""
    wanted = {"kind": "no_answer", "reason": reason, "claims": []}
    counts = {"claims": claims, "supported": supported} if claims is not None else None
    return [
        unless(answer.status == 200, "expected 200"),
        *(unless(answer.get(name) == value, f"expected {name} {value}") for name, value in wanted.items()),
        unless(counts is None or answer.get("checked") == counts, f"expected checked {counts}"),
    ]


def failed(findings: Iterable[Finding]) -> Outcome | None:
    """An outcome of what went wrong before a check began; None when nothing did."""
    wrong = [finding for finding in findings if finding.fault]
    return Outcome(wrong) if wrong else None
