"""Keeps the small text model loaded while labs are played: it starts when a service first asks for it, and once.

Services learn from LAB_SMALL_MODEL whom to ask. The model itself runs in a process of its own, because an instruction
that the processor lacks would end that process, and which ends with whoever started it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType


class Keeper:
    """Answers GET with the address of the small model, or with 503 and the reason why there is none.

    Attributes:
        trouble: that reason, once somebody has asked; empty otherwise.
    """

    def __init__(self) -> None:
        self.trouble = ""
        self._address = ""
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        keeper = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                address = keeper.address()
                self.send_response(200 if address else 503)
                self.end_headers()
                self.wfile.write((address or keeper.trouble).encode())

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    def __enter__(self) -> Keeper:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        os.environ["LAB_SMALL_MODEL"] = f"http://127.0.0.1:{self._server.server_address[1]}"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        del os.environ["LAB_SMALL_MODEL"]
        self._server.shutdown()
        self._server.server_close()
        if self._process:
            self._process.kill()
            self._process.communicate()

    def address(self) -> str:
        """Where the model listens. Starts it, unless it runs; empty when it can't."""
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._address = self._start()
            return self._address

    def _start(self) -> str:
        with tempfile.TemporaryFile("w+") as said:
            self._process = subprocess.Popen(
                [sys.executable, __file__],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True, start_new_session=True,
            )  # fmt: skip
            assert self._process.stdout
            address = self._process.stdout.readline().strip()
            if not address:
                code = self._process.wait()
                said.seek(0)
                lines = said.read().strip().splitlines()
                self.trouble = lines[-1] if code == 1 and lines else ended_with(code)
        return address


def ended_with(code: int) -> str:
    """What to do about a model whose process has ended by a signal."""
    # A signal's name on Unix, a number on Windows.
    how = signal.Signals(-code).name if code < 0 else hex(code & 0xFFFFFFFF)
    return (
        f"the text model's engine does not run on this machine; it ended with {how}: use another machine, "
        "or set LAB_BASE_URL to a server that speaks OpenAI's interface"
    )


def main() -> None:
    sys.path.append(str(Path(__file__).resolve().parents[2] / "examples"))
    from local_models import SmallModel

    model = SmallModel()
    print(model.address, flush=True)
    # Whoever started this holds the other end: when it is gone, however it went, this ends as well.
    sys.stdin.read()


if __name__ == "__main__":
    main()
