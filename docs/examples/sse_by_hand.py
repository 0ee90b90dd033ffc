"""Pass a model's stream on to a reader, and stop the model when the reader leaves."""

import json
import socket
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

FULL_ANSWER = 400  # tokens that the model would write
reader_left = Event()
model_done = Event()
written: list[str] = []  # what the model server wrote
still_referenced: list[HTTPResponse] = []  # as by a client library or a task


# --8<-- [start:service]
class YourService(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)  # sent before the first token: no later error fits here
        self.send_header("content-type", "text/event-stream")
        self.send_header("x-accel-buffering", "no")  # nginx: pass each event on at once
        self.end_headers()
        upstream = HTTPConnection("127.0.0.1", model_server.server_port, timeout=5)
        upstream.request("GET", "/answer")
        model_response = upstream.getresponse()
        still_referenced.append(model_response)
        try:
            for number, token in enumerate(model_response):
                if number == 3:
                    reader_left.wait(5)  # so that each run loses its reader here
                event = {"delta": token.decode().strip()}
                text = f"id: {number}\ndata: {json.dumps(event)}\n\n"
                self.wfile.write(text.encode())
        except (BrokenPipeError, ConnectionResetError):
            pass  # the reader has gone; nobody is left to tell
        finally:
            model_response.close()  # the cancel: without it, the model writes on
# --8<-- [end:service]

    def log_message(self, *_: object) -> None: ...


class ModelServer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            for number in range(FULL_ANSWER):
                self.wfile.write(f"word{number}\n".encode())
                written.append(f"word{number}")
                model_done.wait(0.005)  # a model needs time for each token
        except (BrokenPipeError, ConnectionResetError):
            pass
        model_done.set()

    def log_message(self, *_: object) -> None: ...


model_server = ThreadingHTTPServer(("127.0.0.1", 0), ModelServer)
your_service = ThreadingHTTPServer(("127.0.0.1", 0), YourService)
for server in (model_server, your_service):
    Thread(target=server.serve_forever, daemon=True).start()
with socket.create_connection(your_service.server_address) as reader:
    reader.sendall(b"GET /answer HTTP/1.1\r\nhost: example\r\n\r\n")
    received = b""
    while received.count(b"data:") < 3:
        received += reader.recv(1024)
print(received.decode().partition("\r\n\r\n")[2], end="")
reader_left.set()
model_done.wait(30)
print(f"tokens in the full answer: {FULL_ANSWER}")
print(f"the model stopped early: {len(written) < FULL_ANSWER}")
