"""The checks of releases and traces: which version gave an answer, and the way back to the one before."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from collector import BREAKS, CLIENT, ERROR, HANGS, SERVER, Span
from questions import (
    Asked,
    Script,
    around,
    arrived,
    asked,
    asking,
    budget,
    chances,
    gates,
    good,
    have_a_retry,
    held,
    spend,
    spoken,
    tenant,
    traced,
    until,
)
from trial import NO_START, Answer, Finding, Gate, Kit, Outcome, Reply, Stream, found

#: The release of a service that has got no other.
FIRST = "first"


@contextmanager
def releases(kit: Kit, chance: random.Random, count: int) -> Iterator[list[dict[str, str]]]:
    """Releases that the service knows; afterwards it answers by its first one again."""
    made = []
    for _ in range(count):
        name = f"r-{around(kit).run[:4]}-{chance.getrandbits(32):08x}"
        prompt = f"Answer in {chance.randint(2, 9)} sentences.\nSay \"{kit.mark()}\" — and 'Grüße'."
        release = {"model": f"kit-chat-{chance.randint(100, 999)}", "prompt": prompt}
        kit.service.ask("PUT", f"/releases/{name}", release)
        made.append({"id": name, **release})
    try:
        yield made
    finally:
        activate(kit, FIRST)


def activate(kit: Kit, name: str) -> Answer:
    return kit.service.ask("PUT", "/active", {"release": name})


def answered_by(one: Asked, release: dict[str, str], model: str = "") -> list[str]:
    """What is wrong with an answer, if not that this release gave it."""
    faults = [
        "" if call.body.get("model") == (model or release["model"]) else f"expected the model of {release['id']}"
        for call in (one.fallback.calls if model else one.primary.calls)
    ]
    prompts = [
        "" if spoken(call) == release["prompt"] else f"expected the prompt of {release['id']}" for call in one.calls
    ]
    named = one.last("done").get("release")
    return [
        "" if one.calls else "no call reached a model",
        *faults,
        *prompts,
        *one.whole(model or release["model"]),
        "" if named == release["id"] else f"expected release {release['id']}, got {named!r}",
    ]


def rolls_back_with_one_write(kit: Kit) -> Outcome:
    chance = kit.chance("rolls-back")
    with releases(kit, chance, 2) as (old, new):
        findings = []
        for release in (old, new, old):
            done = activate(kit, release["id"])
            one = asked(kit, chance)
            faults = answered_by(one, release)
            findings.append(
                one.finding("" if done.status == 200 else f"expected 200 from PUT /active, got {done.status}", *faults)
            )
        fresh = f"{old['id']}-new"
        first = kit.service.ask("PUT", f"/releases/{fresh}", {key: new[key] for key in ("model", "prompt")})
        findings.append(found(["" if first.status == 201 else "expected 201: it's a new release"], fresh, first))
        changed = {"model": old["model"], "prompt": f"{old['prompt']} And be brief."}
        again = kit.service.ask("PUT", f"/releases/{old['id']}", changed)
        findings.append(found(["" if again.status == 409 else "expected 409: a release never changes"], changed, again))
        same = kit.service.ask("PUT", f"/releases/{old['id']}", {key: old[key] for key in ("model", "prompt")})
        findings.append(found(["" if same.status == 200 else "expected 200: it's the same release"], old["id"], same))
        unknown = activate(kit, f"{old['id']}-x")
        findings.append(found(["" if unknown.status == 404 else "expected 404"], f"{old['id']}-x", unknown))
        one = asked(kit, chance)
        findings.append(one.finding(*answered_by(one, old)))
        return Outcome(findings)


def keeps_one_release_for_an_answer(kit: Kit) -> Outcome:
    limits = around(kit).limits
    failures: list[tuple[bool, Callable[[Sequence[str], Gate], Reply]]] = [
        (False, lambda pieces, gate: Reply(status=503, hold=gate)),
        (True, lambda pieces, gate: Reply(stream=Stream(pieces), model="kit-chat-0", hold=gate)),
    ]
    findings = []
    for index, (falls, fails) in enumerate(failures):
        chance = kit.chance(f"keeps-release/{index}")
        if not falls:
            have_a_retry(kit, chance)
        with releases(kit, chance, 2) as (old, new), gates(1) as (gate,):
            activate(kit, old["id"])
            script = Script(
                lambda pieces, fails=fails, gate=gate: [fails(pieces, gate), good(pieces)],
                lambda pieces: [good(pieces)],
            )
            one = asking(kit, chance, script)
            came = arrived([gate], [one])
            activate(kit, new["id"])
            gate.opened.set()
            one.end()
            model = limits.fallback_model if falls else ""
            after = asked(kit, chance)
            findings.append(one.finding("" if came else "no call reached the model", *answered_by(one, old, model)))
            findings.append(after.finding(*answered_by(after, new)))
    return Outcome(findings)


def traces_every_call(kit: Kit) -> Outcome:
    limits = around(kit).limits

    def play(case: tuple[random.Random, str]) -> Finding:
        chance, kind = case
        trace, parent = f"{chance.getrandbits(128):032x}", f"{chance.getrandbits(64):016x}"
        read, written = chance.randint(50, 500), chance.randint(5, 90)
        usage = {"prompt_tokens": read, "completion_tokens": written}
        fails = Reply(status=500)
        script = {
            "plain": Script(lambda pieces: [good(pieces, usage=usage)]),
            "again": Script(lambda pieces: [fails, good(pieces, usage=usage)]),
            "falls": Script(
                lambda pieces: [good(pieces, model="kit-chat-0")], lambda pieces: [good(pieces, usage=usage)]
            ),
            "dies": Script(lambda pieces: [Reply(status=401)]),
        }[kind]
        headers = {"traceparent": f"00-{trace}-{parent}-01"}
        one = asked(kit, chance, script, headers=headers)
        last = one.last("done") or one.answer.body or {}
        spans = traced(kit, one, trace)
        answered = {"falls": limits.fallback_model, "dies": ""}.get(kind, kit.settings.model)
        return one.finding(
            "" if last.get("trace_id") == trace else f"expected trace_id {trace}, which traceparent says",
            *_spans(kit, one, spans, parent),
            *_calls(kit, spans, answered, {"input": read, "output": written}),
        )

    kinds = ("plain", "again", "falls", "dies")
    cases = list(zip(chances(kit, "traces", len(kinds)), kinds, strict=True))
    have_a_retry(kit, kit.chance("traces/retry"))
    return Outcome(kit.each(play, cases))


def _spans(kit: Kit, one: Asked, spans: Sequence[Span], parent: str) -> list[str]:
    """What is wrong with the spans of an answer, as a tree."""
    collector = around(kit).collector
    refused = f"; the collector refused: {collector.refused[-1]}" if collector.refused else ""
    roots = [span for span in spans if span.kind == SERVER]
    calls = [span for span in spans if span.kind == CLIENT]
    if len(roots) != 1:
        return [f"expected one span of kind SERVER ({SERVER}) with this trace id, got {len(roots)}{refused}"]
    root = roots[0]
    release, by = one.last("done").get("release", FIRST), root.attributes.get("app.tenant")
    return [
        "" if root.parent == parent else "the SERVER span doesn't have the caller's span as its parent",
        "" if by == one.tenant else f"expected app.tenant {one.tenant} on the SERVER span, got {by!r}",
        "" if root.attributes.get("app.release") == release else f"expected app.release {release} on the SERVER span",
        ""
        if len(calls) == len(one.calls)
        else f"{len(one.calls)} calls were made, and there are {len(calls)} spans of kind CLIENT ({CLIENT})",
        *("" if call.parent == root.id else f"{call.name}: isn't a child of the SERVER span" for call in calls),
    ]


def _calls(kit: Kit, spans: Sequence[Span], answered: str, usage: dict[str, int]) -> list[str]:
    """What is wrong with the spans of the calls.

    Args:
        answered: the model that gave the answer; "" when none did.
    """
    faults = []
    calls = [span for span in spans if span.kind == CLIENT]
    for call in calls:
        about: dict[str, Any] = {"gen_ai.operation.name": "chat", "gen_ai.request.stream": True}
        asked_for = call.attributes.get("gen_ai.request.model")
        faults += [
            f"expected {key} {value!r} on a call, got {call.attributes.get(key)!r}"
            for key, value in about.items()
            if call.attributes.get(key) != value
        ]
        models = (kit.settings.model, around(kit).limits.fallback_model)
        faults += [
            "" if call.attributes.get("gen_ai.provider.name") else "expected gen_ai.provider.name on a call",
            "" if asked_for in models else f"expected gen_ai.request.model on a call, got {asked_for!r}",
            "" if call.name == f"chat {asked_for}" else f"expected the name 'chat {asked_for}', got {call.name!r}",
        ]
    fine = [call for call in calls if call.status != ERROR]
    failed = [call for call in calls if call.status == ERROR]
    wanted = [answered] if answered else []
    models = [call.attributes.get("gen_ai.response.model") for call in fine]
    faults += [
        ""
        if models == wanted
        else f"expected the calls without an error to have gen_ai.response.model {wanted}, got {models}",
        *("" if call.attributes.get("error.type") else "expected error.type on a call that failed" for call in failed),
    ]
    for call in fine:
        for name, count in usage.items():
            key = f"gen_ai.usage.{name}_tokens"
            got = call.attributes.get(key)
            faults.append("" if got == count else f"expected {key} {count}, got {got!r}")
    return faults


def keeps_text_out_of_traces(kit: Kit) -> Outcome:
    collector = around(kit).collector

    def play(case: tuple[random.Random, str]) -> Finding:
        chance, kind = case
        trace = f"{chance.getrandbits(128):032x}"
        headers = {"traceparent": f"00-{trace}-{chance.getrandbits(64):016x}-01"}
        script = {
            "plain": Script(lambda pieces: [good(pieces)]),
            "quotes": Script(_quotes, _quotes),
            "breaks": Script(lambda pieces: [Reply(stream=Stream(pieces, error=pieces[1]))]),
        }[kind]
        one = asked(kit, chance, script, headers=headers)
        spans = traced(kit, one, trace)
        sent = b"\n".join(collector.raw).decode("utf-8", "replace")
        secret = {
            "the question": one.mark,
            "the answer": one.mark[::-1],
            "LLM_API_KEY": kit.settings.key if kit.settings.drawn else f"Bearer {kit.settings.key}",
        }
        return one.finding(
            "" if len(spans) > len(one.calls) else "no trace of this answer reached the collector",
            *(f"{name} is in the trace" if text in sent else "" for name, text in secret.items()),
        )

    kinds = ("plain", "quotes", "breaks") * 2
    return Outcome(kit.each(play, zip(chances(kit, "text", len(kinds)), kinds, strict=True)))


def _quotes(pieces: Sequence[str]) -> list[Reply]:
    """A model server quotes the text that it doesn't like. Whoever notes its words notes the caller's."""
    quoted = {"error": {"message": f"this text is not allowed: {pieces[1]}"}}
    return [Reply(status=400, body=json.dumps(quoted).encode())]


def answers_without_a_collector(kit: Kit) -> Outcome:
    collector = around(kit).collector
    findings = []
    for fault in (BREAKS, HANGS):
        collector.fault = fault
        try:
            before = collector.failed
            findings += kit.each(lambda chance: _answers(kit, chance), chances(kit, f"collector/{fault}", 3))
            # An exporter may take its time, and it's to meet the fault.
            if not around(kit).untraced:
                until(lambda before=before: collector.failed > before)
        finally:
            collector.fault = ""
    chance = kit.chance("collector/after")
    trace = f"{chance.getrandbits(128):032x}"
    after = asked(kit, chance, headers={"traceparent": f"00-{trace}-{chance.getrandbits(64):016x}-01"})
    came = traced(kit, after, trace)
    return Outcome([*findings, after.finding("" if came else "the collector is back, and no trace comes any more")])


def _answers(kit: Kit, chance: random.Random) -> Finding:
    one = asked(kit, chance)
    return one.finding(
        *[f"the collector doesn't answer: {fault}" if fault else "" for fault in one.whole(kit.settings.model)]
    )


def survives_a_kill(kit: Kit) -> Outcome:
    limits, process = around(kit).limits, kit.process
    if process is None:
        return Outcome([], needs=NO_START)
    chance = kit.chance("kill")
    by, spent = tenant(kit, chance), chance.randint(100, 600)
    with releases(kit, chance, 2) as (old, new), gates(1) as (gate,):
        spend(kit, chance, by, spent)
        activate(kit, old["id"])
        activate(kit, new["id"])
        under_way = asking(kit, chance, held(gate, 1), by=by)
        came = arrived([gate], [under_way])
        # Over just before the crash: whoever has read the end of an answer relies on its cost.
        over = spend(kit, chance, tenant(kit, chance), spent)
        process.kill()
        under_way.end()
        gate.opened.set()
        process.start()
        around(kit).retries = limits.retry_budget
        wanted = {"limit": limits.tenant_tokens, "spent": spent + limits.reserve_tokens, "reserved": 0}
        seen, seen_over = budget(kit, by), budget(kit, over.tenant)
        cost = {"limit": limits.tenant_tokens, "spent": spent, "reserved": 0}
        one = asked(kit, chance)
        return Outcome(
            [
                under_way.finding(
                    "" if came else "no call reached the model",
                    "" if seen == wanted else f"killed in an answer: expected the budget {wanted}, got {seen}",
                ),
                over.finding(
                    "" if seen_over == cost else f"killed after an answer: expected the budget {cost}, got {seen_over}"
                ),
                one.finding(*answered_by(one, new)),
            ]
        )
