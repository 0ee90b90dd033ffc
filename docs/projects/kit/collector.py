"""A collector of traces: takes OpenTelemetry's format as JSON over HTTP, and keeps the spans for the checks."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from model_server import Handler, Listening, Reply

#: Kinds of span, as the format numbers them.
SERVER, CLIENT = 2, 3
#: The status of a span that failed.
ERROR = 2
#: What a collector can do wrong.
BREAKS, HANGS = "breaks", "hangs"


@dataclass(frozen=True)
class Span:
    """One span as it arrived. `parent` is "" for the first span of a trace."""

    trace: str
    id: str
    parent: str
    name: str
    kind: int
    status: int
    attributes: Mapping[str, Any]


class Collector(Listening):
    """Keeps what exporters send. A port of 0 takes a free one.

    Attributes:
        raw: each request's body, unpacked.
        refused: why a request was no traces in JSON; the newest last.
        failed: how many requests came while it did something wrong.
        fault: BREAKS closes each connection without an answer, HANGS keeps the answer back as long as it stands.
    """

    def __init__(self, port: int) -> None:
        self.raw: list[bytes] = []
        self.refused: list[str] = []
        self.fault = ""
        self.failed = 0
        self._spans: list[Span] = []
        self._came = threading.Condition()
        super().__init__(port, _Handler)

    def spans(self, trace: str, least: int, limit: float) -> Sequence[Span]:
        """The spans of a trace. Waits up to `limit` seconds until there are as many as wanted."""

        def known() -> list[Span]:
            return [span for span in self._spans if span.trace == trace]

        with self._came:
            self._came.wait_for(lambda: len(known()) >= least, limit)
            return known()

    def take(self, path: str, kind: str, body: bytes) -> str:
        """Keep what a request brings; gives what is wrong with it."""
        with self._came:
            self.raw.append(body)
            fault = f"POST {path}: use /v1/traces" if path != "/v1/traces" else ""
            if not fault and not kind.startswith("application/json"):
                fault = f"content-type {kind!r}: use application/json"
            try:
                self._spans += [] if fault else _spans(json.loads(body))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                fault = f"is no ExportTraceServiceRequest in JSON ({type(error).__name__}: {error})"
            self.refused += [fault] if fault else []
            self._came.notify_all()
            return fault


class _Handler(Handler):
    owner: Collector

    def do_POST(self) -> None:
        body = self.bytes_sent()
        if self.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        self.owner.failed += bool(self.owner.fault)
        while self.owner.fault == HANGS and not self.closing.wait(0.02):
            pass
        if self.owner.fault == BREAKS:
            self.close_connection = True
            return
        fault = self.owner.take(self.path, self.headers.get("content-type", ""), body)
        self.send(Reply(status=400 if fault else 200, body=json.dumps({"message": fault} if fault else {}).encode()))


def _spans(body: Any) -> list[Span]:
    return [
        Span(
            span["traceId"].lower(),
            span["spanId"].lower(),
            (span.get("parentSpanId") or "").lower(),
            span["name"],
            int(span.get("kind", 0)),
            int((span.get("status") or {}).get("code", 0)),
            {each["key"]: _value(each["value"]) for each in span.get("attributes") or []},
        )
        for resource in body["resourceSpans"]
        for scope in resource["scopeSpans"]
        for span in scope["spans"]
    ]


def _value(value: Mapping[str, Any]) -> Any:
    """A value of an attribute. Whole numbers may come as text, because JSON's numbers can't hold all of them."""
    ((kind, found),) = value.items()
    if kind == "arrayValue":
        return [_value(each) for each in found.get("values") or []]
    return int(found) if kind == "intValue" else found
