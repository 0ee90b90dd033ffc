"""The checks of what goes into the library, and out of it again."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from corpus import Fact, library, retold
from desk import Tenant, entries, refused, tenant
from service import Told
from trial import NO_START, Finding, Kit, Outcome, Reply, found, short, unless


def keeps_passages(kit: Kit) -> Outcome:
    chance = kit.chance("keeps")
    own = tenant(kit, chance)
    a, b, c, d = (fact.text for fact in library(chance, 4, 4).facts)
    footer = f"Questions go to desk {chance.randint(100, 999)}."
    written: list[tuple[str, str, list[str]]] = [
        ("d-plain", f"{a}\n\n{b}", [a, b]),
        ("d-one", a, [a]),
        ("d-spaces", f"\n\n  {a} \n \t \n\n\n{b}\n", [a, b]),
        ("d-blank", f"{c}\n \t\n{d}", [c, d]),
        ("d-inside", f"{c}\n  indented, and a tab\t.\n\n{d}", [f"{c}\n  indented, and a tab\t.", d]),
        (
            "d-letters",
            f"Größe, naïve, ありがとう 🙂 “{a}” <b>&amp;</b> \\n",
            [f"Größe, naïve, ありがとう 🙂 “{a}” <b>&amp;</b> \\n"],
        ),
        ("d-footer", f"{a}\n\n{footer}\n\n{b}\n\n{footer}", [a, footer, b, footer]),
        ("D_9-z" + "x" * 59, f"{d}\n\n" + "long words " * 300 + "end", [d, "long words " * 300 + "end"]),
    ]

    def put(case: tuple[str, str, list[str]]) -> Finding:
        document, text, passages = case
        answer = own.ask("PUT", f"/documents/{document}", {"text": text})
        wanted = {"document": document, "passages": len(passages)}
        fine = answer.status == 200 and answer.body == wanted
        return found([unless(fine, f"expected 200 with {wanted}")], f"PUT /documents/{document}: {text!r}", answer)

    def got(case: tuple[str, str, list[str]]) -> Finding:
        document, text, passages = case
        answer = own.ask("GET", f"/documents/{document}")
        there = entries(answer, "passages")
        hashes = [hashlib.sha256(passage.encode()).hexdigest() for passage in passages]
        return found(
            [
                unless(answer.status == 200, "expected 200"),
                unless([each.get("text") for each in there] == passages, f"expected the passages {passages!r}"),
                unless([each.get("sha256") for each in there] == hashes, f"expected the hashes {hashes}"),
            ],
            f"GET /documents/{document}, which was put as {text!r}",
            answer,
        )

    everything = {document: len(passages) for document, _, passages in written}
    return Outcome([*kit.each(put, written), *kit.each(got, written), own.lists(everything), own.holds("d-none", [])])


def embeds_once(kit: Kit) -> Outcome:
    def put(own: Tenant, document: str, texts: list[str], wanted: list[str], what: str) -> Finding:
        """Put a document, and compare what was embedded with what had to be."""
        before = len(kit.model.embedded)
        seen = own.put(document, texts)
        embedded = kit.model.embedded[before:]
        fine = sorted(embedded) == sorted(wanted)
        fault = f"expected {len(wanted)} texts at /embeddings, its new passages, saw {len(embedded)}"
        return replace(seen, fault=seen.fault or unless(fine, fault), sent=f"{seen.sent}: {what}")

    findings = []
    chance = kit.chance("once")
    own = tenant(kit, chance)
    for document, facts in library(chance, 10, 5).documents.items():
        texts = [fact.text for fact in facts]
        new = [retold(chance, facts[2]).text, retold(chance, facts[0]).text]
        changed = [new[0] if text == texts[2] else text for text in texts]
        in_front = [new[1], *reversed(changed)]
        findings += [
            put(own, document, texts, texts, "all are new"),
            put(own, document, texts, [], "the same again"),
            put(own, document, changed, [new[0]], "one has changed"),
            put(own, document, in_front, [new[1]], "a new one in front, and the order reversed"),
            put(own, document, in_front[:-1], [], "one is left out"),
            own.holds(document, in_front[:-1]),
        ]
    return Outcome(findings)


def updates_and_deletes(kit: Kit) -> Outcome:
    chance = kit.chance("updates")
    own = tenant(kit, chance)
    facts = library(chance, 12, 4)
    (one, two, three), texts = facts.documents, {name: _texts(each) for name, each in facts.documents.items()}
    shorter = [retold(chance, facts.documents[one][0]).text, texts[one][2]]
    return Outcome(
        [
            *own.put_all(facts),
            own.put(one, shorter),
            own.holds(one, shorter),
            own.holds(two, texts[two]),
            own.lists({one: 2, two: 4, three: 4}),
            own.delete(two),
            own.holds(two, []),
            own.lists({one: 2, three: 4}),
            own.delete(two),
            own.delete("d-never-put"),
            own.put(two, texts[two]),
            own.holds(two, texts[two]),
            *(own.delete(document) for document in (one, two, three)),
            own.lists({}),
        ]
    )


def half_a_write_is_none(kit: Kit) -> Outcome:
    faults = [
        Reply(status=500),
        Reply(status=429, headers={"retry-after": "1"}),
        Reply(body=b"<html>please log in</html>"),
        Reply(body=b'{"object": "list", "data": [{}]}', keep=0.5),
        Reply(body=b'{"object": "list", "data": []}'),
    ]

    def fails(own: Tenant, document: str, texts: list[str], fault: Reply) -> Finding:
        kit.model.embedding_fault = fault
        try:
            answer = own.ask("PUT", f"/documents/{document}", {"text": "\n\n".join(texts)})
        finally:
            kit.model.embedding_fault = None
        said = f"PUT /documents/{document} while /embeddings fails: {fault}"
        return found(refused(answer, 502, "model_failed"), said, answer)

    findings = []
    chance = kit.chance("half")
    own = tenant(kit, chance)
    for fault, (document, facts) in zip(faults, library(chance, 15, 3).documents.items(), strict=True):
        old, new = _texts(facts), _texts([facts[0], retold(chance, facts[1])])
        findings += [
            fails(own, document, old, fault),
            own.holds(document, []),
            own.put(document, old),
            fails(own, document, new, fault),
            own.holds(document, old),
        ]
        # A service that has noted the hash, and not the vector, takes the passage for known.
        before = kit.model.embedded.count(new[1])
        again = own.put(document, new)
        embedded = unless(kit.model.embedded.count(new[1]) > before, "expected the new passage at /embeddings again")
        findings += [replace(again, fault=again.fault or embedded), own.holds(document, new)]
    return Outcome(findings)


def survives_a_crash(kit: Kit) -> Outcome:
    if kit.process is None:
        return Outcome([], needs=NO_START)
    chance = kit.chance("crash")
    own = tenant(kit, chance)
    facts = library(chance, 12, 4)
    one, two, three = facts.documents
    texts = {name: _texts(each) for name, each in facts.documents.items()}
    new = [retold(chance, facts.documents[one][0]).text, *texts[one][1:]]
    findings = [*own.put_all(facts), own.put(one, new), own.delete(two)]
    kit.process.kill()
    try:
        kit.process.start()
    except Told as told:
        return Outcome([*findings, Finding("does not start again", "kill, and start", short(told))])
    before = len(kit.model.embedded)
    again = own.put(three, texts[three])
    fresh = unless(len(kit.model.embedded) == before, "expected no text at /embeddings for passages that it has")
    findings += [own.holds(one, new), own.holds(two, []), own.holds(three, texts[three]), own.lists({one: 4, three: 4})]
    findings.append(replace(again, fault=again.fault or fresh))
    return Outcome(findings)


def refuses_bad_documents(kit: Kit) -> Outcome:
    chance = kit.chance("bad")
    own = tenant(kit, chance)
    good = b'{"text": "The door is locked at nine."}'
    faulty: list[tuple[str, str, bytes | None, str | None]] = [
        ("PUT", "/documents/d-1", good, None),
        ("GET", "/documents/d-1", None, None),
        ("DELETE", "/documents/d-1", None, None),
        ("GET", "/documents", None, None),
        ("GET", "/documents", None, "Not A Name"),
        ("GET", "/documents", None, "t" * 41),
        ("PUT", "/documents/d.1", good, own.name),
        ("PUT", "/documents/" + "d" * 65, good, own.name),
        ("PUT", "/documents/d-1", b"text=hello", own.name),
        ("PUT", "/documents/d-1", b"[]", own.name),
        ("PUT", "/documents/d-1", b"{}", own.name),
        ("PUT", "/documents/d-1", b'{"text": 5}', own.name),
        ("PUT", "/documents/d-1", b'{"text": " \\n\\t"}', own.name),
        ("PUT", "/documents/d-1", b'{"text": "' + b"x" * 50_001 + b'"}', own.name),
    ]

    def refuse(case: tuple[str, str, bytes | None, str | None]) -> Finding:
        method, path, raw, name = case
        headers = {} if name is None else {"x-tenant": name}
        answer = kit.service.ask(method, path, raw=raw, headers=headers)
        said = f"{method} {path} with X-Tenant {name}: {short((raw or b'').decode(), 60)}"
        return found(refused(answer, 400, "bad_request"), said, answer)

    before = len(kit.model.embedded)
    findings = kit.each(refuse, faulty)
    if len(kit.model.embedded) > before:
        findings = [replace(each, fault=each.fault or "a bad request reached /embeddings") for each in findings]
    return Outcome([*findings, own.lists({})])


def _texts(facts: list[Fact]) -> list[str]:
    return [fact.text for fact in facts]
