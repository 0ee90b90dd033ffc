"""Three shapes of reply: an answer, a tool call, a refusal, cut off, or an error?"""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


# --8<-- [start:kind]
FINISHED = {"stop", "completed", "end_turn", "tool_calls", "tool_use"}
CUT_OFF = {"length", "max_output_tokens", "max_tokens", "model_context_window_exceeded"}
REFUSED = {"content_filter", "refusal"}


@dataclass(frozen=True)
class Reply:
    text: str
    stopped: str  # the server's own word
    refused: bool
    wants_tool: bool

    @property
    def kind(self) -> str:
        if self.refused or self.stopped in REFUSED:
            return "refusal"
        if self.stopped in CUT_OFF:  # before the tool, because half a call isn't one
            return "cut off"
        if self.stopped not in FINISHED:
            return "error"  # a word that isn't listed above is no answer
        if self.wants_tool:
            return "tool call"
        return "answer" if self.text else "error"


def chat_completions(body: Json) -> Reply:
    choice = body["choices"][0]
    message = choice["message"]
    text = message.get("content") or ""
    refused = bool(message.get("refusal"))
    wants_tool = bool(message.get("tool_calls"))
    return Reply(text, choice["finish_reason"], refused, wants_tool)
# --8<-- [end:kind]


# --8<-- [start:responses]
def responses(body: Json) -> Reply:
    stopped = body["status"]
    if stopped == "incomplete":
        stopped = body["incomplete_details"]["reason"]
    items = body["output"]
    parts = [part for item in items for part in item.get("content") or []]
    text = "".join(part["text"] for part in parts if part["type"] == "output_text")
    refused = any(part["type"] == "refusal" for part in parts)
    wants_tool = any(item["type"] == "function_call" for item in items)
    return Reply(text, stopped, refused, wants_tool)
# --8<-- [end:responses]


# --8<-- [start:messages]
def messages(body: Json) -> Reply:
    blocks = body["content"]
    text = "".join(block["text"] for block in blocks if block["type"] == "text")
    wants_tool = any(block["type"] == "tool_use" for block in blocks)
    refused = False  # this shape has a stop reason for it
    return Reply(text, body["stop_reason"], refused, wants_tool)
# --8<-- [end:messages]


NO = "I can't help with that."
CALL = {"name": "refund", "arguments": '{"invoice": "INV-1'}  # cut off
PART = {"type": "refusal", "refusal": NO}
REPLIES: list[tuple[str, Json]] = [
    ("chat_completions", {"choices": [
        {"finish_reason": "stop", "message": {"content": None, "refusal": NO}}]}),
    ("responses", {"status": "completed",
        "output": [{"type": "message", "content": [PART]}]}),
    ("messages", {"stop_reason": "refusal", "content": []}),
    ("chat_completions", {"choices": [
        {"finish_reason": "length", "message": {"tool_calls": [{"function": CALL}]}}]}),
    ("responses", {"status": "incomplete",
        "incomplete_details": {"reason": "max_output_tokens"},
        "output": [{"type": "function_call", **CALL}]}),
    ("messages", {"stop_reason": "max_tokens",
        "content": [{"type": "tool_use", "name": "refund", "input": {}}]}),
]

if __name__ == "__main__":
    for shape, body in REPLIES:
        reply: Reply = globals()[shape](body)
        print(f"{shape:<17} {reply.kind:<8} the server says {reply.stopped}")
