"""The model that stands behind a service while it is checked: OpenAI's interface, scripted answers, and faults.

A check says beforehand how the model will answer the calls about one message. The server finds the message again by its
mark, a word that stands in no other message, so several messages can be under way at a time.
"""

from __future__ import annotations

import base64
import contextlib
import json
import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from streaming import Stream, events_of, send_stream

#: From a text to its vector.
Embed = Callable[[str], list[float]]


class Gate:
    """Holds replies back until a check opens it, and says when the first one has come.

    Attributes:
        left: set when a client hung up meanwhile.
    """

    def __init__(self) -> None:
        self.arrived, self.opened, self.left = threading.Event(), threading.Event(), threading.Event()

    def pass_through(
        self, closing: threading.Event, client: socket.socket, meanwhile: Callable[[], None] = lambda: None
    ) -> bool:
        """Wait until it is open; False when the client has hung up, or the server closes."""
        self.arrived.set()
        while not self.opened.wait(0.02):
            if closing.is_set():
                return False
            try:
                gone = bool(select.select([client], [], [], 0)[0]) and not client.recv(1, socket.MSG_PEEK)
                meanwhile()
            except OSError:
                gone = True
            if gone:
                self.left.set()
                return False
        return True


@dataclass(frozen=True)
class ToolCall:
    """A tool that the model asks for, with arguments as it wrote them: JSON, unless it made a mistake."""

    id: str
    tool: str
    arguments: str

    def __str__(self) -> str:
        return f"{self.tool}({self.arguments})"


@dataclass(frozen=True)
class Reply:
    """What the model server does with one chat request.

    Attributes:
        content: what the model writes.
        finish: `finish_reason`.
        refusal: what it says when it refuses; then there is no content.
        usage: token counts; None leaves them out.
        model: which model answers; the one that was asked for, if None.
        status: other than 200, the answer is an error.
        headers: sent beside the usual ones.
        body: sent instead of a chat completion.
        wait: seconds before the first byte.
        drip: seconds between two bytes of the body; 0 sends it at once.
        keep: share of the body after which the connection breaks; None sends all, -1 not even the status.
        tool_calls: what the model asks for, beside content or instead of it.
        hold: nothing is sent before this gate is open, except what the stream says.
        stream: how the answer is streamed. Without it, a request for a stream gets 400.
    """

    content: str | None = None
    finish: str = "stop"
    refusal: str | None = None
    usage: dict[str, Any] | None = field(default_factory=lambda: {"prompt_tokens": 100, "completion_tokens": 20})
    model: str | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    wait: float = 0
    drip: float = 0
    keep: float | None = None
    tool_calls: Sequence[ToolCall] = ()
    hold: Gate | None = None
    stream: Stream | None = None

    def __str__(self) -> str:
        """In short, for a report."""
        if self.keep == -1:
            return "nothing, and to close the connection"
        faults = [f"status {self.status}"] if self.status != 200 else []
        faults += [f"{name} {value:g}" for name in ("wait", "drip", "keep") if (value := getattr(self, name))]
        faults += [f"({self._held})"] if self.hold else []
        faults += [f"finish {self.finish}"] if self.finish != "stop" else []
        faults += [f"as {self.model}"] if self.model else []
        faults += [str(self.stream)] if self.stream else []
        nothing = "" if self.stream else "nothing"
        said = self.body.decode() if self.body is not None else self.refusal or self.content or ""
        said = " and ".join([*([said] if said else []), *map(str, self.tool_calls)]) or nothing
        return " ".join([*faults, said if self.status == 200 else ""]).strip()

    @property
    def _held(self) -> str:
        pieces = self.stream.hold_at if self.stream else -1
        return "held back before the status" if pieces < 0 else f"held back after {pieces} of its pieces"


@dataclass(frozen=True)
class Call:
    """One chat request as it arrived.

    Attributes:
        at: seconds of a clock that never goes back.
    """

    authorization: str
    body: dict[str, Any]
    at: float = field(default_factory=time.monotonic)

    @property
    def prompt(self) -> str:
        """What the messages say that are not the model's own."""
        messages = self.body.get("messages")
        return "\n".join(
            _text(message.get("content"))
            for message in (messages if isinstance(messages, list) else [])
            if isinstance(message, dict) and message.get("role") != "assistant"
        )

    def holds(self, text: str) -> bool:
        """Whether the prompt holds a text, as it is or as a string of JSON."""
        prompt = self.prompt
        escaped = (json.dumps(text, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False))
        return any(form in prompt for form in (text, *escaped))


