"""An answer that the model writes piece by piece, as OpenAI's interface streams it: server-sent events."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any

COMMENTS, TEXT = "comments", "text"


@dataclass(frozen=True)
class Stream:
    """How an answer is streamed, and what goes wrong with it.

    Attributes:
        pieces: the text, in the order in which it is written.
        hold_at: how many pieces go out before the reply is held back; -1 holds back the status too.
        meanwhile: what goes out while the reply is held back: COMMENTS, which are no sign of progress, TEXT, or nothing.
        cut: how many pieces go out before the connection breaks; None sends all.
        ends: False ends the body in order, without finish reason, usage and the last event.
        error: sent instead of the finish reason, as an error object. Then the body ends in order.
    """

    pieces: Sequence[str] = ()
    hold_at: int = -1
    meanwhile: str = ""
    cut: int | None = None
    ends: bool = True
    error: str = ""

    def __str__(self) -> str:
        """In short, for a report."""
        faults = [] if self.ends else ["without an end"]
        faults += [f"cut after {self.cut} pieces"] if self.cut is not None else []
        faults += [f"error {self.error}"] if self.error else []
        return " ".join([*faults, "".join(self.pieces)]) or "nothing"


def send_stream(
    handler: BaseHTTPRequestHandler,
    stream: Stream,
    headers: Mapping[str, str],
    events: Sequence[bytes],
    held: Callable[[Callable[[], None]], bool],
) -> None:
    """Write a streamed answer.

    Args:
        events: one for the role, one for each piece, and what comes after the text.
        held: waits where the reply is held back, and calls what it gets meanwhile; False when the client hung up.
    """

    def write(text: bytes) -> None:
        handler.wfile.write(b"%x\r\n%s\n\n\r\n" % (len(text) + 2, text))
        handler.wfile.flush()

    def meanwhile() -> None:
        if stream.meanwhile and stream.hold_at >= 0:
            write(b": still thinking" if stream.meanwhile == COMMENTS else b"data: " + events[1])

    if stream.hold_at < 0 and not held(meanwhile):
        return
    handler.send_response(200)
    for name, value in {"content-type": "text/event-stream", "transfer-encoding": "chunked", **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    for sent, event in enumerate(events):
        if stream.cut is not None and sent > stream.cut:
            handler.close_connection = True
            return
        write(b"data: " + event)
        if sent == stream.hold_at and not held(meanwhile):
            return
    handler.wfile.write(b"0\r\n\r\n")


def events_of(
    stream: Stream, model: str, finish: str, usage: Mapping[str, Any] | None, asked: Mapping[str, Any]
) -> list[bytes]:
    """The data of each event. The usage is only for whoever asked for it.

    Args:
        asked: the body of the request.
    """

    def chunk(**parts: Any) -> bytes:
        about = {"id": "chatcmpl-kit", "object": "chat.completion.chunk", "created": 1764547200, "model": model}
        return json.dumps(about | parts).encode()

    def choice(delta: Mapping[str, str], reason: str | None = None) -> bytes:
        return chunk(choices=[{"index": 0, "delta": delta, "finish_reason": reason}])

    def last() -> Iterator[bytes]:
        if stream.error:
            yield json.dumps({"error": {"message": stream.error, "type": "kit"}}).encode()
        elif stream.ends:
            yield choice({}, finish)
            options = asked.get("stream_options")
            if usage is not None and isinstance(options, dict) and options.get("include_usage"):
                yield chunk(choices=[], usage=usage)
            yield b"[DONE]"

    return [choice({"role": "assistant", "content": ""}), *(choice({"content": p}) for p in stream.pieces), *last()]
