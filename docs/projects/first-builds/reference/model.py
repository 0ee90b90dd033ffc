"""The model behind the service, over OpenAI's interface: one call at a time, no repetition, every token counted."""

import os
from dataclasses import dataclass, field
from typing import Any

import httpx


class ModelFailed(Exception):
    """No chat completion came back."""


class ModelRefused(Exception):
    """The model does not want to answer."""


class ModelBusy(Exception):
    """The server wants a pause, in the words of its Retry-After; None when it doesn't say how long."""

    def __init__(self, pause: str | None) -> None:
        super().__init__("the model server asks for a pause")
        self.pause = pause


@dataclass(frozen=True)
class Settings:
    """What differs between machines. Prices are in dollars for a million tokens, the deadline is in seconds."""

    port: int
    base_url: str
    key: str
    model: str
    embedding_model: str
    deadline: float
    max_output_tokens: int
    input_price: float
    output_price: float

    @classmethod
    def from_environment(cls) -> "Settings":
        env = os.environ
        return cls(
            int(env["PORT"]),
            env["LLM_BASE_URL"].rstrip("/"),
            env["LLM_API_KEY"],
            env["LLM_MODEL"],
            env["EMBEDDING_MODEL"],
            float(env["DEADLINE_SECONDS"]),
            int(env["MAX_OUTPUT_TOKENS"]),
            float(env["INPUT_USD_PER_MILLION"]),
            float(env["OUTPUT_USD_PER_MILLION"]),
        )


@dataclass
class Usage:
    """What the model server said about each call of one request; None until it has said it."""

    reports: list[Any] = field(default_factory=list)

    def as_body(self, settings: Settings) -> dict[str, Any]:
        """The sums; null when one count is missing or impossible, because then nobody knows them."""
        counts = [
            report.get(key) if isinstance(report, dict) else None
            for report in self.reports
            for key in ("prompt_tokens", "completion_tokens")
        ]
        read, written, cost = None, None, None
        if all(type(count) is int and count >= 0 for count in counts):
            read, written = sum(counts[0::2]), sum(counts[1::2])
            cost = (read * settings.input_price + written * settings.output_price) / 1_000_000
        return {"calls": len(self.reports), "input_tokens": read, "output_tokens": written, "cost_usd": cost}


@dataclass(frozen=True)
class Answer:
    content: str | None
    finish: str
    model: str


class Model:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        # The deadline of the request bounds each call. Proxies are not for a server on this machine.
        self.http = httpx.AsyncClient(
            headers={"authorization": f"Bearer {settings.key}"}, timeout=None, trust_env=False
        )

    async def chat(self, messages: list[dict[str, Any]], usage: Usage) -> Answer:
        """One chat completion. Raises ModelBusy, ModelFailed or ModelRefused."""
        usage.reports.append(None)
        request = {
            "model": self.settings.model,
            "messages": messages,
            "max_tokens": self.settings.max_output_tokens,
            "temperature": 0,
        }
        body = await self._post("/chat/completions", request)
        try:
            choice, message = body["choices"][0], body["choices"][0]["message"]
            answer = Answer(message.get("content"), choice.get("finish_reason") or "", body["model"])
            refusal = message.get("refusal")
        except (KeyError, IndexError, TypeError, AttributeError):
            raise ModelFailed("the model server's answer is no chat completion") from None
        usage.reports[-1] = body.get("usage")
        if refusal:
            raise ModelRefused(f"the model refused: {refusal}")
        return answer

    async def embed(self, texts: list[str]) -> list[list[float]]:
        """A vector for each text. Raises ModelBusy or ModelFailed."""
        if not texts:
            return []
        body = await self._post("/embeddings", {"model": self.settings.embedding_model, "input": texts})
        try:
            return [each["embedding"] for each in sorted(body["data"], key=lambda each: each["index"])]
        except (KeyError, TypeError):
            raise ModelFailed("the model server's answer holds no embeddings") from None

    async def _post(self, path: str, request: dict[str, Any]) -> Any:
        try:
            answer = await self.http.post(self.settings.base_url + path, json=request)
            if answer.status_code == 429:
                raise ModelBusy(answer.headers.get("retry-after"))
            if answer.status_code != 200:
                raise ModelFailed(f"the model server answered {answer.status_code}")
            return answer.json()
        except httpx.HTTPError as error:
            raise ModelFailed(f"the connection to the model server failed: {type(error).__name__}") from None
        except ValueError:
            raise ModelFailed("the model server's answer is not JSON") from None
