"""Extract with a model, check against the text, repair once, else an honest 422."""

import json
import re
from contextlib import suppress
from http import client, server
from threading import Thread

from local_models import SmallModel

SHOTS = """Refund of KB-204, 18.00 euros. -> {"invoice": "KB-204", "amount": "18.00"}
We paid 7.25 euros twice on RE-77. -> {"invoice": "RE-77", "amount": "7.25"}\n"""
TEXTS = """Please refund INV-118 of 12.50 euros, thanks.
Invoice TT-600: you charged 1,250.00 euros.
My order never came. I want my money back.
I paid AB-31. Refund AB-32, 19.99 euros.
Order 5512-C: you took 9.90 euros by mistake."""
model, calls = SmallModel(), []

class Extract(server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["content-length"])).decode()
        found = [w for w in re.findall(r"[\w.,-]*\w", text) if re.search(r"\d", w)]
        status, kind, body = 422, "problem+json", '{"title": "No supported answer"}'
        # The budget is two calls. The second may only pick from the text, or say none.
        for rule in ({}, {"enum": [*found, "none"]}):
            fields = {key: {"type": "string", **rule} for key in ("invoice", "amount")}
            schema = {"type": "object", "properties": fields, "required": [*fields]}
            calls.append(model.complete(f"{SHOTS}{text} ->", 40, json_schema=schema))
            with suppress(ValueError):  # cut off at 40 tokens it does not parse
                if {*json.loads(calls[-1]).values()} <= {*found}:
                    status, kind, body = 200, "json", calls[-1]
                    break
        self.send_response_only(status)
        self.send_header("content-type", f"application/{kind}")
        self.end_headers()
        self.wfile.write(body.encode())

with server.HTTPServer(("127.0.0.1", 0), Extract) as http:
    Thread(target=http.serve_forever, daemon=True).start()
    for text in TEXTS.splitlines():
        (api := client.HTTPConnection(*http.server_address)).request("POST", "/", text)
        print((answer := api.getresponse()).status, answer.read().decode())
    print(f"{len(TEXTS.splitlines())} requests, {len(calls)} model calls")
    http.shutdown()
