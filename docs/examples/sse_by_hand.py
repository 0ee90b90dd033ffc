"""Stream tokens as server-sent events, and stop writing when the reader leaves."""

import json
import socket
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Event, Thread

TOKENS = [f"word{n}" for n in range(400)]  # what the model would write in full
reader_left, done = Event(), Event()
written: list[str] = []


class Stream(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)  # sent before the first token: no later error fits here
        self.send_header("content-type", "text/event-stream")
        self.send_header("x-accel-buffering", "no")  # nginx: pass each event on at once
        self.end_headers()
        try:
            for number, token in enumerate(TOKENS):
                if number == 3:
                    reader_left.wait(5)
                written.append(token)
                event = f"id: {number}\ndata: {json.dumps({'delta': token})}\n\n"
                self.wfile.write(event.encode())
                done.wait(0.01)  # a model needs time for each token
        except (BrokenPipeError, ConnectionResetError):
            pass  # here a real service cancels its own request to the model
        done.set()

    def log_message(self, *_: object) -> None: ...


with HTTPServer(("127.0.0.1", 0), Stream) as server:
    Thread(target=server.serve_forever, daemon=True).start()
    with socket.create_connection(server.server_address) as client:
        client.sendall(b"GET /answer HTTP/1.1\r\nhost: example\r\n\r\n")
        seen = b""
        while seen.count(b"data:") < 3:
            seen += client.recv(1024)
    print(seen.split(b"\r\n\r\n", 1)[1].decode(), end="")
    reader_left.set()
    done.wait(10)
    print(f"tokens in full: {len(TOKENS)}; stopped early: {len(written) < 50}")
    server.shutdown()
