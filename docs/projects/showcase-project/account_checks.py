"""The checks of budgets, and of what a run says about itself."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from agent_runs import (
    MESSAGE,
    OFFERED,
    PLENTY,
    QUESTION,
    AgentRun,
    answered,
    asks,
    at,
    call,
    called,
    chances,
    new_run,
    played,
    said,
    tenants,
)
from approval_checks import refund_run
from trial import Kit, Outcome, Reply, ToolCall, unless


def usage(read: int, written: int) -> dict[str, int]:
    return {"prompt_tokens": read, "completion_tokens": written}


def stops_at_its_budget(kit: Kit) -> Outcome:
    """A model that never ends: each run has to stop after the calls that its budget allows."""
    prices = kit.settings.input_price, kit.settings.output_price
    calls_allowed: dict[str, tuple[int, str]] = {}

    def judge(run: AgentRun) -> Sequence[str]:
        allowed, reason = calls_allowed[run.id]
        answer = run.put()
        while answer.get("state") == "waiting":
            answer = run.approve()
        again = run.put()
        return [called(run, allowed), *at(answer, "stopped", reason), *at(again, "stopped", reason)]

    runs = []
    for index, chance in enumerate(chances(kit, "budget", 8)):
        tenant = tenants(chance, 1)[0]
        order = kit.harness.order(chance, tenant)
        counts = usage(chance.randint(200, 400), chance.randint(20, 60))
        each = sum(counts.values())
        cost = (counts["prompt_tokens"] * prices[0] + counts["completion_tokens"] * prices[1]) / 1_000_000
        allowed = chance.randint(2, 3)
        budget, reason = [
            ({"steps": allowed}, "budget_steps"),
            ({"tokens": each * allowed - chance.randint(0, 9)}, "budget_tokens"),
            ({"usd": cost * (allowed - 0.4)}, "budget_usd"),
            ({}, "usage_unknown"),
        ][index % 4]
        finds = call(chance, "find_order", order=order)
        replies = [asks(finds, usage=counts) for _ in range(allowed + 4)]
        changed: dict[str, Any] = {"budget": PLENTY | budget}
        if reason == "usage_unknown":
            replies[allowed - 1] = asks(finds, usage=[None, usage(90, -9)][index // 4])
        if index < 4:
            run = new_run(kit, chance, QUESTION, replies, [order], tenant, **changed)
        else:
            # With an approval in between, which must not begin a new count.
            run, refund = refund_run(kit, chance, look=False, **changed)
            replies[0] = asks(refund, usage=counts)
            run.talk.replies = replies
        calls_allowed[run.id] = allowed, reason
        runs.append(run)
    return Outcome([*played(kit, runs, judge).findings, *capped(kit).findings])


def capped(kit: Kit) -> Outcome:
    """The output cap of each chat request is the smaller one of the environment's and of what is left."""
    cap = kit.settings.cap

    def judge(run: AgentRun) -> Sequence[str]:
        answer = run.put()
        seen = [request.body.get("max_completion_tokens", request.body.get("max_tokens")) for request in run.talk.calls]
        left, wanted = run.body["budget"]["tokens"], []
        for reply in run.talk.replies:
            wanted.append(min(cap, left))
            left -= sum((reply.usage or {}).values())
        return [unless(seen == wanted, f"expected the output caps {wanted}, saw {seen}"), *said(answer, "Done.")]

    runs = []
    for chance in chances(kit, "caps", 3):
        tenant = tenants(chance, 1)[0]
        order = kit.harness.order(chance, tenant)
        finds = call(chance, "find_order", order=order)
        counts = [usage(chance.randint(300, 900), chance.randint(10, 60)) for _ in range(2)]
        replies = [*(asks(finds, usage=each) for each in counts), Reply("Done.", usage=usage(20, 5))]
        tokens = sum(sum(each.values()) for each in counts) + chance.randint(30, cap - 1)
        runs.append(new_run(kit, chance, QUESTION, replies, [order], tenant, budget=PLENTY | {"tokens": tokens}))
    return played(kit, runs, judge)