#: A script's line: what the model does, or how it decides that when it has seen the request.
Line = Reply | Callable[[Call], Reply]


@dataclass
class Conversation:
    """The calls about one message, and what was written for them. Past the end, the last reply is repeated."""

    replies: Sequence[Line]
    calls: list[Call] = field(default_factory=list)


#: For calls about no message that a check knows.
STRAY = Reply('{"order_number": null, "product": null, "reason": "other"}')


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients hang up: a deadline is meant to do that."""


class Handler(BaseHTTPRequestHandler):
    """Reads what was sent, and sends a reply with its faults."""

    closing: threading.Event
    protocol_version = "HTTP/1.1"
    # A dripped byte is to go out as a byte.
    disable_nagle_algorithm = True

    def log_message(self, *_: Any) -> None:
        """The report says what was asked."""

    def bytes_sent(self) -> bytes:
        size = self.headers.get("content-length", "")
        return self.rfile.read(int(size)) if size.isdecimal() else self._chunks()

    def json_sent(self) -> Any:
        """The JSON of the request; None when it is none."""
        try:
            return json.loads(self.bytes_sent())
        except ValueError:
            return None

    def _chunks(self) -> bytes:
        found = b""
        while size := int(self.rfile.readline().split(b";")[0] or b"0", 16):
            found += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return found

    def send(self, reply: Reply) -> None:
        body, wait = reply.body or b"", self.closing.wait
        if reply.wait and wait(reply.wait):
            return
        if reply.hold and not self._held(reply.hold):
            return
        kept = body if reply.keep is None else body[: int(len(body) * max(0, reply.keep))]
        # A client that has hung up is none of the server's business.
        with contextlib.suppress(ConnectionError):
            if reply.keep != -1:
                self.send_response(reply.status)
                for name, value in {"content-type": "application/json", **reply.headers}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
            for piece in [kept[i : i + 1] for i in range(len(kept))] if reply.drip else [kept]:
                self.wfile.write(piece)
                self.wfile.flush()
                if reply.drip and wait(reply.drip):
                    return
        self.close_connection = self.close_connection or reply.keep is not None

    def send_stream(self, reply: Reply, stream: Stream, asked: dict[str, Any]) -> None:
        model = str(reply.model or asked.get("model"))
        events = events_of(stream, model, reply.finish, reply.usage, asked)
        # A client that has hung up is none of the server's business.
        with contextlib.suppress(ConnectionError):
            held = (lambda meanwhile: self._held(reply.hold, meanwhile)) if reply.hold else lambda meanwhile: True
            send_stream(self, stream, reply.headers, events, held)

    def _held(self, gate: Gate, meanwhile: Callable[[], None] = lambda: None) -> bool:
        passed = gate.pass_through(self.closing, self.connection, meanwhile)
        self.close_connection = self.close_connection or not passed
        return passed


class Listening:
    """A server on this machine: it listens from the moment it is made until it is closed.

    What its handler needs has to be there before, as `owner`: requests may come at once.

    Args:
        port: 0 takes a free one.
    """

    def __init__(self, port: int, handler: type[Handler]) -> None:
        self.closing = threading.Event()
        bound = type("Bound", (handler,), {"owner": self, "closing": self.closing})
        self._http = Server(("127.0.0.1", port), bound)
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()


class ModelServer(Listening):
    """Answers as a model's interface does.

    Args:
        key: what the service has to send; other calls get 401.
        port: 0 takes a free one.
        embed: the embedding model.

    Attributes:
        embedded: the texts of all embedding requests so far.
        embedding_fault: sent instead of vectors, unless it's None.
    """

    def __init__(self, key: str, port: int, embed: Embed) -> None:
        self.key, self.embed = key, embed
        self.conversations: dict[str, Conversation] = {}
        self.strays: list[Call] = []
        self.embedded: list[str] = []
        self.embedding_fault: Reply | None = None
        self.lock = threading.Lock()
        super().__init__(port, ModelHandler)

    @property
    def address(self) -> str:
        return f"{super().address}/v1"

    def expect(self, mark: str, replies: Sequence[Line]) -> Conversation:
        """Answer calls about the message with this mark by these replies, one after the other."""
        with self.lock:
            self.conversations[mark] = Conversation(replies)
            return self.conversations[mark]

    def count(self) -> int:
        """Chat requests so far, about whatever."""
        with self.lock:
            return len(self.strays) + sum(len(each.calls) for each in self.conversations.values())

    def reply_to(self, call: Call) -> Reply:
        prompt = call.prompt
        with self.lock:
            known = next((each for mark, each in self.conversations.items() if mark in prompt), None)
            calls = known.calls if known else self.strays
            calls.append(call)
            if call.authorization != f"Bearer {self.key}":
                return _error(401, "this key is not valid")
            line = known.replies[min(len(calls), len(known.replies)) - 1] if known else STRAY
        reply = line if isinstance(line, Reply) else line(call)
        if call.body.get("stream") and not reply.stream and reply.status == 200 and reply.body is None:
            return _error(400, "this server does not stream")
        return reply


class ModelHandler(Handler):
    owner: ModelServer

    def do_POST(self) -> None:
        body = self.json_sent()
        if not isinstance(body, dict):
            self.send(_error(400, "the body is no JSON object"))
        elif self.path == "/v1/chat/completions":
            call = Call(self.headers.get("authorization", ""), body)
            reply = self.owner.reply_to(call)
            if reply.stream and body.get("stream"):
                self.send_stream(reply, reply.stream, body)
            else:
                self.send(_completed(reply, body))
        elif self.path == "/v1/embeddings":
            self.send(self._embeddings(body))
        else:
            self.send(_error(404, f"there is no {self.path}: use /v1/chat/completions or /v1/embeddings"))

    def do_GET(self) -> None:
        self.send(_error(404, "use POST /v1/chat/completions or /v1/embeddings"))

    def _embeddings(self, body: dict[str, Any]) -> Reply:
        if self.headers.get("authorization") != f"Bearer {self.owner.key}":
            return _error(401, "this key is not valid")
        given = body.get("input")
        texts = [given] if isinstance(given, str) else given
        if not isinstance(texts, list) or not 1 <= len(texts) <= 256 or not all(isinstance(t, str) for t in texts):
            return _error(400, "input is a text, or a list of 1 to 256 texts")
        with self.owner.lock:
            self.owner.embedded += texts
        if self.owner.embedding_fault:
            return _completed(self.owner.embedding_fault, body)
        vectors = [self.owner.embed(text) for text in texts]
        packed = body.get("encoding_format") == "base64"
        data = [
            {"object": "embedding", "index": index, "embedding": _packed(vector) if packed else vector}
            for index, vector in enumerate(vectors)
        ]
        count = sum(len(text.split()) for text in texts)
        usage = {"prompt_tokens": count, "total_tokens": count}
        found = {"object": "list", "data": data, "model": body.get("model"), "usage": usage}
        return Reply(body=json.dumps(found).encode())


def _completed(reply: Reply, asked: dict[str, Any]) -> Reply:
    """A reply with its body as OpenAI's chat completions write it."""
    if reply.body is not None:
        return reply
    if reply.status != 200:
        return Reply(**{**vars(reply), "body": _error(reply.status, "the script says so").body})
    message: dict[str, Any] = {"role": "assistant", "content": reply.content, "refusal": reply.refusal}
    finish = reply.finish
    if reply.tool_calls:
        finish = "tool_calls" if finish == "stop" else finish
        message["tool_calls"] = [
            {"id": each.id, "type": "function", "function": {"name": each.tool, "arguments": each.arguments}}
            for each in reply.tool_calls
        ]
    completion: dict[str, Any] = {
        "id": "chatcmpl-kit",
        "object": "chat.completion",
        "created": 1764547200,
        "model": reply.model or asked.get("model"),
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
    }
    if reply.usage is not None:
        completion["usage"] = reply.usage
    return Reply(**{**vars(reply), "body": json.dumps(completion).encode()})


def _error(status: int, message: str) -> Reply:
    return Reply(status=status, body=json.dumps({"error": {"message": message, "type": "kit"}}).encode())


def _packed(vector: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()


def _text(content: Any) -> str:
    """A message's content, which is a text or a list of parts."""
    if isinstance(content, list):
        return "\n".join(_text(part.get("text")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""
