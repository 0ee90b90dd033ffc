"""The checks of the stream, and of what a tenant may spend. Each has a check's id as its name."""

from __future__ import annotations

import random
from typing import Any

from questions import (
    PATIENCE,
    Script,
    around,
    arrived,
    asked,
    asking,
    budget,
    chances,
    gates,
    good,
    held,
    holds,
    load,
    spend,
    tenant,
    until,
)
from streaming import TEXT
from trial import Finding, Kit, Outcome, Reply, Stream


def asks_for_a_stream(kit: Kit) -> Outcome:
    settings = kit.settings

    def play(case: tuple[random.Random, str]) -> Finding:
        chance, tail = case
        one = asked(kit, chance, tail=tail)
        if not one.primary.calls:
            return one.finding(f"no call about this question reached {kit.model.address}/chat/completions")
        call = one.primary.calls[0]
        body, options = call.body, call.body.get("stream_options")
        cap = body.get("max_completion_tokens", body.get("max_tokens"))
        wants_usage = isinstance(options, dict) and options.get("include_usage") is True
        return one.finding(
            "" if call.authorization == f"Bearer {settings.key}" else "the call doesn't carry LLM_API_KEY",
            "" if body.get("model") == settings.model else "the call doesn't ask for LLM_MODEL",
            "" if body.get("stream") is True else "the call doesn't ask for a stream",
            "" if wants_usage else "the call doesn't ask for the usage, in stream_options",
            "" if type(cap) is int and 1 <= cap <= settings.cap else f"the call has the cap {cap!r}",
            "" if holds(call, one.question) else "the question isn't in the prompt as it came",
            *one.whole(settings.model),
        )

    tails = ("", '\n\n"Thanks"', "\ttab\\n and \\", " {curly} <b>&amp;</b>", " ありがとう 🙂", "\ndata: [DONE]\n\n")
    return Outcome(kit.each(play, zip(chances(kit, "asks", len(tails)), tails, strict=True)))


def streams_as_it_comes(kit: Kit) -> Outcome:
    def play(case: tuple[int, random.Random]) -> Finding:
        index, chance = case
        before = 1 + index % 3
        with gates(1) as (gate,):
            hold = Script(lambda pieces: [Reply(stream=Stream(pieces, hold_at=before), hold=gate)])
            one = asking(kit, chance, hold)
            first = "".join(one.pieces[:before])
            early = one.heard.wait(lambda _: one.text == first, PATIENCE)
            gate.opened.set()
            one.end()
        late = f"the model had written {before} of 5 pieces and was at the next, and the caller hadn't got these"
        return one.finding("" if early else late, *one.whole(kit.settings.model))

    return Outcome(kit.each(play, enumerate(chances(kit, "early", 6))))


def tells_a_cut_stream(kit: Kit) -> Outcome:
    def play(case: tuple[random.Random, dict[str, Any]]) -> Finding:
        chance, fault = case
        with gates(1) as (gate,):
            # The fallback would answer: a second answer behind the beginning of the first is worse than none.
            script = Script(
                lambda pieces: [Reply(stream=Stream(pieces, **fault), hold=gate if "hold_at" in fault else None)],
                lambda pieces: [good(pieces)],
            )
            one = asking(kit, chance, script)
            one.end(around(kit).limits.stall)
        return one.finding(*one.failed_in_the_middle())

    faults: list[dict[str, Any]] = [
        {"cut": 2},
        {"cut": 5},
        {"ends": False},
        {"error": "overloaded"},
        {"hold_at": 2},
    ]
    return Outcome(kit.each(play, zip(chances(kit, "cut", len(faults)), faults, strict=True)))


def stops_the_model(kit: Kit) -> Outcome:
    def play(case: tuple[random.Random, int]) -> Finding:
        chance, pieces_before = case
        with gates(1) as (gate,):
            # A service that goes on gives up on a silent model in the end. One that writes on has to be stopped.
            one = asking(kit, chance, held(gate, pieces_before, TEXT if pieces_before > 0 else ""))
            came = bool(arrived([gate], [one]))
            begun = came and (pieces_before < 1 or one.heard.wait(lambda _: bool(one.text), PATIENCE))
            one.heard.leave()
            left = begun and gate.left.wait(PATIENCE)
            over = left and until(lambda: load(kit)[0] == 0)
        when = {-1: "before the model answered", 0: "before the first piece"}.get(pieces_before, "in the middle")
        return one.finding(
            "" if came else "no call reached the model",
            "" if begun else "the model had begun, and the caller had got nothing",
            "" if left else f"the caller hung up {when}, and the call to the model stayed open",
            "" if over else "nobody is left, and /health doesn't say running 0",
            ""
            if len(one.calls) == 1
            else f"nobody was left to answer, and there were {len(one.calls)} calls to models",
        )

    return Outcome(kit.each(play, zip(chances(kit, "leaves", 6), (-1, 0, 2) * 2, strict=True)))


