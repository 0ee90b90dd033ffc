"""Read a streamed answer by hand: whole, cut short, failed midway, and canceled."""

import json
from collections.abc import Iterable, Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

PIECES = ["Your ", "order ", "ships ", "on ", "Friday."]
# --8<-- [start:client]
def events(lines: Iterable[bytes]) -> Iterator[str]:
    """The data of each event. An empty line ends an event; a colon begins a comment."""
    data: list[str] = []
    for raw_line in lines:
        line = raw_line.decode().rstrip("\r\n")
        if line.startswith("data:"):
            data.append(line.removeprefix("data:").removeprefix(" "))
        elif line == "" and data:
            yield "\n".join(data)
            data = []


def read_answer(path: str, leave_after: int | None = None) -> str:
    text, usage, finish_reason = "", None, None
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    print(path)
    connection.request("GET", path)
    response = connection.getresponse()
    try:
        for count, data in enumerate(events(response), 1):
            print("  ", data)
            if data == "[DONE]":  # the closing event: only now is the answer whole
                return f"complete ({finish_reason}): {text!r}, usage {usage}"
            chunk: dict[str, Any] = json.loads(data)
            if "error" in chunk:
                return f"failed, {chunk['error']['code']}: throw {text!r} away"
            usage = chunk.get("usage") or usage
            for choice in chunk["choices"]:  # an empty list in the chunk with usage
                text += choice["delta"].get("content", "")
                finish_reason = choice.get("finish_reason") or finish_reason
            if count == leave_after:
                return f"canceled after {count} events"
        return f"failed, no closing event: throw {text!r} away"
    finally:
        response.close()  # this is what cancels the answer on the server
# --8<-- [end:client]


class ModelServer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)  # sent before anything can go wrong
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b": a comment, so that nobody takes the wait for a stall\n\n")
        if self.path == "/endless":
            return self.write_until_the_reader_leaves()
        for text in PIECES if self.path == "/whole" else PIECES[:2]:
            self.send({"choices": [{"delta": {"content": text}}]})
        if self.path == "/whole":
            self.send({"choices": [{"delta": {}, "finish_reason": "stop"}]})
            self.send({"choices": [], "usage": {"completion_tokens": 6}})
            self.wfile.write(b"data: [DONE]\n\n")
        elif self.path == "/overloaded":
            self.send({"error": {"code": "overloaded"}})
        elif self.path == "/cut":
            self.wfile.write(b'data: {"choices": [{"de')

    def write_until_the_reader_leaves(self) -> None:
        try:
            while True:
                self.send({"choices": [{"delta": {"content": "and "}}]})
                stopped.wait(0.01)  # a model needs time for each token
        except (BrokenPipeError, ConnectionResetError):
            stopped.set()

    def send(self, chunk: dict[str, Any]) -> None:
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())

    def log_message(self, *_: object) -> None: ...


stopped = Event()
server = ThreadingHTTPServer(("127.0.0.1", 0), ModelServer)
Thread(target=server.serve_forever, daemon=True).start()
for path in ("/whole", "/cut", "/overloaded", "/endless"):
    outcome = read_answer(path, leave_after=2 if path == "/endless" else None)
    print("  =>", outcome)
print("the server stopped writing:", stopped.wait(10))
