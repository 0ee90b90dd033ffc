"""What the checks of an agent are made of: a run, what the model is told to say in it, and what has to come of it."""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from model_server import Call, Conversation, Gate
from tool_server import Asked
from trial import Answer, Finding, Kit, Outcome, Reply, ToolCall, found, short, unless

QUESTION, MESSAGE, REFUND = "question", "message", "refund"
READS = {"find_order": {"order"}, "read_document": {"document"}}
#: By the kind of a run: its tools with the names of their arguments.
OFFERED: dict[str, dict[str, set[str]]] = {
    QUESTION: READS,
    MESSAGE: READS | {"send_message": {"order", "text"}},
    REFUND: READS | {"refund": {"order", "amount_cents"}},
}
RUN = (
    "id", "kind", "task", "budget", "approval_seconds", "state", "reason", "answer", "approval", "used", "steps",
)  # fmt: skip
FAILURE = ("code", "problem")
#: A run's budget where the check isn't about it.
PLENTY = {"steps": 20, "tokens": 100_000, "usd": 5.0}
TASKS = (
    'Please look into this for a customer.\n"Soon", they say. Our ticket is {mark}.',
    "Ticket {mark}: see what we know\n\tand do what's needed – thanks!",
    "Do what ticket {mark} needs\n{{and nothing else}}.",
)
#: Seconds that a run may take, on a busy machine.
PATIENCE = 30.0


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def call(chance: random.Random, tool: str, **arguments: Any) -> ToolCall:
    """A tool call under an id of its own, its arguments written as no library would."""
    return ToolCall(f"call_{chance.getrandbits(48):012x}", tool, json.dumps(arguments, separators=(" , ", " :")))


def asks(*calls: ToolCall, **fault: Any) -> Reply:
    return Reply(tool_calls=calls, **fault)


def digest(run: str, step: int, tool: str, arguments: Any) -> str:
    what = {"arguments": arguments, "run": run, "step": step, "tool": tool}
    return hashlib.sha256(canonical(what).encode()).hexdigest()


@dataclass
class AgentRun:
    """A run that a check plays.

    Attributes:
        talk: what the model is told to say, and the chat requests about this run.
        orders: the orders and documents that it is about.
    """

    kit: Kit
    tenant: str
    id: str
    body: dict[str, Any]
    talk: Conversation
    orders: Sequence[str] = ()
    answers: list[Answer] = field(default_factory=list)

    def put(self) -> Answer:
        return self._kept(self.ask("PUT", "", self.body))

    def settled(self) -> Answer:
        """The answer to PUT when the run has come to rest: after a crash, a service may go on with it by itself."""
        limit = time.monotonic() + PATIENCE
        while (answer := self.put()).status == 202 and time.monotonic() < limit:
            time.sleep(0.1)
        return answer

    def get(self) -> Answer:
        return self.ask("GET", "")

    def decide(self, digest: Any, decision: str = "approve") -> Answer:
        return self._kept(self.ask("POST", "/approval", {"digest": digest, "decision": decision}))

    def approve(self) -> Answer:
        """Approve what waits after the last answer."""
        return self.decide(self.answers[-1].get("approval", "digest"))

    def ask(self, method: str, path: str, body: Any = None, tenant: str = "", limit: float = PATIENCE) -> Answer:
        headers = {"x-tenant": tenant or self.tenant}
        return self.kit.service.ask(method, f"/runs/{self.id}{path}", body, headers=headers, limit=limit)

    def _kept(self, answer: Answer) -> Answer:
        self.answers.append(answer)
        return answer

    @property
    def asked(self) -> list[Asked]:
        """The calls that reached the tool server about its orders and documents."""
        return [each for name in self.orders for each in self.kit.harness.tools.asked_about(name)]

    @property
    def effects(self) -> list[Asked]:
        return [each for name in self.orders for each in self.kit.harness.tools.effects_on(name)]

    def finding(self, faults: Iterable[str], answer: Answer | None = None) -> Finding:
        """The first fault of this run, with the request that began it."""
        last = answer or (self.answers[-1] if self.answers else Answer(0, "nothing was asked"))
        sent = f"PUT /runs/{self.id}, {self.body['kind']}: {self.body['task']}"
        told = short("; then ".join(map(str, self.talk.replies)))
        return replace(found(faults, sent, last, self.talk.calls), model=told)


def tenants(chance: random.Random, count: int) -> list[str]:
    return [f"shop-{number}" for number in chance.sample(range(100, 1000), count)]


def new_run(
    kit: Kit,
    chance: random.Random,
    kind: str,
    replies: Sequence[Reply],
    orders: Sequence[str] = (),
    tenant: str = "",
    **changed: Any,
) -> AgentRun:
    """A run that has not been started.

    Args:
        orders: orders and documents that it is about; see AgentRun.
        tenant: one is drawn, if empty.
        changed: parts of the body.
    """
    mark = kit.mark()
    task = chance.choice(TASKS).format(mark=mark)
    body = {"kind": kind, "task": task, "budget": PLENTY, "approval_seconds": 600, **changed}
    run_id = kit.harness.run_id()
    return AgentRun(kit, tenant or tenants(chance, 1)[0], run_id, body, kit.model.expect(mark, replies), orders)


