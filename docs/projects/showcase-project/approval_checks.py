"""The checks of approvals: what a person decides about, for which arguments, once, and until when."""

from __future__ import annotations

import datetime
import json
import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from agent_runs import (
    REFUND,
    AgentRun,
    asks,
    at,
    call,
    called,
    chances,
    decided,
    digest,
    failed,
    happened,
    new_run,
    played,
    reached,
    said,
    steps,
    tenants,
    told,
)
from tool_server import Trouble
from trial import Answer, Finding, Gate, Kit, Outcome, Reply, ToolCall, unless

APPROVAL = ("arguments", "digest", "expires_at", "step", "tool")


def effects_wait(kit: Kit) -> Outcome:
    def judge(run: AgentRun) -> Sequence[str]:
        first = run.put()
        wish = run.talk.replies[-2].tool_calls[0]
        again, read = run.put(), run.get()
        return [
            happened(run),
            *at(first, "waiting", "always"),
            *shown(run, first, wish),
            unless(again.body == first.body == read.body, "expected that GET and a second PUT say the same"),
            called(run, len(run.talk.replies) - 1),
        ]

    runs = []
    for index, chance in enumerate(chances(kit, "waits", 3)):
        # The first one is so small that somebody might pay it without asking.
        run, _ = refund_run(kit, chance, look=bool(index), cents=None if index else 1)
        runs.append(run)
    return played(kit, runs, judge)


def shown(run: AgentRun, answer: Answer, wish: ToolCall) -> list[str]:
    """Whether the approval shows what would happen."""
    arguments, listed = json.loads(wish.arguments), answer.get("steps")
    number = len(listed) if isinstance(listed, list) else 0
    approval = answer.get("approval")
    if not isinstance(approval, dict) or sorted(approval) != sorted(APPROVAL):
        return [f"expected an approval with exactly the keys {', '.join(APPROVAL)}"]
    wanted = digest(run.id, number, wish.tool, arguments)
    return [
        unless(approval["tool"] == wish.tool, f"expected the tool {wish.tool} in the approval"),
        unless(approval["arguments"] == arguments, f"expected the arguments {wish.arguments} in the approval"),
        unless(approval["step"] == number, f"expected the step {number} in the approval"),
        unless(approval["digest"] == wanted, f"expected the digest {wanted}"),
        unless(expiry(answer) is not None, "expected expires_at as a time in UTC, such as 2026-12-01T09:10:00Z"),
    ]


def expiry(answer: Answer) -> datetime.datetime | None:
    try:
        found = datetime.datetime.fromisoformat(str(answer.get("approval", "expires_at")))
    except ValueError:
        return None
    return found if found.tzinfo else None


def refund_run(
    kit: Kit, chance: random.Random, look: bool = True, cents: int | None = None, **changed: Any
) -> tuple[AgentRun, ToolCall]:
    """A run that wants to refund an order.

    Args:
        look: whether it looks the order up before.
        cents: drawn, if None.
        changed: parts of the body.
    """
    tenant = tenants(chance, 1)[0]
    order = kit.harness.order(chance, tenant)
    refund = call(chance, "refund", order=order, amount_cents=cents or chance.randint(100, 4000))
    looks = [asks(call(chance, "find_order", order=order))] if look else []
    return new_run(kit, chance, REFUND, [*looks, asks(refund), Reply("Done.")], [order], tenant, **changed), refund


