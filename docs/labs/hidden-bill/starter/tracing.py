"""Spans, and their way to a collector: OTLP over HTTP, as JSON, in batches and from a thread of its own."""

import logging
import os
import re
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

ENDPOINT = os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318")
#: Seconds between two batches.
DELAY = float(os.environ.get("OTEL_BSP_SCHEDULE_DELAY", "5000")) / 1000
#: Kinds of span, as OTLP counts them: a request that comes in, a call that goes out.
SERVER, CLIENT = 2, 3
#: What OTLP calls the types of attributes, and the status of a span that ended with an error.
TYPES = {bool: "boolValue", int: "intValue", float: "doubleValue", str: "stringValue"}
ERROR = 2

log = logging.getLogger(__name__)


@dataclass
class Span:
    """A step of a request. It begins when it is made."""

    name: str
    kind: int
    trace_id: str
    parent_id: str
    attributes: dict[str, Any]
    span_id: str = field(default_factory=lambda: secrets.token_hex(8))
    begin: int = field(default_factory=time.time_ns)
    error: str = ""

    @classmethod
    def of_request(cls, name: str, traceparent: str, attributes: dict[str, Any]) -> "Span":
        """The span of an incoming request, in the trace of its caller if the header names one."""
        found = re.fullmatch(r"00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}", traceparent)
        trace_id, parent_id = found.groups() if found else (secrets.token_hex(16), "")
        return cls(name, SERVER, trace_id, parent_id, attributes)

    def child(self, name: str, attributes: dict[str, Any]) -> "Span":
        """The span of a call that this step makes."""
        return Span(name, CLIENT, self.trace_id, self.span_id, attributes)

    def fail(self, error: BaseException) -> None:
        self.attributes["error.type"] = type(error).__name__
        self.error = str(error)

    def end(self) -> None:
        span = {
            "traceId": self.trace_id,
            "spanId": self.span_id,
            "parentSpanId": self.parent_id,
            "name": self.name,
            "kind": self.kind,
            "startTimeUnixNano": str(self.begin),
            "endTimeUnixNano": str(time.time_ns()),
            "attributes": attributes(self.attributes),
        }
        if self.error:
            span["status"] = {"code": ERROR, "message": self.error}
        exporter.add(span)

    def __enter__(self) -> "Span":
        return self

    def __exit__(self, kind: object, error: BaseException | None, at: object) -> None:
        if error:
            self.fail(error)
        self.end()


def attributes(values: dict[str, Any]) -> list[dict[str, Any]]:
    """Attributes as OTLP writes them. JSON has no integers of 64 bits, so they go as text."""
    return [
        {"key": key, "value": {TYPES[type(value)]: str(value) if type(value) is int else value}}
        for key, value in values.items()
    ]


class Exporter(threading.Thread):
    """Sends ended spans to the collector, so that no request waits for it."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.waiting: list[dict[str, Any]] = []
        self.lock = threading.Lock()
        self.collector = httpx.Client(base_url=ENDPOINT, timeout=10, trust_env=False)

    def add(self, span: dict[str, Any]) -> None:
        with self.lock:
            self.waiting.append(span)

    def run(self) -> None:
        while True:
            time.sleep(DELAY)
            self.export()

    def export(self) -> None:
        with self.lock:
            batch, self.waiting = self.waiting, []
        if not batch:
            return
        try:
            self.send(batch).raise_for_status()
        except httpx.HTTPError as error:
            log.warning("%d spans were not exported: %s", len(batch), error)

    def send(self, batch: list[dict[str, Any]]) -> httpx.Response:
        resource = {"attributes": attributes({"service.name": "help-desk"})}
        spans = {"resource": resource, "scopeSpans": [{"spans": batch}]}
        return self.collector.post("/v1/traces", json={"resourceSpans": [spans]})


exporter = Exporter()
