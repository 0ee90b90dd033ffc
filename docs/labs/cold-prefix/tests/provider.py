"""A model server that bills as providers do, and the shops, tools and conversations of a run, drawn from its seed.

The rules are those that OpenAI documents for its models before GPT-5.6 (cookbook "Prompt Caching 201", read 2026-11-27):
the beginning of a prompt is cached when it is exactly the same, from 1,024 tokens on, in steps of 128. A token is a
word's first eight characters, its next eight, or a sign, which is coarser than a real tokenizer and obeys the same rules.
"""

from __future__ import annotations

import json
import random
import re
import threading
from dataclasses import dataclass
from typing import Any

import plugin

BLOCK = 128
FEWEST = 1024

WORDS = [
    "answer", "ask", "before", "parcel", "refund", "customer", "order", "carrier", "week", "day", "euro", "state",
    "confirm", "note", "reason", "photo", "size", "color", "return", "never", "always", "only", "after", "until",
    "invoice", "address", "label", "desk", "team", "phone", "mail", "price", "card", "gift", "voucher", "store",
    "open", "closed", "first", "second", "third", "large", "small", "heavy", "broken", "missing", "late", "early",
    "wrong", "right", "other", "same", "left", "change", "cancel",
]  # fmt: skip


def tokens(text: str) -> list[str]:
    return re.findall(r"\w{1,8}|[^\w\s]", text)


def prompt_tokens(body: dict[str, Any]) -> list[str]:
    """The prompt as the model reads it: tools, then messages, as they were sent."""
    parts = [json.dumps(body.get("tools", []))]
    parts += [f"<{message['role']}> {message['content']}" for message in body["messages"]]
    return [token for part in parts for token in tokens(part)]


@dataclass(frozen=True)
class Call:
    """A request as the provider's log has it."""

    body: dict[str, Any]
    prompt: int
    cached: int
    answer: str

    @property
    def paid(self) -> float:
        """The price of the input, in input tokens: a cached one costs a tenth."""
        return self.prompt - 0.9 * self.cached

    @property
    def text(self) -> str:
        return "\n".join(message["content"] for message in self.body["messages"])


class Provider:
    """Answers each request with a number, and keeps what it has read."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.known: set[int] = set()
        self.lock = threading.Lock()
        provider = self

        class Handler(plugin.JsonHandler):
            def do_POST(self) -> None:
                call = provider.read(self.body())
                usage = {
                    "prompt_tokens": call.prompt,
                    "prompt_tokens_details": {"cached_tokens": call.cached},
                    "completion_tokens": 8,
                }
                choice = {"message": {"role": "assistant", "content": call.answer}, "finish_reason": "stop"}
                self.send_json(200, {"model": "played", "choices": [choice], "usage": usage})

        self.server, self.address = plugin.listening(Handler)

    def read(self, body: dict[str, Any]) -> Call:
        prompt = prompt_tokens(body)
        with self.lock:
            cached, known, so_far = 0, True, 0
            for end in range(BLOCK, len(prompt) + 1, BLOCK):
                # A block is known with everything before it, or not at all.
                so_far = hash((so_far, *prompt[end - BLOCK : end]))
                known = known and so_far in self.known
                cached = end if known else cached
                self.known.add(so_far)
            answer = f"Answer {random.SystemRandom().getrandbits(60)}"
            call = Call(body, len(prompt), cached if cached >= FEWEST else 0, answer)
            self.calls.append(call)
            return call


def prose(rng: random.Random, words: int) -> str:
    """Sentences that nobody has seen before, of about so many words."""
    found = []
    while words > 0:
        length = rng.randint(6, 14)
        found.append(" ".join(rng.choices(WORDS, k=length)).capitalize() + f" {rng.randrange(1000)}.")
        words -= length + 1
    return " ".join(found)


def tool(rng: random.Random, name: str) -> dict[str, Any]:
    """A function for the model. The order of an enum is its meaning: from the mildest to the strongest."""
    levels = rng.sample(WORDS, rng.randint(3, 6))
    properties = {
        word: {"type": rng.choice(["string", "integer"]), "description": prose(rng, rng.randint(6, 14))}
        for word in rng.sample(WORDS, rng.randint(1, 3))
    }
    properties["level"] = {"type": "string", "enum": levels, "description": "from the mildest to the strongest"}
    parameters = {"type": "object", "properties": properties, "required": rng.sample([*properties], len(properties))}
    return {
        "type": "function",
        "function": {"name": name, "description": prose(rng, rng.randint(8, 20)), "parameters": parameters},
    }


def assistant(rng: random.Random, tools: int, words: int) -> dict[str, Any]:
    names = [f"{first}_{second}" for first in WORDS[:20] for second in WORDS[20:40]]
    return {
        "instructions": prose(rng, words),
        "tools": [tool(rng, name) for name in rng.sample(names, tools)],
    }


def shuffled(rng: random.Random, value: Any, top: bool = True) -> Any:
    """The same tools in another order, and the same objects with their names in another order."""
    if isinstance(value, dict):
        return {name: shuffled(rng, value[name], False) for name in rng.sample([*value], len(value))}
    if isinstance(value, list):
        again = [shuffled(rng, entry, False) for entry in value]
        return rng.sample(again, len(again)) if top else again
    return value


def name(rng: random.Random) -> str:
    """A name that occurs nowhere else."""
    return "".join(rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(4)).capitalize()


def clock(rng: random.Random) -> str:
    return (
        f"2026-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}T{rng.randrange(24):02}:{rng.randrange(60):02}:"
        f"{rng.randrange(60):02}+{rng.randrange(13):02}:00"
    )
