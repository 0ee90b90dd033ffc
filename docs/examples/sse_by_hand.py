"""Pass a model's stream on to a reader: comments, an end, errors, and a cancel."""

import asyncio
import json
from asyncio import StreamReader, StreamWriter

COMMENT_AFTER, MOST_COMMENTS = 0.5, 3  # seconds (in production 5 to 15), and in a row
LENGTHS = {"/answer": 2, "/lost": 1, "/busy": 0, "/long": 400}  # in tokens
written = dict.fromkeys(LENGTHS, 0)
ports, ended, comment_seen = {}, set(), asyncio.Event()

# --8<-- [start:service]
async def your_service(request: StreamReader, reader: StreamWriter) -> None:
    path = (await request.readline()).split()[1]
    model, to_model = await asyncio.open_connection("127.0.0.1", ports["model"])
    to_model.write(path + b"\n")
    try:
        if await model.readline() != b"OK\n":  # not too late for a status
            return reader.write(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
        reader.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
                     b"x-accel-buffering: no\r\n\r\n")  # nginx: pass events on at once
        await pass_on(model, reader)
    except ConnectionError:
        pass  # the reader has gone; nobody is left to tell
    finally:
        to_model.close()  # the cancel: without it, the model writes on
        reader.close()
# --8<-- [end:service]
# --8<-- [start:pass-on]
async def pass_on(model: StreamReader, reader: StreamWriter) -> None:
    number = comments = 0
    while True:
        try:
            line = await asyncio.wait_for(model.readline(), COMMENT_AFTER)
        except TimeoutError:
            line = None  # nothing came, and the model may still be at work
        except ConnectionError:
            line = b""
        if line is None and comments < MOST_COMMENTS:
            reader.write(b": still waiting for the model\n\n")
            comments += 1
        elif line is None:
            return send(reader, number, "failed", "the model is silent")
        elif line == b"END\n":
            return send(reader, number, "done", "")
        elif not line.endswith(b"\n"):  # the connection ended before the model's END
            return send(reader, number, "failed", "the model's stream broke off")
        else:
            send(reader, number, "token", line.decode().strip())
            number, comments = number + 1, 0
        await reader.drain()  # waits for a slow reader, fails if the reader has gone

def send(reader: StreamWriter, number: int, event: str, text: str) -> None:
    data = json.dumps({"text": text})
    reader.write(f"id: {number}\nevent: {event}\ndata: {data}\n\n".encode())
# --8<-- [end:pass-on]
async def model_server(request: StreamReader, service: StreamWriter) -> None:
    path = (await request.readline()).decode().strip()
    try:
        service.write(b"BUSY\n" if path == "/busy" else b"OK\n")
        for number in range(LENGTHS[path]):
            service.write(f"word{number}\n".encode())
            await service.drain()
            written[path] += 1
            await (comment_seen.wait() if path == "/answer" else asyncio.sleep(0.005))
        service.write(b"" if path == "/lost" else b"END\n")
    except ConnectionError:
        pass  # the cancel has arrived
    service.close()
    ended.add(path)

async def main() -> None:
    for name, serve in (("model", model_server), ("service", your_service)):
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        ports[name] = server.sockets[0].getsockname()[1]
    for path in LENGTHS:
        print(f"== {path} ==")
        answer, ask = await asyncio.open_connection("127.0.0.1", ports["service"])
        ask.write(f"GET {path} HTTP/1.1\r\n\r\n".encode())
        for _ in range(16 if path == "/long" else 99):
            line = (await answer.readline()).decode().strip()
            print(f"{line}\n" if line else "", end="")
            if line.startswith(":"):
                comment_seen.set()
        ask.close()
    while "/long" not in ended:
        await asyncio.sleep(0.01)
    print("the model stopped early:", written["/long"] < LENGTHS["/long"])

asyncio.run(main())
