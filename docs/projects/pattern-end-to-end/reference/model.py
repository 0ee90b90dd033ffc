"""The model server behind the service, over OpenAI's interface: chat and embeddings. Nothing is repeated."""

import math
import os
from dataclasses import dataclass
from typing import Any

import httpx

#: Texts that one embedding request may carry.
BATCH = 256


class ModelFailed(Exception):
    """The model server gave no usable answer."""


@dataclass(frozen=True)
class Settings:
    """What differs between machines."""

    port: int
    base_url: str
    key: str
    model: str
    embedding_model: str
    data: str

    @classmethod
    def from_environment(cls) -> "Settings":
        env = os.environ
        return cls(
            int(env["PORT"]),
            env["LLM_BASE_URL"].rstrip("/"),
            env["LLM_API_KEY"],
            env["LLM_MODEL"],
            env["EMBEDDING_MODEL"],
            env["DATA_DIR"],
        )


class Model:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        # Proxies are not for a server on this machine.
        self.http = httpx.AsyncClient(headers={"authorization": f"Bearer {settings.key}"}, timeout=60, trust_env=False)

    async def chat(self, messages: list[dict[str, str]]) -> str:
        """What the model writes. Raises ModelFailed."""
        request = {"model": self.settings.model, "messages": messages, "temperature": 0}
        body = await self._post("/chat/completions", request)
        try:
            content = body["choices"][0]["message"]["content"]
        except (KeyError, IndexError, TypeError):
            raise ModelFailed("the model server's answer is no chat completion") from None
        if not isinstance(content, str):
            raise ModelFailed("the model wrote nothing")
        return content

    async def embed(self, texts: list[str]) -> list[list[float]]:
        """A vector of length one for each text. Raises ModelFailed."""
        vectors: list[list[float]] = []
        for start in range(0, len(texts), BATCH):
            batch = texts[start : start + BATCH]
            body = await self._post("/embeddings", {"model": self.settings.embedding_model, "input": batch})
            try:
                data = sorted(body["data"], key=lambda each: each["index"])
                vectors += [unit(each["embedding"]) for each in data]
            except (KeyError, TypeError):
                raise ModelFailed("the model server's answer holds no embeddings") from None
            if len(vectors) != start + len(batch):
                raise ModelFailed("the model server sent more or fewer vectors than texts")
        return vectors

    async def _post(self, path: str, request: dict[str, Any]) -> Any:
        try:
            answer = await self.http.post(self.settings.base_url + path, json=request)
            if answer.status_code != 200:
                raise ModelFailed(f"the model server answered {answer.status_code}")
            return answer.json()
        except httpx.HTTPError as error:
            raise ModelFailed(f"the connection to the model server failed: {type(error).__name__}") from None
        except ValueError:
            raise ModelFailed("the model server's answer is not JSON") from None


def unit(vector: list[float]) -> list[float]:
    """The vector scaled to length one, so that a dot product compares directions only."""
    length = math.hypot(*vector)
    return [number / length for number in vector]
