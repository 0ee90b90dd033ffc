"""The checks of effects: each once, whatever breaks, and through a crash."""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from agent_runs import (
    MESSAGE,
    QUESTION,
    AgentRun,
    answered,
    asks,
    at,
    call,
    called,
    chances,
    failed,
    happened,
    new_run,
    played,
    reached,
    said,
    tenants,
    told,
    told_about,
)
from approval_checks import refund_run
from tool_server import Trouble
from trial import NO_START, Finding, Gate, Kit, Outcome, Reply, ToolCall, unless

LOST = Trouble(happens=True)
DROPPED = Trouble(happens=False)
BROKEN = Trouble(happens=False, status=503)


def message_run(kit: Kit, chance: random.Random, *troubles: Trouble) -> tuple[AgentRun, ToolCall]:
    """A run that writes to a customer, with what goes wrong on the way."""
    tenant = tenants(chance, 1)[0]
    order = kit.harness.order(chance, tenant)
    kit.harness.tools.things[order].troubles = list(troubles)
    sends = call(chance, "send_message", order=order, text=f"Parcel {chance.randint(100, 999)} is on its way.")
    return new_run(kit, chance, MESSAGE, [asks(sends), Reply("Sent.")], [order], tenant), sends


def asks_again_with_the_same_key(kit: Kit) -> Outcome:
    def judge(run: AgentRun) -> Sequence[str]:
        first = run.put()
        if run.body["kind"] == "refund":
            first = run.approve()
        asked = run.talk.replies[-2].tool_calls[0]
        keys = {each.key for each in run.asked if each.tool == asked.tool}
        reads = run.body["kind"] == QUESTION
        return [
            happened(run, *([] if reads else [asked])),
            unless(reads or len(keys) == 1, f"expected one Idempotency-Key for one call, saw {len(keys)}"),
            told(run, len(run.talk.replies), asked, answered(run, run.orders[0])) if reads else "",
            *at(first, "done"),
        ]

    runs = []
    for troubles, chance in zip([[LOST], [DROPPED], [BROKEN, LOST]], chances(kit, "again", 3), strict=True):
        runs.append(message_run(kit, chance, *troubles)[0])
    for troubles, chance in zip([[LOST], [BROKEN, BROKEN]], chances(kit, "again-refund", 2), strict=True):
        run, _ = refund_run(kit, chance, look=False)
        kit.harness.tools.things[run.orders[0]].troubles = list(troubles)
        runs.append(run)
    chance = kit.chance("again-read")
    tenant = tenants(chance, 1)[0]
    order = kit.harness.order(chance, tenant)
    kit.harness.tools.things[order].troubles = [BROKEN, DROPPED]
    finds = call(chance, "find_order", order=order)
    runs.append(new_run(kit, chance, QUESTION, [asks(finds), Reply("Sent.")], [order], tenant))
    return played(kit, runs, judge)


def two_calls_are_two_effects(kit: Kit) -> Outcome:
    def judge(run: AgentRun) -> Sequence[str]:
        answer = run.put()
        wanted = [each for reply in run.talk.replies for each in reply.tool_calls]
        return [*said(answer, "Sent."), happened(run, *wanted)]

    runs = []
    for index, chance in enumerate(chances(kit, "two-calls", 2)):
        run, sends = message_run(kit, chance)
        # The second time, the model uses the id of its call again: ids are its business, and it's careless.
        twice = ToolCall("call_2" if index else sends.id, sends.tool, sends.arguments)
        run.talk.replies = [[asks(sends), asks(twice)], [asks(sends, twice)]][index] + [Reply("Sent.")]
        runs.append(run)
    return played(kit, runs, judge)


def unknown_is_not_failed(kit: Kit) -> Outcome:
    def judge(run: AgentRun) -> Sequence[str]:
        first = run.put()
        seen = len(run.asked)
        before = called(run, 1)
        second = run.put()
        wish = run.talk.replies[0].tool_calls[0]
        return [
            *at(first, "failed", "no_answer"),
            unless(seen == 3, f"expected three tries, saw {seen}"),
            before,
            happened(run, wish),
            *said(second, "Sent."),
            called(run, 2),
        ]

    troubles = [[LOST, LOST, LOST], [DROPPED, DROPPED, DROPPED], [DROPPED, LOST, DROPPED]]
    runs = [
        message_run(kit, chance, *each)[0] for each, chance in zip(troubles, chances(kit, "unknown", 3), strict=True)
    ]
    return played(kit, runs, judge)


