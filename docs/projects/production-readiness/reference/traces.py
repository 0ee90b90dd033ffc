"""Traces in OpenTelemetry's format, sent to a collector behind the answers' backs. No text of a caller or a model."""

import asyncio
import contextlib
import re
import secrets
import time
from collections.abc import Iterator
from typing import Any

import httpx

SERVER, CLIENT = 2, 3
ERROR = 2
TRACEPARENT = re.compile("00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
#: Traces that wait for the collector. What comes on top is lost, because answers are worth more.
MOST_WAITING = 1000
#: Seconds that one export may take.
EXPORT_SECONDS = 5


class Span:
    def __init__(self, trace: str, parent: str, name: str, kind: int, attributes: dict[str, Any]) -> None:
        self.trace, self.id, self.parent = trace, secrets.token_hex(8), parent
        self.name, self.kind, self.attributes = name, kind, attributes
        self.start, self.end, self.failed = time.time_ns(), 0, False

    def fail(self, kind: str) -> None:
        self.attributes["error.type"], self.failed = kind, True

    def as_body(self) -> dict[str, Any]:
        return {
            "traceId": self.trace,
            "spanId": self.id,
            "parentSpanId": self.parent,
            "name": self.name,
            "kind": self.kind,
            "startTimeUnixNano": str(self.start),
            "endTimeUnixNano": str(self.end),
            "attributes": [{"key": key, "value": as_value(value)} for key, value in self.attributes.items()],
            "status": {"code": ERROR} if self.failed else {},
        }


class Trace:
    """One request: a span for it, and one for each call to a model.

    Args:
        traceparent: the caller's header; its trace goes on here.
    """

    def __init__(self, traceparent: str) -> None:
        caller = TRACEPARENT.fullmatch(traceparent)
        self.id, parent = caller.groups() if caller else (secrets.token_hex(16), "")
        self.root = Span(self.id, parent, "POST /answer", SERVER, {})
        self.spans = [self.root]

    @contextlib.contextmanager
    def call(self, model: str) -> Iterator[Span]:
        """The span of one call, until the block ends. An exception makes it a failed one."""
        about = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": model,
            "gen_ai.request.stream": True,
        }
        span = Span(self.id, self.root.id, f"chat {model}", CLIENT, about)
        self.spans.append(span)
        try:
            yield span
        except BaseException as error:
            span.fail(getattr(error, "kind", type(error).__name__))
            raise
        finally:
            span.end = time.time_ns()


class Exporter:
    def __init__(self, collector: str) -> None:
        self.url = f"{collector.rstrip('/')}/v1/traces"
        self.waiting: asyncio.Queue[Trace] = asyncio.Queue(MOST_WAITING)

    def send(self, trace: Trace) -> None:
        """Take a trace, at once and without fail."""
        trace.root.end = time.time_ns()
        with contextlib.suppress(asyncio.QueueFull):
            self.waiting.put_nowait(trace)

    async def run(self) -> None:
        """Send what has come in, until cancelled."""
        async with httpx.AsyncClient(timeout=EXPORT_SECONDS, trust_env=False) as http:
            while True:
                traces = [await self.waiting.get()]
                while not self.waiting.empty():
                    traces.append(self.waiting.get_nowait())
                with contextlib.suppress(httpx.HTTPError):
                    await http.post(self.url, json=as_request(traces))


def as_request(traces: list[Trace]) -> dict[str, Any]:
    spans = [span.as_body() for trace in traces for span in trace.spans]
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "answers"}}]}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": {"name": "answers"}, "spans": spans}]}]}


def as_value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    # Whole numbers are text in this format, because a number of JSON doesn't hold 64 bits.
    return {"intValue": str(value)} if isinstance(value, int) else {"stringValue": str(value)}
