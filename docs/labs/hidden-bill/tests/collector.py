"""A collector of spans, as small as one can be: OTLP over HTTP in JSON, kept in memory, with bad days on demand."""

from __future__ import annotations

import gzip
import json
import re
import socket
import threading
from dataclasses import dataclass
from typing import Any

import plugin

#: Seconds in which a span has to arrive, and seconds that a batch is held while the gate is shut.
WAITING, HELD = 20, 10


@dataclass(frozen=True)
class Span:
    """A span as it arrived."""

    trace_id: str
    span_id: str
    name: str
    attributes: dict[str, Any]

    def __getitem__(self, key: str) -> Any:
        return self.attributes.get(key)


class NotOtlp(Exception):
    """What arrived is no batch of spans."""


class Collector:
    """Takes batches of spans.

    Attributes:
        spans: by trace and span, since a batch may come twice.
        texts: all that has arrived.
        trouble: what becomes of the next batches: a status; "reset", which closes the connection; or "lost", which keeps
            the spans and closes it before it has said so.
        poison: a trace of which no span is ever accepted, which makes it a fault to send one twice.
        refused: set by each batch that was not accepted.
        faults: why something was no OTLP.
        gate: while it is not set, batches are held.
        held: set when one is. `gave_up` says that one was held to the end.
    """

    def __init__(self) -> None:
        self.spans: dict[tuple[str, str], Span] = {}
        self.texts: list[str] = []
        self.trouble: list[int | str] = []
        self.poison = ""
        self.poisoned: set[str] = set()
        self.refused = threading.Event()
        self.faults: list[str] = []
        self.gate = threading.Event()
        self.gate.set()
        self.held = threading.Event()
        self.gave_up = False
        self.arrived = threading.Condition()
        collector = self

        class Handler(plugin.JsonHandler):
            def do_POST(self) -> None:
                collector.take(self)

        self.server, self.address = plugin.listening(Handler)

    def take(self, handler: plugin.JsonHandler) -> None:
        data = handler.rfile.read(int(handler.headers.get("content-length", 0)))
        if not self.gate.is_set() and not self.gave_up:
            self.held.set()
            self.gave_up |= not self.gate.wait(HELD)
        if handler.headers.get("content-encoding") == "gzip":
            data = gzip.decompress(data)
        text = data.decode(errors="replace")
        trouble = self.trouble.pop(0) if self.trouble else None
        status = trouble if isinstance(trouble, int) else 200
        with self.arrived:
            self.texts.append(text)
            try:
                spans = read(handler.path, handler.headers.get("content-type", ""), text)
            except NotOtlp as fault:
                self.faults.append(str(fault))
                spans, status = [], 400
            if poisoned := {span.span_id for span in spans if span.trace_id == self.poison}:
                status = 400
                if poisoned & self.poisoned:
                    self.faults.append("a batch that was refused with 400 came again, and OTLP forbids that")
                self.poisoned |= poisoned
            if status == 200 and trouble != "reset":
                self.spans |= {(span.trace_id, span.span_id): span for span in spans}
            if status != 200 or trouble:
                self.refused.set()
            self.arrived.notify_all()
        if isinstance(trouble, str):
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_RDWR)
        else:
            handler.send_json(status, {} if status == 200 else {"message": f"{status}"})

    def wait(self, trace_id: str) -> bool:
        """Whether a span of a trace has arrived, waited for as long as a busy machine may need."""
        with self.arrived:
            return self.arrived.wait_for(lambda: self.faults or self.of(trace_id), WAITING) and not self.faults

    def of(self, trace_id: str) -> list[Span]:
        """The spans of a trace that have arrived, those of model calls only."""
        return [span for (trace, _), span in self.spans.items() if trace == trace_id and span["gen_ai.operation.name"]]


def read(path: str, kind: str, text: str) -> list[Span]:
    """The spans of a request. Raises NotOtlp."""
    if path != "/v1/traces":
        raise NotOtlp(f"a batch went to {path}, and traces go to /v1/traces")
    if not kind.startswith("application/json"):
        raise NotOtlp(f"a batch came as {kind!r}, and this collector reads application/json")
    try:
        found = json.loads(text)["resourceSpans"]
        return [
            span_of(span)
            for resource in found
            for scope in resource["scopeSpans"]
            for span in scope["spans"]
        ]  # fmt: skip
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise NotOtlp(f"a batch is no OTLP ({type(error).__name__}: {error}): {text[:150]}") from None


def span_of(written: dict[str, Any]) -> Span:
    for name, digits in (("traceId", 32), ("spanId", 16)):
        if not re.fullmatch(f"[0-9a-fA-F]{{{digits}}}", written[name]):
            raise NotOtlp(f"{name} has {digits} hexadecimal digits, and here it is {written[name]!r}")
    if not 0 < int(written["startTimeUnixNano"]) <= int(written["endTimeUnixNano"]):
        raise NotOtlp(f"the span {written['name']!r} ends before it begins")
    values = {pair["key"]: value_of(pair["value"]) for pair in written.get("attributes", [])}
    return Span(written["traceId"].lower(), written["spanId"].lower(), written["name"], values)


def value_of(written: dict[str, Any]) -> Any:
    """An attribute's value. Integers may come as text, since JSON has none of 64 bits."""
    ((kind, value),) = written.items()
    if kind == "intValue":
        return int(value)
    if kind == "arrayValue":
        return [value_of(part) for part in value.get("values", [])]
    if kind not in ("stringValue", "boolValue", "doubleValue"):
        raise NotOtlp(f"an attribute is a {kind!r}, which this collector doesn't know")
    return value
