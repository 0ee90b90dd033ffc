"""One client for three shapes of API: a budget, a timeout, a log line, five results."""

from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError

import read_replies
from local_models import SmallModel
from read_replies import Json, Reply

MODEL = "example-model-2026-08-01"
SETTINGS = {"temperature": 0}  # the same text each time; {} where a model refuses it
PROMPT = "summary@1"  # the version of SYSTEM
SYSTEM = "Summarize the message in one sentence."
MESSAGE = "The parcel says delivered, but there is nothing here. I want my money back."
CACHED = ["cache_creation_input_tokens", "cache_read_input_tokens"]  # only in Messages
TOKENS_IN = ["prompt_tokens", "input_tokens", *CACHED]
TOKENS_OUT = ["completion_tokens", "output_tokens"]
Result = tuple[str, str]  # one of the five kinds, and the text that came with it
UNREADABLE = (LookupError, AttributeError, TypeError, ValueError)
model = SmallModel()


def chat_completions(text: str, cap: int) -> Json:
    turns = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": text}]
    return {"messages": turns, "max_completion_tokens": cap}


def responses(text: str, cap: int) -> Json:
    return {"instructions": SYSTEM, "input": text, "max_output_tokens": cap}


def messages(text: str, cap: int) -> Json:
    turns = [{"role": "user", "content": text}]
    return {"system": SYSTEM, "messages": turns, "max_tokens": cap}


# --8<-- [start:client]
@dataclass
class Client:
    path: str
    body: Callable[[str, int], Json]
    read: Callable[[Json], Reply]
    tokens_left: int = 8_000  # the budget of one tenant for a day, say
    timeout: float = 60

    def ask(self, text: str, cap: int) -> Result:
        most = len(SYSTEM + text) // 4 + cap  # an estimate for English prose
        if most > self.tokens_left:
            return self.log("error", "over budget")
        self.tokens_left -= most
        body = {"model": MODEL, **SETTINGS, **self.body(text, cap)}
        try:
            answer = model.post(self.path, body, self.timeout)
            reply, usage = self.read(answer), answer["usage"]
            tokens_in = sum(usage.get(field) or 0 for field in TOKENS_IN)
            tokens_out = sum(usage.get(field) or 0 for field in TOKENS_OUT)
            name = Path(answer["model"]).name  # without the small model's folder
        except HTTPError as error:
            self.tokens_left += most
            return self.log("error", f"status {error.code}")
        except (OSError, HTTPException, *UNREADABLE):
            return self.log("error", "no readable reply")  # it may be billed: no refund
        self.tokens_left += most - tokens_in - tokens_out
        kind = reply.kind
        if kind in ("answer", "tool call") and tokens_out >= cap:
            kind = "cut off"  # whatever the server says
        details = f" in={tokens_in} out={tokens_out} model={name}"
        return self.log(kind, reply.stopped, reply.text, details)

    def log(self, kind: str, why: str, text: str = "", more: str = "") -> Result:
        print(f"{kind:<9} {self.path:<20} why={why!r}{more} prompt={PROMPT}")
        return kind, text
# --8<-- [end:client]


chat = Client("/v1/chat/completions", chat_completions, read_replies.chat_completions)
for client in (
    chat,
    Client("/v1/responses", responses, read_replies.responses),
    Client("/v1/messages", messages, read_replies.messages),
):
    print("  " + client.ask(MESSAGE, cap=8)[1])
chat.ask(MESSAGE * 200, cap=8)  # longer than the window of the small model
chat.ask(MESSAGE * 500, cap=8)  # more than the budget has left
chat.timeout = 0.001  # seconds
chat.ask(MESSAGE, cap=8)