def goes_on_after_a_kill(kit: Kit) -> Outcome:
    """Runs that are in the middle of a call when the service is killed."""
    if kit.process is None:
        return Outcome([], needs=NO_START)
    held: list[tuple[AgentRun, Gate, int]] = []
    for index, chance in enumerate(chances(kit, "crash", 5)):
        gate = Gate()
        # How often the model is asked in all: once more where its own answer was lost.
        asked = 2
        if index < 3:
            run, _ = message_run(kit, chance, Trouble(happens=index != 1, hold=gate))
        elif index == 3:
            run, _ = refund_run(kit, chance, look=False)
            kit.harness.tools.things[run.orders[0]].troubles = [Trouble(happens=True, hold=gate)]
        else:
            run, sends = message_run(kit, chance)
            run.talk.replies = [asks(sends), Reply("Never arrives.", hold=gate), Reply("Sent.")]
            asked = 3
        held.append((run, gate, asked))

    def begin(run: AgentRun) -> None:
        run.put()
        if run.body["kind"] == "refund":
            run.approve()

    with ThreadPoolExecutor(len(held)) as pool:
        busy = [pool.submit(begin, run) for run, _, _ in held]
        there = [reached(gate, lambda job=job: not job.done()) for (_, gate, _), job in zip(held, busy, strict=True)]
        kit.process.kill()
        for _, gate, _ in held:
            gate.opened.set()
    for run, _, _ in held:
        # From now on the model says that all is done, however often it was asked before.
        run.talk.replies = [*[run.talk.replies[0]] * len(run.talk.calls), Reply("Sent.")]
    kit.process.start()

    def after(case: tuple[tuple[AgentRun, Gate, int], bool]) -> Finding:
        (run, _, asked), was_there = case
        if not was_there:
            return run.finding(["the call that the kit holds back never came"])
        answer = run.settled()
        wish = run.talk.replies[0].tool_calls[0]
        forgot = "the model isn't told what became of the call that it asked for before the crash"
        knows = unless(bool(told_about(run, asked, wish)), forgot)
        return run.finding([happened(run, wish), *said(answer, "Sent."), called(run, asked), knows])

    return Outcome(kit.each(after, list(zip(held, there, strict=True))))


def keeps_its_word(kit: Kit) -> Outcome:
    """Runs that are at rest when the service is killed."""
    if kit.process is None:
        return Outcome([], needs=NO_START)
    runs = [refund_run(kit, chance, look=bool(index % 2))[0] for index, chance in enumerate(chances(kit, "word", 3))]
    kit.each(AgentRun.put, runs)
    used = runs[2].answers[0].get("approval", "digest")
    done = runs[2].approve()
    kit.process.kill()
    kit.process.start()

    def waits(run: AgentRun) -> Finding:
        wish = run.talk.replies[-2].tool_calls[0]
        seen = len(run.talk.calls)
        read, again = run.get(), run.put()
        same = unless(read.body == again.body == run.answers[0].body, "expected the same run as before the restart")
        silent = called(run, seen)
        last = run.ask("POST", "/approval", {"digest": run.answers[0].get("approval", "digest"), "decision": "approve"})
        return run.finding([*at(read, "waiting", "always"), same, silent, *said(last, "Done."), happened(run, wish)])

    def over(run: AgentRun) -> Finding:
        read, again = run.get(), run.put()
        late = run.ask("POST", "/approval", {"digest": used, "decision": "approve"})
        same = unless(read.body == again.body == done.body, "expected the same run as before the restart")
        other = run.ask("PUT", "", run.body | {"kind": QUESTION})
        wish = run.talk.replies[-2].tool_calls[0]
        return run.finding(
            [
                *at(done, "done"),
                same,
                *failed(late, 409, "not_waiting"),
                *failed(other, 409, "other_run"),
                happened(run, wish),
            ]
        )

    return Outcome([*kit.each(waits, runs[:2]), over(runs[2])])