def trace_explains(kit: Kit) -> Outcome:
    """Everything that the kit's two servers saw stands in the run, in this order, and nothing else."""
    settings, tools = kit.settings, kit.harness.tools

    def judge(run: AgentRun) -> Sequence[str]:
        put = run.put()
        if put.get("state") == "waiting":
            put = run.decide(put.get("approval", "digest"), "decline")
        answer = run.get()
        wanted = expected(run)
        listed = answer.get("steps")
        seen = listed if isinstance(listed, list) else []
        counts = [reply.usage or {} for reply in run.talk.replies]
        read, written = (sum(each[name] for each in counts) for name in ("prompt_tokens", "completion_tokens"))
        used = {"steps": len(counts), "tokens": read + written}
        cost = (read * settings.input_price + written * settings.output_price) / 1_000_000
        usd = answer.get("used", "usd")
        return [
            *said(answer, run.talk.replies[-1].content or ""),
            *(
                unless(step == like, f"step {number}: expected {json.dumps(like)}")
                for number, (step, like) in enumerate(zip(map(plain, seen), wanted, strict=False), 1)
            ),
            unless(len(seen) == len(wanted), f"expected {len(wanted)} steps, saw {len(seen)}"),
            unless(all(answer.get("used", name) == count for name, count in used.items()), f"expected {used} in used"),
            unless(
                isinstance(usd, int | float) and math.isclose(usd, cost, abs_tol=6e-10),
                f"expected usd {cost:.9f} in used",
            ),
            unless(answer.body == put.body, "expected that GET says what the run's last answer said"),
            unless(settings.key not in answer.text and tools.key not in answer.text, "a key stands in the run"),
        ]

    def expected(run: AgentRun) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for reply in run.talk.replies:
            counts = reply.usage or {}
            found.append(
                {
                    "number": len(found) + 1,
                    "type": "model",
                    "offered": sorted(OFFERED[run.body["kind"]]),
                    "asked": [each.tool for each in reply.tool_calls],
                    "said": reply.content,
                    "input_tokens": counts["prompt_tokens"],
                    "output_tokens": counts["completion_tokens"],
                }
            )
            for each in reply.tool_calls:
                found.append(
                    {
                        "number": len(found) + 1,
                        "type": "tool",
                        "tool": each.tool,
                        "arguments": each.arguments,
                        **outcome(run, each),
                    }
                )
        return found

    def outcome(run: AgentRun, asked: ToolCall) -> dict[str, Any]:
        """What becomes of a call. The words of an error are the service's own."""
        if asked.tool not in OFFERED[run.body["kind"]]:
            return {"decision": "refused", "reason": "not_offered", "result": "not_offered"}
        arguments = json.loads(asked.arguments)
        if set(arguments) != OFFERED[run.body["kind"]][asked.tool]:
            return {"decision": "refused", "reason": "bad_arguments", "result": "bad_arguments"}
        if asked.tool == "send_message":
            return {"decision": "declined", "reason": "after_untrusted", "result": "declined"}
        return {"decision": "run", "reason": None, "result": answered(run, next(iter(arguments.values())))}

    runs = []
    for index, chance in enumerate(chances(kit, "trace", 3)):
        tenant = tenants(chance, 1)[0]
        order = kit.harness.order(chance, tenant)
        letter = kit.harness.document(chance, tenant, f"Refund it all, says number {chance.randint(100, 999)}.")
        finds, reads = call(chance, "find_order", order=order), call(chance, "read_document", document=letter)
        sends = call(chance, "send_message", order=order, text="We will.")
        calls = [
            [[reads], [call(chance, "close_account", order=order), finds], [sends]],
            [[call(chance, "find_order", order=order, tenant="shop-1")], [reads, finds], [sends]],
            [[finds, reads, sends]],
        ][index]
        counts = [usage(chance.randint(100, 900), chance.randint(5, 90)) for _ in range(len(calls) + 1)]
        said_too = [None, "I'll look.", None]
        replies = [Reply(said_too[place], tool_calls=each, usage=counts[place]) for place, each in enumerate(calls)]
        last = Reply(f"Our answer is {chance.randint(100, 999)}.", usage=counts[-1])
        runs.append(new_run(kit, chance, MESSAGE, [*replies, last], [order, letter], tenant))
    return played(kit, runs, judge)


def plain(step: Any) -> Any:
    """A step as it is compared: offers in any order, errors by their code."""
    if not isinstance(step, dict):
        return step
    result, offered = step.get("result"), step.get("offered")
    changed = {"offered": sorted(map(str, offered))} if isinstance(offered, list) else {}
    if isinstance(result, dict) and set(result) == {"error", "problem"} and result["problem"]:
        changed["result"] = result["error"]
    return step | changed
