"""Read a streamed answer by hand, and say what each of six endings is worth."""

import json
from collections.abc import Iterable, Iterator
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


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
    text, tokens, finish_reason = "", "unknown", None
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=2)
    connection.request("GET", path)
    response = connection.getresponse()  # an error up to here still has a status
    try:
        for count, data in enumerate(events(response), 1):
            print(data)
            if data == "[DONE]":  # all events came; the finish reason says the rest
                verdict = "whole" if finish_reason == "stop" else "not whole"
                return f"{verdict} ({finish_reason}): '{text}', {tokens} tokens"
            chunk = json.loads(data)
            if "error" in chunk:
                return f"failed, {chunk['error']['code']}: throw '{text}' away"
            tokens = (chunk.get("usage") or {}).get("completion_tokens", tokens)
            for choice in chunk.get("choices", []):  # empty in the chunk with usage
                text += choice["delta"].get("content") or ""  # missing or null
                finish_reason = choice.get("finish_reason") or finish_reason
            if count == leave_after:
                return f"canceled after {count} events"
        return f"failed, no closing event: throw '{text}' away"
    except (OSError, HTTPException):  # no byte within the timeout, or a broken line
        return f"failed, silent or broken off: throw '{text}' away"
    finally:
        response.close()  # on every way out: this is what cancels the answer
        connection.close()
# --8<-- [end:client]
def piece(text: str | None, **more: str) -> dict[str, object]:
    return {"choices": [{"delta": {"content": text}, **more}]}


BEGINNING = [piece("Your "), piece("order ")]
END = piece(None, finish_reason="stop")
ANSWERS = {
    "/whole": [*map(piece, ["Your ", "order ", "ships ", "on ", "Friday."]), END,
               {"choices": [], "usage": {"completion_tokens": 6}}],
    "/limit": [*BEGINNING, piece(None, finish_reason="length")],
    "/cut": BEGINNING, "/overloaded": [*BEGINNING, {"error": {"code": "overloaded"}}],
    "/silent": BEGINNING, "/endless": [piece("and ")] * 1_000_000}
DONE = b"data: [DONE]\n\n"
LAST = {"/whole": DONE, "/limit": DONE, "/cut": b'data: {"choices": [{"de'}
stopped = Event()
class ModelServer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)  # sent before anything can go wrong
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        try:
            self.wfile.write(b": a comment, so that the wait is no silence\n\n")
            for event in ANSWERS[self.path]:
                self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
                stopped.wait(0.01)  # a model needs time for each token
            self.wfile.write(LAST.get(self.path, b""))
            stopped.wait(60 if self.path == "/silent" else 0)
        except (BrokenPipeError, ConnectionResetError):
            stopped.set()

    def log_message(self, *_: object) -> None: ...

server = ThreadingHTTPServer(("127.0.0.1", 0), ModelServer)
Thread(target=server.serve_forever, daemon=True).start()
verdicts = {}
for path in ANSWERS:
    print(f"== {path} ==")
    verdicts[path] = read_answer(path, leave_after=2 if path == "/endless" else None)
print("== verdicts ==")
for path, verdict in verdicts.items():
    print(path, "=>", verdict)
print("the server stopped writing:", "yes" if stopped.wait(10) else "no")
