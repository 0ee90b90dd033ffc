"""A provider of models that writes an invoice: what it has generated is billed, whether anybody has read it or not.

It speaks Chat Completions, and `usage` has the fields that OpenAI's has. How many tokens something takes is drawn and has
nothing to do with the texts, so nobody can guess it. What an answer has cost that broke off is known a moment later, at
GET /v1/generation?id=…, as OpenRouter has it.
"""

from __future__ import annotations

import json
import random
import select
import socket
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import plugin

#: Seconds that a stream stands still for a reader who is expected to leave.
PATIENCE = 10
KINDS = ("input", "cached_input", "output")


@dataclass
class Reply:
    """What the provider does with one request.

    Attributes:
        model: the version that answers.
        words: the text; none when all that the model was allowed to write went into reasoning.
        status: another one than 200 is billed with nothing.
        prompt, cached, reasoning: tokens.
        each: tokens of each word.
        ahead: tokens that are written already when a stream is cut.
        leaves: the words after which its reader is expected to leave.
        breaks: the words after which the connection breaks.
        late: how often the generation is asked for before it is known.
    """

    model: str
    words: list[str]
    status: int = 200
    prompt: int = 0
    cached: int = 0
    reasoning: int = 0
    each: list[int] = field(default_factory=list)
    ahead: int = 0
    leaves: int | None = None
    breaks: int | None = None
    late: int = 0


@dataclass
class Call:
    """A request as the provider's own log has it.

    Attributes:
        output: tokens that were written, those of reasoning included.
        reasoning: tokens of reasoning.
        nanodollars: its price by the list of that moment.
        cut: whether the stream ended before the answer did.
        closed: set when all of this is known.
    """

    id: str
    key: str
    body: dict[str, Any]
    reply: Reply
    output: int = 0
    reasoning: int = 0
    nanodollars: int = 0
    cut: bool = False
    asked_for: int = 0
    closed: threading.Event = field(default_factory=threading.Event)

    @property
    def usage(self) -> dict[str, Any]:
        return {
            "prompt_tokens": self.reply.prompt,
            "completion_tokens": self.output,
            "prompt_tokens_details": {"cached_tokens": self.reply.cached},
            "completion_tokens_details": {"reasoning_tokens": self.reasoning},
        }

    @property
    def billed(self) -> bool:
        return self.reply.status == 200


class Provider:
    """Answers each question with the replies that a test has planned for it, and keeps the account.

    Attributes:
        planned: what comes next, by question.
        prices: nanodollars for a token, by model and kind.
        calls: what was asked, in its order.
        together: when set, a request is answered once so many have arrived.
    """

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.planned: dict[str, list[Reply]] = {}
        self.prices: dict[str, dict[str, int]] = {}
        self.calls: list[Call] = []
        self.together: threading.Barrier | None = None
        self.lock = threading.Lock()
        provider = self

        class Handler(plugin.JsonHandler):
            def do_POST(self) -> None:
                provider.answer(self)

            def do_GET(self) -> None:
                provider.look_up(self)

        self.server, self.address = plugin.listening(Handler)

    def answer(self, handler: plugin.JsonHandler) -> None:
        body = handler.body()
        question = body["messages"][-1]["content"]
        with self.lock:
            left = self.planned.get(question)
            reply = left.pop(0) if left else Reply("", [], 418)
            key = (handler.headers["authorization"] or "").removeprefix("Bearer ")
            call = Call(f"gen-{self.rng.getrandbits(64):016x}", key, body, reply)
            self.calls.append(call)
        if self.together:
            self.together.wait(plugin.WAITING)
        if not call.billed:
            call.closed.set()
            said = {"error": {"message": f"can't answer {question!r} for {key}", "code": reply.status}}
            handler.send_json(reply.status, said)
        elif body.get("stream"):
            self.pour(handler, call)
        else:
            self.close(call, sum(reply.each))
            finish = "stop" if reply.words else "length"
            choice = {"message": {"role": "assistant", "content": " ".join(reply.words)}, "finish_reason": finish}
            handler.send_json(200, {"id": call.id, "model": reply.model, "choices": [choice], "usage": call.usage})

    def close(self, call: Call, written: int, *, cut: bool = False) -> None:
        """Write a call on the account, with the tokens of its text."""
        with self.lock:
            call.reasoning, call.output, call.cut = call.reply.reasoning, call.reply.reasoning + written, cut
            price = self.prices[call.reply.model]
            fresh = call.reply.prompt - call.reply.cached
            call.nanodollars = sum(
                tokens * price[kind]
                for kind, tokens in zip(KINDS, (fresh, call.reply.cached, call.output), strict=True)
            )
        call.closed.set()

    def pour(self, handler: plugin.JsonHandler, call: Call) -> None:
        """Send an answer word by word, to its end or until the connection is gone."""
        reply = call.reply
        handler.send_response(200)
        for name, value in (
            ("content-type", "text/event-stream"), ("transfer-encoding", "chunked"), ("x-generation-id", call.id)
        ):  # fmt: skip
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.flush()
        handler.close_connection = True

        def send(event: str) -> None:
            data = f"data: {event}\n\n".encode()
            handler.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            handler.wfile.flush()

        def part(**more: Any) -> str:
            return json.dumps({"id": call.id, "model": reply.model, "choices": []} | more)

        for number in range(len(reply.words) + 1):
            if number == reply.breaks or (number == reply.leaves and has_left(handler.connection)):
                self.close(call, sum(reply.each[:number]) + reply.ahead, cut=True)
                handler.connection.shutdown(socket.SHUT_RDWR)
                return
            if number < len(reply.words):
                send(part(choices=[{"delta": {"content": reply.words[number] + " "}, "finish_reason": None}]))
        self.close(call, sum(reply.each))
        send(part(choices=[{"delta": {}, "finish_reason": "stop"}]))
        if (call.body.get("stream_options") or {}).get("include_usage"):
            send(part(usage=call.usage))
        send("[DONE]")
        handler.wfile.write(b"0\r\n\r\n")

    def look_up(self, handler: plugin.JsonHandler) -> None:
        address = urlsplit(handler.path)
        wanted = parse_qs(address.query).get("id", [""])[0]
        key = (handler.headers["authorization"] or "").removeprefix("Bearer ")
        with self.lock:
            call = next((call for call in self.calls if (call.id, call.key) == (wanted, key)), None)
            if call and call.closed.is_set():
                call.asked_for += 1
        if address.path != "/v1/generation" or not call or call.asked_for <= call.reply.late:
            handler.send_json(404, {"error": {"message": f"no generation {wanted!r} is known to this key, or not yet"}})
        else:
            data = {"id": call.id, "model": call.reply.model, "usage": call.usage, "cancelled": call.cut}
            handler.send_json(200, {"data": data})

    def invoice(self) -> Counter[str]:
        """What is to be paid, in nanodollars by key."""
        sums: Counter[str] = Counter()
        for call in self.calls:
            sums[call.key] += call.nanodollars
        return sums


def has_left(connection: socket.socket) -> bool:
    """Whether whoever reads has closed the connection, waited for as long as one may need to notice a reader's leaving."""
    ready, _, _ = select.select([connection], [], [], PATIENCE)
    try:
        return bool(ready) and not connection.recv(1, socket.MSG_PEEK)
    except OSError:
        return True
