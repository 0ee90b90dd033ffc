"""The shop's systems that an agent's tools stand for. What they did is in the ledger, and that is the truth.

It believes whoever has its key, as such systems do: which tenant a call is for, and whether anybody approved it, is the
agent's business.
"""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass, field
from typing import Any

from model_server import Gate, Handler, Listening, Reply

#: Tools that change something. They need an idempotency key.
EFFECTS = ("refund", "send_message", "close_account")


@dataclass(frozen=True)
class Asked:
    """One call of a tool, as it arrived."""

    tool: str
    arguments: Any
    tenant: str
    key: str
    authorization: str


@dataclass(frozen=True)
class Trouble:
    """What goes wrong with one call about an order or a document.

    Attributes:
        happens: whether the call has its effect nevertheless.
        status: of the answer; None breaks the connection in the middle of it.
        hold: nothing is sent before this gate is open.
    """

    happens: bool
    status: int | None = None
    hold: Gate | None = None


@dataclass
class Thing:
    """An order or a document of a tenant.

    Attributes:
        trusted: what the answers about it say; None leaves it out.
        troubles: of the calls about it, one after the other.
    """

    tenant: str
    content: dict[str, Any]
    trusted: bool | None = True
    troubles: list[Trouble] = field(default_factory=list)


class ToolServer(Listening):
    """Does what it is asked for, and writes down each effect.

    Args:
        key: what the service has to send; other calls get 401.
        port: 0 takes a free one.

    Attributes:
        asked: every call, in the order of arrival.
        ledger: the calls that had an effect.
    """

    def __init__(self, key: str, port: int) -> None:
        self.key = key
        self.things: dict[str, Thing] = {}
        self.asked: list[Asked] = []
        self.ledger: list[Asked] = []
        self.lock = threading.Lock()
        self._answers: dict[str, tuple[Asked, Reply]] = {}
        super().__init__(port, ToolHandler)

    def asked_about(self, name: str) -> list[Asked]:
        """The calls about an order or a document."""
        with self.lock:
            return [each for each in self.asked if _name(each.arguments) == name]

    def effects_on(self, name: str) -> list[Asked]:
        """The effects on an order."""
        with self.lock:
            return [each for each in self.ledger if _name(each.arguments) == name]

    def reply_to(self, asked: Asked) -> Reply:
        with self.lock:
            self.asked.append(asked)
            thing = self.things.get(_name(asked.arguments))
            trouble = thing.troubles.pop(0) if thing and thing.troubles else None
            if trouble and not trouble.happens:
                # Where nothing happens, the answer must not say what would have.
                return _broken(trouble, Reply(body=b"{}"))
            reply = self._done(asked, thing)
            return _broken(trouble, reply) if trouble else reply

    def _done(self, asked: Asked, thing: Thing | None) -> Reply:
        if asked.authorization != f"Bearer {self.key}":
            return _error(401, "this key is not valid")
        if not asked.tenant or not isinstance(asked.arguments, dict):
            return _error(400, "expected X-Tenant and an object of arguments")
        if not thing or thing.tenant != asked.tenant:
            return _error(404, f"there is no {_name(asked.arguments) or 'such thing'} here")
        if asked.tool not in EFFECTS:
            return _answer(thing.trusted, thing.content)
        if not asked.key:
            return _error(400, "expected Idempotency-Key")
        if asked.key in self._answers:
            before, reply = self._answers[asked.key]
            return reply if before == asked else _error(409, "this key has been used for another call")
        if asked.tool == "refund" and asked.arguments.get("amount_cents", 0) > thing.content["total_cents"]:
            return _error(422, "that is more than was paid")
        self.ledger.append(asked)
        number = hashlib.sha256(asked.key.encode()).hexdigest()[:8]
        reply = _answer(True, {asked.tool: number, **asked.arguments})
        self._answers[asked.key] = (asked, reply)
        return reply


class ToolHandler(Handler):
    owner: ToolServer

    def do_POST(self) -> None:
        arguments = self.json_sent()
        names = ("x-tenant", "idempotency-key", "authorization")
        tenant, key, authorization = (self.headers.get(name, "") for name in names)
        start, _, tool = self.path.rpartition("/")
        if start != "/tools":
            self.send(_error(404, f"there is no {self.path}: use /tools/ and the tool's name"))
        else:
            self.send(self.owner.reply_to(Asked(tool, arguments, tenant, key, authorization)))


def _name(arguments: Any) -> str:
    found = arguments if isinstance(arguments, dict) else {}
    return str(found.get("order") or found.get("document") or "")


def _answer(trusted: bool | None, result: dict[str, Any]) -> Reply:
    body = {"result": result} if trusted is None else {"trusted": trusted, "result": result}
    return Reply(body=json.dumps(body).encode())


def _error(status: int, message: str) -> Reply:
    return Reply(status=status, body=json.dumps({"trusted": True, "error": message}).encode())


def _broken(trouble: Trouble, reply: Reply) -> Reply:
    if trouble.status is None:
        # In the middle of the answer: HTTP clients send a request again by themselves when not a byte has come.
        return Reply(body=reply.body, keep=0.5, hold=trouble.hold)
    return Reply(status=trouble.status, body=reply.body, hold=trouble.hold)


__all__ = ["Asked", "Thing", "ToolServer", "Trouble"]
