"""A triage service, two versions of its few-shot prompt, eight labeled tickets."""
import json
from http import server
from itertools import permutations
from threading import Thread
from urllib.request import ProxyHandler, build_opener

from local_models import SmallModel

QUEUES = {"billing", "shipping", "account"}  # the contract; else it goes to a person
V1 = [("My card was charged twice", "billing"),
      ("The parcel has not arrived", "shipping"), ("I cannot log in", "account"),
      ("I need a refund for this payment", "billing"),
      ("The package was left with a neighbor", "shipping"),
      ("Reset my password please", "account")]
# The change in review: the same six examples, grouped by queue "for readability".
PROMPTS = {"triage@1": V1, "triage@2": sorted(V1, key=lambda example: example[1])}
for order in permutations(QUEUES):  # all the ways to group them
    PROMPTS["/".join(order)] = sorted(V1, key=lambda example: order.index(example[1]))
CASES = {"I forgot my password": "account", "Where is my package?": "shipping",
         "The invoice is too high": "billing", "Please delete my profile": "account",
         "The delivery is late": "shipping", "My payment was declined": "billing",
         "Change my email address": "account", "The parcel arrived damaged": "shipping"}
model = SmallModel()
class Triage(server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        v, ticket = json.loads(self.rfile.read(int(self.headers["content-length"])))
        shots = "".join(f"{text}: {queue}\n" for text, queue in PROMPTS[v])
        queue = model.complete(f"{shots}{ticket}:", max_tokens=1)
        self.send_response_only(200)
        self.end_headers()
        self.wfile.write(json.dumps(queue if queue in QUEUES else "human").encode())

with server.HTTPServer(("127.0.0.1", 0), Triage) as http:
    Thread(target=http.serve_forever, daemon=True).start()
    url, right = f"http://127.0.0.1:{http.server_port}", []
    ask = build_opener(ProxyHandler({})).open  # to this machine, never by a proxy
    for v in PROMPTS:
        got = [json.load(ask(url, json.dumps([v, t]).encode())) for t in CASES]
        wrong = [(t, q) for (t, want), q in zip(CASES.items(), got) if q != want]
        right.append(8 - len(wrong))
        if v.startswith("triage"):
            print(f"{v}: {right[-1]} of 8 right", *wrong, sep="\n  ")
    print("grouped in each of the six ways:", *sorted(right[2:]), "of 8 right")
    http.shutdown()
