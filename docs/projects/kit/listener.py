"""A caller who listens to a stream of server-sent events while it is written, and can leave in the middle."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from service import PATIENCE, Answer, Service


class Event(NamedTuple):
    """One event as the service sent it: its name, and its data as JSON, or as text where it is none."""

    name: str
    data: Any


class Listener:
    """One request, listened to in the background from the moment it is made.

    Attributes:
        status: 0 until the service has answered.
        events: the events so far, when the answer is a stream.
        ended: whether the answer is over, or the connection broke.
    """

    def __init__(self, service: Service, method: str, path: str, body: Any, headers: Mapping[str, str]) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.events: list[Event] = []
        self.ended = False
        self._text = ""
        self._changed = threading.Condition()
        self._connection = service.connection(PATIENCE)
        self._socket: socket.socket | None = None
        usual = {"connection": "close", "content-type": "application/json"}
        self._request = (method, service.path(path), json.dumps(body).encode(), usual | dict(headers))
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def answer(self) -> Answer:
        """What has come so far. A stream that broke says so at its end."""
        return Answer(self.status, self._text, self.headers)

    def wait(self, until: Callable[[Listener], bool], limit: float = PATIENCE) -> bool:
        """Wait until something holds of what has come so far, but no longer than the answer lasts."""
        with self._changed:
            self._changed.wait_for(lambda: until(self) or self.ended, limit)
            return until(self)

    def end(self, limit: float = PATIENCE) -> bool:
        """Wait for the end of the answer; False when it doesn't come."""
        return self.wait(lambda heard: heard.ended, limit)

    def leave(self) -> None:
        """Hang up, as a reader does who closes the page."""
        with self._changed:
            self._changed.wait_for(lambda: self._socket is not None or self.ended, PATIENCE)
        if self._socket:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
        self.end()

    def _listen(self) -> None:
        try:
            self._connection.connect()
            # The connection forgets its socket when the answer begins; leaving needs it.
            opened = self._connection.sock
            self._connection.request(*self._request)
            self._note(_socket=opened)
            response = self._connection.getresponse()
            headers = {name.lower(): value for name, value in response.getheaders()}
            self._note(status=response.status, headers=headers)
            if headers.get("content-type", "").startswith("text/event-stream"):
                self._read_events(response)
            else:
                self._note(_text=response.read().decode("utf-8", "replace"))
        except (OSError, http.client.HTTPException, ValueError) as error:
            self._note(_text=f"{self._text} (broke off: {type(error).__name__}: {error})".strip())
        finally:
            self._connection.close()
            self._note(ended=True)

    def _read_events(self, response: http.client.HTTPResponse) -> None:
        name, data = "", []
        while line := response.readline():
            text = line.decode("utf-8", "replace").rstrip("\r\n")
            field, _, value = text.partition(":")
            if field == "event":
                name = value.removeprefix(" ")
            elif field == "data":
                data.append(value.removeprefix(" "))
            events = self.events
            if not text and data:
                events, name, data = [*events, Event(name or "message", _as_json("\n".join(data)))], "", []
            self._note(events=events, _text=f"{self._text} {text}".strip())

    def _note(self, **values: Any) -> None:
        with self._changed:
            for name, value in values.items():
                setattr(self, name, value)
            self._changed.notify_all()


def _as_json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
