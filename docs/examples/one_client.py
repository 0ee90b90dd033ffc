"""One client for three shapes of API: whatever comes back is one of five results."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.error import HTTPError

from local_models import SmallModel

MODEL = "example-model-2026-08-01"
SYSTEM = "Summarize the message in one sentence."
MESSAGE = "The parcel says delivered, but there is nothing here. I want my money back."
#: How the three shapes say why they stopped. A word that isn't here is no answer.
KINDS = {
    "stop": "answer",
    "completed": "answer",
    "end_turn": "answer",
    "length": "cut off",
    "max_output_tokens": "cut off",
    "max_tokens": "cut off",
    "tool_calls": "tool call",
    "tool_use": "tool call",
    "content_filter": "refusal",
    "refusal": "refusal",
}


@dataclass(frozen=True)
class Reply:
    text: str
    stopped: str
    tokens_out: int


def chat_completions(text: str, cap: int) -> Reply:
    system = {"role": "system", "content": SYSTEM}
    user = {"role": "user", "content": text}
    body = {"model": MODEL, "messages": [system, user], "max_completion_tokens": cap}
    reply = model.post("/v1/chat/completions", body)
    choice = reply["choices"][0]
    content = choice["message"]["content"]
    return Reply(content, choice["finish_reason"], reply["usage"]["completion_tokens"])


def responses(text: str, cap: int) -> Reply:
    body = {"model": MODEL, "input": text, "max_output_tokens": cap}
    body["instructions"] = SYSTEM
    reply = model.post("/v1/responses", body)
    stopped = reply["status"]
    if stopped == "incomplete":
        stopped = reply["incomplete_details"]["reason"]
    if any(item["type"] == "function_call" for item in reply["output"]):
        stopped = "tool_calls"
    parts = [part for item in reply["output"] for part in item.get("content", [])]
    content = "".join(part.get("text", "") for part in parts)
    return Reply(content, stopped, reply["usage"]["output_tokens"])


def messages(text: str, cap: int) -> Reply:
    user = {"role": "user", "content": text}
    body = {"model": MODEL, "system": SYSTEM, "messages": [user], "max_tokens": cap}
    reply = model.post("/v1/messages", body)
    content = "".join(block.get("text", "") for block in reply["content"])
    return Reply(content, reply["stop_reason"], reply["usage"]["output_tokens"])


def ask(shape: Callable[[str, int], Reply], text: str, cap: int) -> str:
    try:
        reply = shape(text, cap)
    except HTTPError as error:
        return f"error       status {error.code}"
    kind = KINDS.get(reply.stopped, "error")
    if kind == "answer" and reply.tokens_out >= cap:
        kind = "cut off"  # whatever the server says
    return f"{kind:<10}  {reply.tokens_out} tokens, the server says {reply.stopped}"


model = SmallModel()
for shape in (chat_completions, responses, messages):
    print(f"{shape.__name__:<17} {ask(shape, MESSAGE, cap=8)}")
print(f"{'a longer message':<17} {ask(chat_completions, MESSAGE * 200, cap=8)}")
