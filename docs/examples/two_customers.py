"""Two customers ask for their own orders, and a cache finds questions by similarity."""

import json
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

from local_models import embed

ORDERS = {
    "ana": "Order 4411 arrives on Friday at 12 Elm Street.",
    "ben": "Order 4417 arrives on Monday at 9 Mill Lane.",
}
# --8<-- [start:reply]
THRESHOLD = 0.90
# The vector of each question, and its answer.
stored: list[tuple[Any, str]] = []


def reply(customer: str, question: str) -> tuple[str, str]:
    """A stored answer if a stored question is similar, and else a new one."""
    vector = embed([question])[0]
    for earlier, answer in stored:
        similarity = float(vector @ earlier)
        # Nobody compares the customer.
        if similarity >= THRESHOLD:
            return answer, f"hit {similarity:.2f}"
    # Here a model would read the order and put it into words.
    answer = ORDERS[customer]
    stored.append((vector, answer))
    return answer, "miss"


# --8<-- [end:reply]


class Service(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        answer, cache = reply(asked["customer"], asked["question"])
        self.send_response(200)
        self.send_header("x-cache", cache)
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *_: object) -> None: ...


with HTTPServer(("127.0.0.1", 0), Service) as server:
    Thread(target=server.serve_forever, daemon=True).start()
    for customer, order in (("ana", 4411), ("ben", 4417)):
        asked = {"customer": customer, "question": f"When will order {order} arrive?"}
        client = HTTPConnection("127.0.0.1", server.server_port)
        client.request("POST", "/ask", json.dumps(asked))
        response = client.getresponse()
        answer = response.read().decode()
        print(f"{customer} > {asked['question']}")
        print(f"{customer} < {response.status} {response.reason}")
        print(f"{customer} < cache: {response.headers['x-cache']}")
        print(f"{customer} < {answer}")
        print(f"{customer} = {'right' if answer == ORDERS[customer] else 'wrong'}")
    server.shutdown()
