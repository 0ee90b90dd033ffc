"""The checks of what happens when the model fails, slows or lies. Each has a check's id as its name."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from questions import (
    PATIENCE,
    Asked,
    Script,
    around,
    asked,
    asking,
    chances,
    gates,
    good,
    have_a_retry,
    times,
)
from streaming import COMMENTS
from trial import Finding, Kit, Outcome, Reply, Stream

#: Seconds of a pause that is short enough to wait for, and of one that isn't.
SHORT, LONG = 1, 60


def retries_once_after_the_pause(kit: Kit) -> Outcome:
    limits = around(kit).limits

    def play(case: tuple[random.Random, int, int | None, bool]) -> Finding:
        chance, status, pause, again = case
        headers = {} if pause is None else {"retry-after": str(pause)}
        fails = Reply(status=status, headers=headers)
        script = Script(lambda pieces: [fails, good(pieces)], lambda pieces: [good(pieces)])
        one = asked(kit, chance, script)
        calls = one.primary.calls
        early = again and pause and len(calls) == 2 and calls[1].at - calls[0].at < pause
        wanted = 2 if again else 1
        unlike = f"expected {times(wanted)} to the first model, saw {len(calls)}: it answered {status}"
        unlike += f" with Retry-After {pause}" if pause else ""
        answer = one.whole(kit.settings.model if again else limits.fallback_model, 2)
        if not again:
            answer = _because(f"answers {status} with Retry-After {pause}, too long to wait for", answer)
        return one.finding(
            "" if len(calls) == wanted else unlike,
            f"Retry-After was {pause}, and the second call came before that" if early else "",
            *answer,
        )

    cases = [(503, None, True), (429, SHORT, True), (500, None, True), (429, LONG, False), (503, LONG, False)]
    findings = []
    for chance, (status, pause, again) in zip(chances(kit, "retries", len(cases)), cases, strict=True):
        if again:
            have_a_retry(kit, chance)
        findings.append((chance, status, pause, again))
    return Outcome(kit.each(play, findings))


def spends_a_retry_budget(kit: Kit) -> Outcome:
    harness = around(kit)
    most, surely_spent = harness.limits.retry_budget, 4
    outage = Script(lambda pieces: [Reply(status=500)], lambda pieces: [good(pieces)])

    def play(chance: random.Random, most_calls: int, least_calls: int = 1) -> Finding:
        one = asked(kit, chance, outage)
        calls = len(one.primary.calls)
        wanted = times(most_calls) if least_calls == most_calls else f"{least_calls} or {times(most_calls)}"
        return one.finding(
            "" if least_calls <= calls <= most_calls else f"expected {wanted} to the first model, saw {calls}",
            *_because("answers 500, and no retry helps", one.whole(harness.limits.fallback_model)),
        )

    harness.retries = 0
    # How many retries are left now depends on what came before. After so many failures, none is.
    spent = [play(chance, 2) for chance in chances(kit, "outage", most)]
    none = [play(chance, 1) for chance in chances(kit, "spent", surely_spent)]
    # Whole answers give one back, and one only.
    chance = kit.chance("earned")
    have_a_retry(kit, chance)
    return Outcome([*spent, *none, play(chance, 2, 2), play(chance, 1)])


def never_repeats_what_was_billed(kit: Kit) -> Outcome:
    faults: list[tuple[str, dict[str, Any], bool]] = [
        ("broke off before the first piece", {"cut": 0}, False),
        ("ended before the first piece", {"ends": False}, False),
        ("broke off in the middle", {"cut": 1}, True),
        ("sent an error in the middle", {"error": "overloaded"}, True),
    ]

    def play(case: tuple[random.Random, tuple[str, dict[str, Any], bool]]) -> Finding:
        chance, (name, fault, begun) = case
        script = Script(
            lambda pieces: [Reply(stream=Stream(pieces if begun else (), **fault)), good(pieces)],
            lambda pieces: [good(pieces)],
        )
        one = asked(kit, chance, script)
        calls, other = len(one.primary.calls), len(one.fallback.calls)
        wanted = 0 if begun else 1
        return one.finding(
            "" if calls == 1 else f"the first model {name}: expected 1 call to it, saw {calls}",
            "" if other == wanted else f"the first model {name}: expected {times(wanted)} to the fallback, saw {other}",
        )

    # With no retry left, a service that would repeat such a call would not be seen to.
    have_a_retry(kit, kit.chance("billed/retry"))
    return Outcome(kit.each(play, zip(chances(kit, "billed", len(faults)), faults, strict=True)))


def falls_back(kit: Kit) -> Outcome:
    limits = around(kit).limits
    other = f"{kit.settings.model}-mini"
    faults: list[tuple[str, Callable[[Sequence[str]], Reply]]] = [
        ("closes the connection", lambda pieces: Reply(body=b"{}", keep=-1)),
        ("answers 401", lambda pieces: Reply(status=401)),
        ("answers 404 with HTML", lambda pieces: Reply(status=404, body=b"<html>not here</html>")),
        ("answers 200 with HTML", lambda pieces: Reply(body=b"<html>please log in</html>")),
        ("answers 200 with an error", lambda pieces: Reply(stream=Stream(error="overloaded"))),
        ("says nothing", lambda pieces: Reply(stream=Stream(()))),
        (f"answers as {other}", lambda pieces: good(pieces, model=other)),
        ("answers as the fallback", lambda pieces: good(pieces, model=limits.fallback_model)),
    ]

    def play(case: tuple[int, random.Random]) -> Finding:
        index, chance = case
        name, fault = faults[index % len(faults)]
        # With each fault, the fallback answers once. In the end it fails too.
        both = index >= len(faults)
        script = Script(lambda pieces: [fault(pieces)], lambda pieces: [Reply(status=500) if both else good(pieces)])
        one = asked(kit, chance, script)
        # HTTP clients may send a request again by themselves when a connection closes without a byte.
        most = 2 if name.startswith("closes") else 1
        calls = len(one.primary.calls)
        asked_once = "" if 1 <= calls <= most else f"the model {name}: expected 1 call to it, saw {calls}"
        if both:
            return one.finding(*one.refused(502, "model_failed"), asked_once)
        return one.finding(*(_because(name, one.whole(limits.fallback_model))), *_fallback_call(kit, one), asked_once)

    have_a_retry(kit, kit.chance("falls/retry"))
    return Outcome(kit.each(play, enumerate(chances(kit, "falls", len(faults) + 3))))


def _because(name: str, faults: Sequence[str]) -> list[str]:
    return [f"the model {name}: {fault}" if fault else "" for fault in faults]


def _fallback_call(kit: Kit, one: Asked) -> list[str]:
    """What is wrong with the one call to the fallback."""
    limits, calls = around(kit).limits, one.fallback.calls
    if len(calls) != 1:
        return [f"expected 1 call to the fallback, saw {len(calls)}"]
    key = f"Bearer {limits.fallback_key}"
    return [
        "" if calls[0].authorization == key else "the call to the fallback doesn't carry FALLBACK_API_KEY",
        ""
        if calls[0].body.get("model") == limits.fallback_model
        else "the call to the fallback doesn't ask for FALLBACK_MODEL",
    ]


def falls_back_when_slow(kit: Kit) -> Outcome:
    limits = around(kit).limits
    # Neither the status nor comments are progress.
    silences: list[dict[str, Any]] = [{"hold_at": -1}, {"hold_at": 0}, {"hold_at": 0, "meanwhile": COMMENTS}]

    def play(case: tuple[random.Random, dict[str, Any]]) -> Finding:
        chance, silence = case
        with gates(1) as (gate,):
            script = Script(
                lambda pieces: [Reply(stream=Stream(pieces, **silence), hold=gate)], lambda pieces: [good(pieces)]
            )
            one = asking(kit, chance, script)
            one.end(limits.stall)
            dropped = gate.left.wait(PATIENCE) if one.fallback.calls else True
        seen = "" if one.fallback.calls else f"no text for {limits.stall:g} s, and the fallback wasn't asked"
        return one.finding(
            seen,
            *one.whole(limits.fallback_model, 2),
            "" if dropped else "the fallback has answered, and the call to the slow model is still open",
        )

    return Outcome(kit.each(play, zip(chances(kit, "slow", len(silences)), silences, strict=True)))
