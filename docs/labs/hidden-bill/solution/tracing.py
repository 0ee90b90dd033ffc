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
#: Answers of a collector after which the same spans are sent again.
RETRIED = (429, 502, 503, 504)
#: Spans that wait at most, and seconds in which they have to be sent when the service stops.
MOST, GRACE = 10_000, 3

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
    ended: int = 0
    failed: bool = False

    @classmethod
    def of_request(cls, name: str, traceparent: str, attributes: dict[str, Any]) -> "Span":
        """The span of an incoming request, in the trace of its caller if the header names one."""
        found = re.fullmatch(r"00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}", traceparent)
        trace_id, parent_id = found.groups() if found else (secrets.token_hex(16), "")
        return cls(name, SERVER, trace_id, parent_id, attributes)

    def child(self, name: str, attributes: dict[str, Any]) -> "Span":
        """The span of a call that this step makes."""
        return Span(name, CLIENT, self.trace_id, self.span_id, attributes)

    def fail(self, kind: str) -> None:
        """Say what went wrong by a name. An error's own words may quote what a person has written."""
        self.attributes["error.type"] = kind
        self.failed = True

    def end(self) -> None:
        span = {
            "traceId": self.trace_id,
            "spanId": self.span_id,
            "parentSpanId": self.parent_id,
            "name": self.name,
            "kind": self.kind,
            "startTimeUnixNano": str(self.begin),
            "endTimeUnixNano": str(self.ended or time.time_ns()),
            "attributes": attributes(self.attributes),
        }
        if self.failed:
            span["status"] = {"code": ERROR}
        exporter.add(span)

    def __enter__(self) -> "Span":
        return self

    def __exit__(self, kind: object, error: BaseException | None, at: object) -> None:
        if error:
            self.fail(type(error).__name__)
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
        self.stopping = threading.Event()
        self.collector = httpx.Client(base_url=ENDPOINT, timeout=10, trust_env=False)

    def add(self, span: dict[str, Any]) -> None:
        with self.lock:
            self.waiting.append(span)

    def run(self) -> None:
        while not self.stopping.wait(DELAY):
            self.export()

    def stop(self) -> None:
        """Send what is left, for as long as a service may take to stop."""
        self.stopping.set()
        self.join(GRACE)
        end = time.monotonic() + GRACE
        while self.waiting and time.monotonic() < end:
            self.export()
            time.sleep(0.1 if self.waiting else 0)

    def export(self) -> None:
        """Send what is waiting. What the collector can't take for the moment waits on, with the ids that it has."""
        with self.lock:
            batch, self.waiting = self.waiting, []
        if not batch:
            return
        try:
            answer = self.send(batch)
        except httpx.TransportError:
            self.keep(batch)
            return
        if answer.status_code in RETRIED:
            self.keep(batch)
        elif answer.status_code != 200:
            log.error("the collector refuses %d spans for good: %d", len(batch), answer.status_code)

    def keep(self, batch: list[dict[str, Any]]) -> None:
        with self.lock:
            self.waiting = batch + self.waiting
            if dropped := self.waiting[MOST:]:
                log.error("%d spans were dropped: the collector is down for too long", len(dropped))
            del self.waiting[MOST:]

    def send(self, batch: list[dict[str, Any]]) -> httpx.Response:
        resource = {"attributes": attributes({"service.name": "help-desk"})}
        spans = {"resource": resource, "scopeSpans": [{"spans": batch}]}
        return self.collector.post("/v1/traces", json={"resourceSpans": [spans]})


exporter = Exporter()