def charges_what_was_reported(kit: Kit) -> Outcome:
    limits = around(kit).limits

    def play(chance: random.Random) -> list[Finding]:
        by, spent, findings = tenant(kit, chance), 0, []
        for _ in range(3):
            read, written = chance.randint(50, 500), chance.randint(5, 90)
            usage = {"prompt_tokens": read, "completion_tokens": written}
            one = asked(kit, chance, Script(lambda pieces, usage=usage: [good(pieces, usage=usage)]), by=by)
            spent += read + written
            wanted = {"limit": limits.tenant_tokens, "spent": spent, "reserved": 0}
            seen = budget(kit, by)
            reports = {"calls": 1, "input_tokens": read, "output_tokens": written}
            findings.append(
                one.finding(
                    "" if one.last("done").get("usage") == reports else f"expected the usage {reports}",
                    "" if seen == wanted else f"expected the budget {wanted}, got {seen}",
                )
            )
        return findings

    return Outcome([each for case in kit.each(play, chances(kit, "charges", 2)) for each in case])


def refuses_an_empty_budget(kit: Kit) -> Outcome:
    limits = around(kit).limits

    def play(case: tuple[int, random.Random]) -> list[Finding]:
        index, chance = case
        by = tenant(kit, chance)
        # With exactly one reservation left, one more answer fits. With one token less, none does.
        left = limits.reserve_tokens - index % 2
        spend(kit, chance, by, limits.tenant_tokens - left)
        one = asked(kit, chance, by=by)
        if not index % 2:
            return [one.finding(*one.whole(kit.settings.model))]
        other = asked(kit, chance)
        return [
            one.finding(
                *one.refused(429, "budget_spent"),
                f"expected no call to a model, saw {len(one.calls)}" if one.calls else "",
            ),
            other.finding(*other.whole(kit.settings.model)),
        ]

    return Outcome([each for case in kit.each(play, enumerate(chances(kit, "empty", 4))) for each in case])


def reserves_before_the_call(kit: Kit) -> Outcome:
    limits = around(kit).limits

    def play(chance: random.Random) -> Finding:
        by = tenant(kit, chance)
        spend(kit, chance, by, limits.tenant_tokens - 2 * limits.reserve_tokens - limits.reserve_tokens // 2)
        with gates(4) as held_back:
            sent = [asking(kit, chance, held(gate, -1), by=by) for gate in held_back]
            until(lambda: sum(one.heard.ended for one in sent) >= 2)
            arrived(held_back, sent, 2)
            reserved = budget(kit, by).get("reserved")
            for gate in held_back:
                gate.opened.set()
            for one in sent:
                one.end()
        statuses = sorted(one.answer.status for one in sent)
        calls = sum(bool(one.calls) for one in sent)
        wanted = 2 * limits.reserve_tokens
        fault = "" if reserved == wanted else f"expected reserved {wanted} meanwhile, got {reserved!r}"
        fault = fault if calls == 2 else f"expected two calls to the model, saw {calls}"
        fault = fault if statuses == [200, 200, 429, 429] else "expected 200, 200, 429 and 429"
        return Finding(fault, f"4 questions at once, and tokens for two: {by}", str(statuses), calls, "an answer")

    # One after the other: each fills all places.
    return Outcome([play(chance) for chance in chances(kit, "reserves", 3)])


def keeps_the_reservation(kit: Kit) -> Outcome:
    limits = around(kit).limits
    cut = Script(lambda pieces: [Reply(stream=Stream(pieces, cut=2))])

    def unreported(usage: dict[str, Any] | None) -> Script:
        return Script(lambda pieces: [good(pieces, usage=usage)])

    def play(case: tuple[random.Random, Script | int]) -> Finding:
        chance, script = case
        left = isinstance(script, int)
        with gates(1) as (gate,):
            one = asking(kit, chance, held(gate, script) if isinstance(script, int) else script)
            if left:
                arrived([gate], [one])
                one.heard.wait(lambda _: bool(one.text) or script == -1, PATIENCE)
                one.heard.leave()
            else:
                one.end()
            wanted = {"limit": limits.tenant_tokens, "spent": limits.reserve_tokens, "reserved": 0}
            # A caller who has left is noticed in a while; everybody else has been told at the end.
            if one.calls and left:
                until(lambda: budget(kit, one.tenant) == wanted)
            right = budget(kit, one.tenant) == wanted
        fault = f"nobody knows the cost: expected the budget {wanted}, got {budget(kit, one.tenant)}"
        told = (one.last("done") or one.last("error")).get("usage")
        null = left or (isinstance(told, dict) and told.get("input_tokens", 0) is None)
        return one.finding("" if right else fault, "" if null else "expected null for input_tokens in the usage")

    # In the end, the caller hangs up: after the first piece, and before the model has answered at all.
    wrong = {"prompt_tokens": 90, "completion_tokens": -9}
    scripts = [unreported(None), unreported(wrong), unreported({}), cut, 1, -1]
    return Outcome(kit.each(play, zip(chances(kit, "keeps", len(scripts)), scripts, strict=True)))