def approved_is_done_once(kit: Kit) -> Outcome:
    def once(run: AgentRun) -> Sequence[str]:
        first = run.put()
        old = first.get("approval", "digest")
        done = run.approve()
        late = run.ask("POST", "/approval", {"digest": old, "decision": "approve"})
        wish = run.talk.replies[1].tool_calls[0]
        return [
            *said(done, "Done."),
            happened(run, wish),
            decided(done, ("run", None), ("run", "always")),
            *failed(late, 409, "not_waiting"),
            unless(steps(run.get(), "tool") == steps(done, "tool"), "expected that a second approval changes nothing"),
        ]

    def meanwhile(run: AgentRun) -> Sequence[str]:
        """A second click, while the first one is under way."""
        gate = Gate()
        kit.harness.tools.things[run.orders[0]].troubles = [Trouble(happens=True, status=200, hold=gate)]
        first = run.put()
        old = first.get("approval", "digest")
        with ThreadPoolExecutor(1) as pool:
            one = pool.submit(run.approve)
            try:
                reached(gate, lambda: not one.done())
                two = run.ask("POST", "/approval", {"digest": old, "decision": "approve"})
            finally:
                gate.opened.set()
        return [
            *failed(two, 409, "not_waiting"),
            *said(one.result(), "Done."),
            happened(run, run.talk.replies[0].tool_calls[0]),
        ]

    def same_again(run: AgentRun) -> Sequence[str]:
        """The model wants the same refund a second time: that is another call."""
        first = run.put()
        old = first.get("approval", "digest")
        wish = run.talk.replies[0].tool_calls[0]
        run.talk.replies = [asks(wish), asks(ToolCall("call_again", wish.tool, wish.arguments)), Reply("Done.")]
        second = run.approve()
        late = run.ask("POST", "/approval", {"digest": old, "decision": "approve"})
        return [*at(second, "waiting", "always"), *failed(late, 409, "not_waiting"), happened(run, wish)]

    findings: list[Finding] = []
    for index, chance in enumerate(chances(kit, "approved", 4)):
        play = (once, once, meanwhile, same_again)[index]
        run, _ = refund_run(kit, chance, look=index < 2)
        findings.append(run.finding(play(run)))
    return Outcome(findings)


def approval_binds(kit: Kit) -> Outcome:
    def judge(run: AgentRun) -> Sequence[str]:
        first = run.put()
        wish = run.talk.replies[1].tool_calls[0]
        arguments = json.loads(wish.arguments)
        others = [
            digest(run.id, 4, "refund", arguments | {"amount_cents": arguments["amount_cents"] + 1}),
            digest(run.id, 4, "refund", arguments | {"order": "A-10000"}),
            digest(run.id, 2, "refund", arguments),
            digest(run.id + "0", 4, "refund", arguments),
            digest(run.id, 4, "send_message", arguments),
            "",
        ]
        refused = [run.ask("POST", "/approval", {"digest": each, "decision": "approve"}) for each in others]
        before = happened(run)
        last = run.ask("POST", "/approval", {"digest": first.get("approval", "digest"), "decision": "approve"})
        return [
            *at(first, "waiting", "always"),
            *(fault for answer in refused for fault in failed(answer, 409, "not_waiting")),
            before,
            *said(last, "Done."),
            happened(run, wish),
        ]

    return played(kit, [refund_run(kit, chance)[0] for chance in chances(kit, "binds", 2)], judge)


def approval_expires(kit: Kit) -> Outcome:
    def judge(run: AgentRun) -> Sequence[str]:
        first, begun = run.put(), time.time()
        ends = expiry(first)
        if not ends:
            return ["expected expires_at as a time in UTC, such as 2026-12-01T09:10:00Z"]
        # Later than both clocks say, however far they are apart.
        over = max(begun + run.body["approval_seconds"], min(ends.timestamp(), begun + 5)) + 0.3
        while time.time() < over:
            time.sleep(0.05)
        late = run.approve()
        after, again = run.get(), run.put()
        return [
            *failed(late, 410, "expired"),
            happened(run),
            *at(after, "stopped", "approval_expired"),
            *at(again, "stopped", "approval_expired"),
            called(run, 2),
        ]

    runs = [refund_run(kit, chance, approval_seconds=1)[0] for chance in chances(kit, "expires", 3)]
    return played(kit, runs, judge)


def declined_is_told(kit: Kit) -> Outcome:
    def judge(run: AgentRun) -> Sequence[str]:
        first = run.put()
        wish = run.talk.replies[1].tool_calls[0]
        done = run.decide(first.get("approval", "digest"), "decline")
        return [
            happened(run),
            told(run, 3, wish, "declined"),
            *said(done, "Done."),
            decided(done, ("run", None), ("declined", "always")),
        ]

    return played(kit, [refund_run(kit, chance)[0] for chance in chances(kit, "declined", 2)], judge)
