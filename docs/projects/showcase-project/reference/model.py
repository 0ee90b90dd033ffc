"""The model behind the agent, over OpenAI's interface: one call, no repetition, and what it cost."""

import os
from dataclasses import dataclass
from typing import Any

import httpx

#: Seconds for one answer. The run's own deadline would stand around it; this contract has none.
PATIENCE = 60


class ModelFailed(Exception):
    """No usable chat completion came back."""


@dataclass(frozen=True)
class Settings:
    """What differs between machines. Prices are in dollars for a million tokens."""

    port: int
    base_url: str
    key: str
    model: str
    max_output_tokens: int
    input_price: float
    output_price: float
    tools_url: str
    tools_key: str
    data_dir: str

    @classmethod
    def from_environment(cls) -> "Settings":
        env = os.environ
        return cls(
            int(env["PORT"]),
            env["LLM_BASE_URL"].rstrip("/"),
            env["LLM_API_KEY"],
            env["LLM_MODEL"],
            int(env["MAX_OUTPUT_TOKENS"]),
            float(env["INPUT_USD_PER_MILLION"]),
            float(env["OUTPUT_USD_PER_MILLION"]),
            env["TOOLS_URL"].rstrip("/"),
            env["TOOLS_KEY"],
            env["DATA_DIR"],
        )


@dataclass(frozen=True)
class Answer:
    """What the model said.

    Attributes:
        message: as it came, to be sent back with the next request.
        calls: id, tool and arguments of each tool call, in the model's order.
        tokens: input and output; None where the server did not say.
    """

    message: dict[str, Any]
    said: str | None
    calls: list[tuple[str, str, str]]
    tokens: tuple[int | None, int | None]


class Model:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.http = httpx.AsyncClient(
            headers={"authorization": f"Bearer {settings.key}"}, timeout=PATIENCE, trust_env=False
        )

    async def chat(self, messages: list[dict[str, Any]], tools: list[dict[str, Any]], cap: int) -> Answer:
        """One chat completion. Raises ModelFailed."""
        request = {
            "model": self.settings.model,
            "messages": messages,
            "tools": tools,
            "max_tokens": cap,
            "temperature": 0,
        }
        try:
            response = await self.http.post(self.settings.base_url + "/chat/completions", json=request)
        except httpx.HTTPError as error:
            raise ModelFailed(f"the connection to the model server failed: {type(error).__name__}") from None
        if response.status_code != 200:
            raise ModelFailed(f"the model server answered {response.status_code}")
        try:
            body = response.json()
            message = body["choices"][0]["message"]
            said = message.get("content")
            calls = [
                (call["id"], call["function"]["name"], call["function"]["arguments"])
                for call in message.get("tool_calls") or []
            ]
        except (ValueError, KeyError, IndexError, TypeError, AttributeError):
            raise ModelFailed("the model server's answer is no chat completion") from None
        if not calls and not said:
            raise ModelFailed("the model said nothing")
        return Answer(message, said, calls, counts(body.get("usage")))


def counts(usage: Any) -> tuple[int | None, int | None]:
    """Input and output tokens. None for both when one is missing or impossible, because then nobody knows the sum."""
    found = [usage.get(key) for key in ("prompt_tokens", "completion_tokens")] if isinstance(usage, dict) else []
    known = len(found) == 2 and all(type(count) is int and count >= 0 for count in found)
    return (found[0], found[1]) if known else (None, None)
