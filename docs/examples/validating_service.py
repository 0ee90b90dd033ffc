"""Extract with a model, check against the text, repair once, else an honest 422."""

import json
import re
from http import client, server
from threading import Thread

from local_models import SmallModel

SHOTS = """Refund of KB-204, 18.00 euros. -> {"invoice": "KB-204", "amount": "18.00"}
We paid 7.25 euros twice on RE-77. -> {"invoice": "RE-77", "amount": "7.25"}
"""
TEXTS = """Please refund INV-118 of 12.50 euros, thanks.
Invoice TT-600: you charged 1,250.00 euros.
My order never came. I want my money back.
I paid AB-31. Refund AB-32, 19.99 euros.
Order 5512-C: you took 9.90 euros by mistake."""
model = SmallModel()
replies: list[str] = []


def ask(text: str, choices: list[str] | None) -> str:
    """One call of the model; with choices, both values must be one of them."""
    field: dict[str, object] = {"type": "string"}
    if choices:
        field["enum"] = choices
    properties = {"invoice": field, "amount": field}
    schema = {"type": "object", "properties": properties, "required": [*properties]}
    replies.append(model.complete(f"{SHOTS}{text} ->", 40, json_schema=schema))
    return replies[-1]


def supported(reply: str, found: list[str]) -> bool:
    """Whether both values are words of the text."""
    try:
        values = json.loads(reply).values()
    except ValueError:  # cut off at 40 tokens, so it doesn't parse
        return False
    return all(value in found for value in values)


def extract(text: str) -> str | None:
    words = re.findall(r"[\w.,-]*\w", text)
    found = [word for word in words if re.search(r"\d", word)]
    # Two calls are the budget. The second may only pick from the text, or say none.
    for choices in (None, [*found, "none"]):
        reply = ask(text, choices)
        if supported(reply, found):
            return reply
    return None


class Extract(server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["content-length"])).decode()
        answer = extract(text)
        status, kind = (200, "json") if answer else (422, "problem+json")
        self.send_response_only(status)
        self.send_header("content-type", f"application/{kind}")
        self.end_headers()
        self.wfile.write((answer or '{"title": "No supported answer"}').encode())


with server.HTTPServer(("127.0.0.1", 0), Extract) as http:
    Thread(target=http.serve_forever, daemon=True).start()
    for text in TEXTS.splitlines():
        connection = client.HTTPConnection(*http.server_address)
        connection.request("POST", "/", text)
        answer = connection.getresponse()
        print(answer.status, answer.read().decode())
    print(f"{len(TEXTS.splitlines())} requests, {len(replies)} model calls")
    http.shutdown()