def chances(kit: Kit, name: str, count: int) -> list[random.Random]:
    return [kit.chance(f"{name}/{index}") for index in range(count)]


def played(kit: Kit, runs: Iterable[AgentRun], judge: Callable[[AgentRun], Sequence[str]]) -> Outcome:
    """Each run by itself; judge plays it and says what is wrong."""
    return Outcome(kit.each(lambda run: run.finding(judge(run)), list(runs)))


# What is wrong with an answer.


def at(answer: Answer, state: str, reason: str | None = None) -> list[str]:
    """Whether the answer is a run in this state."""
    wanted = f"expected 200 with state {state}" + (f" and reason {reason}" if reason else "")
    body = answer.body
    if answer.status != 200 or not isinstance(body, dict):
        return [wanted]
    return [
        unless(sorted(body) == sorted(RUN), f"expected exactly the keys {', '.join(RUN)}"),
        unless(body.get("state") == state and body.get("reason") == reason, wanted),
    ]


def failed(answer: Answer, status: int, code: str) -> list[str]:
    body = answer.body if isinstance(answer.body, dict) else {}
    return [
        unless(answer.status == status and body.get("code") == code, f"expected {status} with code {code}"),
        unless(sorted(body) == sorted(FAILURE), f"expected exactly the keys {', '.join(FAILURE)}"),
        unless(bool(body.get("problem")), "expected a problem in words"),
    ]


def said(answer: Answer, text: str) -> list[str]:
    return [*at(answer, "done"), unless(answer.get("answer") == text, f"expected the answer {text!r}")]


def called(run: AgentRun, wanted: int) -> str:
    seen = len(run.talk.calls)
    return unless(seen == wanted, f"expected {wanted} chat requests in all, saw {seen}")


def happened(run: AgentRun, *wanted: ToolCall) -> str:
    """Whether the ledger of the tool server holds these effects for the run's orders, and no others."""
    seen = sorted(f"{each.tool} {canonical(each.arguments)}" for each in run.effects)
    expected = sorted(f"{each.tool} {canonical(json.loads(each.arguments))}" for each in wanted)
    if seen == expected:
        return ""
    if len(seen) == len(expected):
        return f"the ledger holds {', '.join(seen)} instead of {', '.join(expected)}"
    tools = ", ".join(each.tool for each in run.effects) or "none"
    return f"the ledger holds {len(seen)} effects instead of {len(expected)}: {tools}"


def steps(answer: Answer, kind: str) -> list[dict[str, Any]]:
    """The steps of one type; an empty list where the answer has none."""
    listed = answer.get("steps")
    return (
        [each for each in listed if isinstance(each, dict) and each.get("type") == kind]
        if isinstance(listed, list)
        else []
    )


def decided(answer: Answer, *wanted: tuple[str, str | None]) -> str:
    """Whether the tool steps have these decisions and reasons."""
    seen = [(each.get("decision"), each.get("reason")) for each in steps(answer, "tool")]
    return unless(seen == list(wanted), f"expected tool steps with decision and reason {list(wanted)}, saw {seen}")


# What is wrong with a chat request.


def tool_messages(request: Call) -> dict[str, str]:
    """The contents of the messages with the role tool, by the id of the call that they answer."""
    listed = request.body.get("messages")
    return {
        str(each.get("tool_call_id")): each["content"]
        if isinstance(each.get("content"), str)
        else json.dumps(each.get("content"))
        for each in (listed if isinstance(listed, list) else [])
        if isinstance(each, dict) and each.get("role") == "tool"
    }


def told_about(run: AgentRun, request: int, asked: ToolCall) -> str:
    """What the chat request with this number, from 1, says about a call; "" where it says nothing."""
    calls = run.talk.calls
    return tool_messages(calls[request - 1]).get(asked.id, "") if len(calls) >= request else ""


def told(run: AgentRun, request: int, asked: ToolCall, wanted: Any) -> str:
    """Whether the chat request with this number, from 1, says what became of a call.

    Args:
        wanted: the result as it should stand there, or the code of an error.
    """
    if len(run.talk.calls) < request:
        return f"expected {request} chat requests, saw {len(run.talk.calls)}"
    text = told_about(run, request, asked)
    if not text:
        return f"chat request {request} has no message with the role tool for {asked.id}"
    try:
        result = json.loads(text)
    except ValueError:
        result = text
    if isinstance(wanted, str):
        fine = isinstance(result, dict) and result.get("error") == wanted and bool(result.get("problem"))
        return unless(
            fine, f"expected that the model is told error {wanted} with a problem, it was told {short(text, 80)}"
        )
    return unless(
        result == wanted,
        f"expected that the model is told {short(json.dumps(wanted), 120)}, it was told {short(text, 80)}",
    )


def answered(run: AgentRun, name: str) -> dict[str, Any]:
    """What the tool server says about an order or a document."""
    thing = run.kit.harness.tools.things[name]
    return {"result": thing.content} if thing.trusted is None else {"trusted": thing.trusted, "result": thing.content}


def reached(gate: Gate, busy: Callable[[], bool]) -> bool:
    """Wait until something stands at a gate, as long as the request that should bring it there is busy."""
    while not gate.arrived.wait(0.02):
        if not busy():
            return gate.arrived.is_set()
    return True
