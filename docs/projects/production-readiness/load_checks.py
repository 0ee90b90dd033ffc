"""The checks of a burst of callers: who gets a place, who waits, and who is told to come back."""

from __future__ import annotations

import random

from questions import PATIENCE, Asked, Script, around, arrived, asked, asking, budget, chances, gates, held, load, until
from trial import Finding, Kit, Outcome, Reply, Stream


def refuses_what_it_cannot_hold(kit: Kit) -> Outcome:
    limits = around(kit).limits
    running, waiting = limits.max_running, limits.max_waiting
    over = running + 1
    admitted = running + waiting
    everybody = chances(kit, "burst", admitted + over)
    with gates(len(everybody)) as held_back:
        sent = [asking(kit, chance, held(gate, 1)) for chance, gate in zip(everybody, held_back, strict=True)]
        # Nobody is answered while the model holds all replies back, so whoever has an answer now was refused.
        until(lambda: sum(one.heard.ended for one in sent) >= over)
        arrived(held_back, sent, running)
        reached, seen = sum(bool(one.calls) for one in sent), load(kit)
        for gate in held_back:
            gate.opened.set()
        for one in sent:
            one.end()
    refused = [one for one in sent if one.answer.status == 503]
    served = [one for one in sent if one.answer.status == 200]
    counts = f"{len(served)} answered, {len(refused)} refused; while all were held, {reached} calls reached the model"
    wanted = f"{admitted} answered, {over} refused, {running} calls: MAX_RUNNING is {running}, MAX_WAITING {waiting}"
    right = (len(served), len(refused), reached) == (admitted, over, running)
    told = (
        "" if seen == (running, waiting) else f"expected running {running} and waiting {waiting} in /health, got {seen}"
    )
    whole = Finding(
        "" if right else f"expected {wanted}",
        f"{len(everybody)} questions at once",
        counts,
        reached,
        "an answer",
    )
    return Outcome(
        [
            whole,
            Finding(told, "GET /health", str(seen)),
            *(_served(kit, one) for one in served),
            *(_refused(kit, one) for one in refused),
        ]
    )


def _served(kit: Kit, one: Asked) -> Finding:
    return one.finding(*one.whole(kit.settings.model, 1))


def _refused(kit: Kit, one: Asked) -> Finding:
    pause = one.answer.headers.get("retry-after", "")
    charged = budget(kit, one.tenant)
    return one.finding(
        *one.refused(503, "busy"),
        "" if pause.isdecimal() and int(pause) >= 1 else f"expected Retry-After in whole seconds, got {pause!r}",
        "" if (charged.get("spent"), charged.get("reserved")) == (0, 0) else f"a refusal costs nothing: got {charged}",
    )


def drops_a_waiting_reader(kit: Kit) -> Outcome:
    limits = around(kit).limits
    findings = []
    for chance in chances(kit, "drops", 2):
        with gates(limits.max_running) as held_back:
            running = [asking(kit, chance, held(gate, 1)) for gate in held_back]
            full = arrived(held_back, running) == limits.max_running
            leaver = asking(kit, chance)
            waits = full and until(lambda: load(kit) == (limits.max_running, 1))
            leaver.heard.leave()
            gone = waits and until(lambda: load(kit) == (limits.max_running, 0))
            for gate in held_back:
                gate.opened.set()
            for one in running:
                one.end()
        # A place that went to nobody would be missing now.
        after = asked(kit, chance)
        findings.append(
            leaver.finding(
                "" if full else f"expected {limits.max_running} calls at the model at once",
                "" if waits else "expected running and waiting in /health to say that one caller waits",
                "" if gone else "the caller hung up, and /health still counts one who waits",
                "the caller hung up while waiting, and the model was asked all the same" if leaver.calls else "",
                "" if after.answer.status == 200 else "the next caller got no answer",
            )
        )
        if findings[-1].fault:
            break
    return Outcome(findings)


def gives_places_back(kit: Kit) -> Outcome:
    limits = around(kit).limits
    places = limits.max_running
    # The second model is busy as well, and that's not the same as dead.
    fails = Script(lambda pieces: [Reply(status=401)], lambda pieces: [Reply(status=429)])
    cut = Script(lambda pieces: [Reply(stream=Stream(pieces, cut=2))])
    findings = []
    for name, script in (("failed", fails), ("broke off", cut), ("were left before the first piece", None)):
        # Two of each: if they keep their places, that's seen in a burst, and the service still answers afterwards.
        lost = kit.each(lambda chance, script=script: _lost(kit, chance, script), chances(kit, f"lost/{name}", 2))
        free = any(one.calls for one in lost) and until(lambda: load(kit) == (0, 0))
        with gates(places) as held_back:
            burst = [
                asking(kit, chance, held(gate, 1))
                for gate, chance in zip(held_back, chances(kit, f"after/{name}", places), strict=True)
            ]
            reached = arrived(held_back, burst)
            for gate in held_back:
                gate.opened.set()
            for one in burst:
                one.end()
        fewer = f"two answers {name}, and now {reached} calls at a time reach the model, not {places}"
        findings.append(
            lost[0].finding(
                "" if reached == places else fewer,
                "" if free else f"two answers {name}, and /health doesn't say that nothing runs or waits",
            )
        )
        if findings[-1].fault:
            break
    return Outcome(findings)


def _lost(kit: Kit, chance: random.Random, script: Script | None) -> Asked:
    """An answer that comes to nothing by a script, or because its caller leaves."""
    if script:
        return asked(kit, chance, script)
    with gates(1) as (gate,):
        one = asking(kit, chance, held(gate, 0))
        came = arrived([gate], [one])
        one.heard.leave()
        if came:
            gate.left.wait(PATIENCE)
    return one
