"""See what a library sends: a server that logs each request and plays the provider."""

import json
import sys
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

QUESTION = "How long may a customer send goods back?"
PASSAGE = "Returned goods must arrive within 30 days of delivery."
TEXTS = ("messages", "tools", "response_format")  # what the model reads
MESSAGE = {"role": "assistant", "content": "30 days"}
seen: list[int] = []


def log_line(headers: Any, body: dict[str, Any], status: int) -> str:
    """One request in one line; the key stays out of it."""
    characters = sum(len(json.dumps(body[name])) for name in TEXTS if name in body)
    cap = body.get("max_completion_tokens", body.get("max_tokens", "-"))
    # OpenAI's clients say in a header how long they would wait.
    wait = headers.get("x-stainless-read-timeout", "?")
    return f"characters={characters} cap={cap} timeout={wait} {status}"


class Provider(BaseHTTPRequestHandler):
    """Says 429 to the first request, 200 to the others. A proxy would forward them."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        status = 200 if seen else 429
        seen.append(status)
        line = log_line(self.headers, body, status)
        print(f"  request {len(seen)}: {line}", flush=True)
        reply: dict[str, Any] = {"error": {"message": "slow down"}}
        if status == 200:
            usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
            choice = {"index": 0, "message": MESSAGE, "finish_reason": "stop"}
            reply = {"id": "1", "object": "chat.completion", "created": 0,
                     "model": body["model"], "choices": [choice], "usage": usage}
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(reply).encode())

    def log_message(self, *_: object) -> None: ...


def post(address: str, body: dict[str, Any]) -> int:
    """One request, and nothing beside it: the status is all that this caller needs."""
    url = f"{address}/v1/chat/completions"
    request = urllib.request.Request(url, json.dumps(body).encode())
    no_proxy = urllib.request.ProxyHandler({})  # whatever the environment says
    direct = urllib.request.build_opener(no_proxy)
    try:
        with direct.open(request, timeout=8) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code

# --8<-- [start:clients]
def plain(address: str) -> int:
    """Our own client: one call, with a cap, and the caller decides about the 429."""
    messages = [{"role": "user", "content": f"{PASSAGE}\n{QUESTION}"}]
    return post(address, {"model": "example", "messages": messages, "max_tokens": 60})


def helpful(address: str) -> int:
    """A library that means well: more instructions, no cap, silent retries."""
    system = {"role": "system", "content": "You are a careful assistant. " * 8}
    messages = [system, {"role": "user", "content": f"{PASSAGE}\n{QUESTION}"}]
    for _ in range(3):
        status = post(address, {"model": "example", "messages": messages})
        if status != 429:
            break
    return status
# --8<-- [end:clients]

port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
with HTTPServer(("127.0.0.1", port), Provider) as server:
    if port:  # for a library of yours: give it this base URL
        print(f"http://127.0.0.1:{port}/v1", flush=True)
        server.serve_forever()
    Thread(target=server.serve_forever, daemon=True).start()
    for client in (plain, helpful):
        seen.clear()
        print(client.__name__)
        print(f"  the caller sees {client(f'http://127.0.0.1:{server.server_port}')}")
    server.shutdown()
