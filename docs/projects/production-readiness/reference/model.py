"""The models behind the service: one streamed call, and what to do when it fails."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from settings import Endpoint, Settings
from store import Release
from traces import Span, Trace

#: Nothing was answered, so nothing is billed. Everything else may have cost money.
WORTH_ANOTHER_CALL = (429, 500, 502, 503, 504)
#: Answers of the primary model that give one retry back.
ANSWERS_FOR_A_RETRY = 5
DONE = "[DONE]"


class Failed(Exception):
    """A call without a whole answer.

    Attributes:
        kind: in a word, for the trace.
        status: other than 200, or 0 when it isn't known.
        pause: seconds that the server asked for.
    """

    def __init__(self, problem: str, kind: str, status: int = 0, pause: float = 0) -> None:
        super().__init__(problem)
        self.kind, self.status, self.pause = kind, status, pause


@dataclass
class Call:
    """What one call has cost, in tokens; None as long as nobody knows."""

    input_tokens: int | None = None
    output_tokens: int | None = None


@dataclass
class Usage:
    """What all calls of one request have cost."""

    calls: list[Call] = field(default_factory=list)

    def sum(self, name: str) -> int | None:
        counts = [getattr(call, name) for call in self.calls]
        return None if None in counts else sum(counts)

    @property
    def tokens(self) -> int | None:
        read, written = self.sum("input_tokens"), self.sum("output_tokens")
        return None if read is None or written is None else read + written

    def as_body(self) -> dict[str, Any]:
        sums = {name: self.sum(name) for name in ("input_tokens", "output_tokens")}
        return {"calls": len(self.calls), **sums}


class Retries:
    """Retries that the whole service may make, so that an outage isn't answered with twice the load."""

    def __init__(self, most: int) -> None:
        self.most = self.left = most
        self.answers = 0

    def take(self) -> bool:
        if not self.left:
            return False
        self.left -= 1
        return True

    def answered(self) -> None:
        self.answers += 1
        if self.answers % ANSWERS_FOR_A_RETRY == 0:
            self.left = min(self.left + 1, self.most)


class Asker:
    """One question to the primary model, once more where that's worth it, and then to the fallback."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.retries = Retries(settings.retry_budget)
        # The stall bounds each call. Proxies are not for a server on this machine.
        self.http = httpx.AsyncClient(timeout=None, trust_env=False)

    async def ask(self, question: str, release: Release, usage: Usage, trace: Trace, say: Callable[[str], None]) -> str:
        """Hand each piece of text to `say`; gives the name of the model that answered. Raises Failed."""
        said: list[str] = []

        def heard(text: str) -> None:
            said.append(text)
            say(text)

        async def asked(endpoint: Endpoint, model: str) -> str:
            messages = [{"role": "system", "content": release.prompt}, {"role": "user", "content": question}]
            call = Call()
            usage.calls.append(call)
            with trace.call(model) as span:
                await self.stream(endpoint, model, messages, call, span, heard)
            return model

        primary, fallback = self.settings.primary, self.settings.fallback
        try:
            try:
                answered_by = await asked(primary, release.model)
            except Failed as failed:
                if said or not self.worth_another(failed):
                    raise
                # A little chance, so that many callers don't come back in the same moment.
                await asyncio.sleep(failed.pause + random.uniform(0, 0.1))
                answered_by = await asked(primary, release.model)
        except Failed:
            # The caller has read the beginning of another answer, so a second model can't go on with it.
            if said:
                raise
            return await asked(fallback, fallback.model)
        self.retries.answered()
        return answered_by

    def worth_another(self, failed: Failed) -> bool:
        soon = failed.pause <= self.settings.max_pause
        return failed.status in WORTH_ANOTHER_CALL and soon and self.retries.take()

    async def stream(
        self,
        endpoint: Endpoint,
        model: str,
        messages: list[dict[str, str]],
        call: Call,
        span: Span,
        heard: Callable[[str], None],
    ) -> None:
        """One call. Raises Failed when the stream isn't whole, or comes from another model."""
        request = {
            "model": model,
            "messages": messages,
            "max_tokens": self.settings.max_output_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        url, headers = f"{endpoint.base_url}/chat/completions", {"authorization": f"Bearer {endpoint.key}"}
        texts = 0
        try:
            async with (
                asyncio.timeout(self.settings.stall) as limit,
                self.http.stream("POST", url, json=request, headers=headers) as response,
            ):
                if response.status_code != 200:
                    call.input_tokens = call.output_tokens = 0
                    raise refused(response)
                async for chunk in chunks_of(response):
                    if chunk.get("model") != model:
                        raise Failed(f"{chunk.get('model')} answered, and {model} was asked", "wrong_model")
                    span.attributes["gen_ai.response.model"] = model
                    count(chunk.get("usage"), call, span)
                    if text := text_of(chunk):
                        texts += 1
                        # Only text is progress. Comments and empty chunks aren't.
                        limit.reschedule(asyncio.get_running_loop().time() + self.settings.stall)
                        heard(text)
        except TimeoutError:
            raise Failed(f"no text within {self.settings.stall:g} s", "timeout") from None
        except httpx.ConnectError:
            # The model has never heard of this call. When a connection breaks later, nobody knows what it has done.
            call.input_tokens = call.output_tokens = 0
            raise Failed("there is no connection", "ConnectError") from None
        except httpx.HTTPError as error:
            raise Failed(f"the connection failed: {type(error).__name__}", type(error).__name__) from None
        if not texts:
            raise Failed("the answer has no text", "empty")


def refused(response: httpx.Response) -> Failed:
    pause = response.headers.get("retry-after", "0")
    # A date is a pause too long to wait for here.
    seconds = float(pause) if pause.isdecimal() else float("inf")
    status = response.status_code
    return Failed(f"the model server answered {status}", str(status), status, seconds)


async def chunks_of(response: httpx.Response) -> AsyncIterator[dict[str, Any]]:
    """The chunks of a stream, up to its last event. Raises Failed when that doesn't come, or a chunk is none."""
    async for line in response.aiter_lines():
        if not line.startswith("data:"):
            continue
        data = line.removeprefix("data:").strip()
        if data == DONE:
            return
        try:
            chunk = json.loads(data)
        except ValueError:
            chunk = None
        if not isinstance(chunk, dict) or not isinstance(chunk.get("choices"), list):
            raise Failed("the stream holds something else than chunks", "bad_chunk")
        yield chunk
    raise Failed("the stream ended in the middle", "cut")


def text_of(chunk: dict[str, Any]) -> str:
    try:
        return str(chunk["choices"][0]["delta"].get("content") or "")
    except (IndexError, KeyError, TypeError, AttributeError):
        return ""


def count(reported: Any, call: Call, span: Span) -> None:
    """Note the tokens that a chunk reports. What is no count is no report."""
    if not isinstance(reported, dict):
        return
    counts = [reported.get(name) for name in ("prompt_tokens", "completion_tokens")]
    if all(type(count) is int and count >= 0 for count in counts):
        call.input_tokens, call.output_tokens = counts
        span.attributes |= {"gen_ai.usage.input_tokens": counts[0], "gen_ai.usage.output_tokens": counts[1]}
