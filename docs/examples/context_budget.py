"""Fill a context window under a budget, and log what went in and what stayed out."""

import re

# Tokens for each part of the input.
BUDGET = {"instructions": 900, "passages": 3_500, "conversation": 1_500}
CONTRACT = re.compile(r"\bC-\d{4}\b")
Message = dict[str, str]


def tokens(text: str) -> int:
    """An estimate: four characters a token is a rule of thumb for English prose."""
    return -(-len(text) // 4)


def text_of(size: int) -> str:
    """Filler: a text of that many tokens."""
    return "word" * size


def best_passages(ranked: list[str]) -> list[str]:
    """From the best on, until the next one doesn't fit."""
    room = BUDGET["passages"]
    kept = []
    for passage in ranked:
        room -= tokens(passage)
        if room < 0:
            break
        kept.append(passage)
    return kept


def newest_turns(turns: list[Message]) -> list[Message]:
    """From the newest back, until the next one doesn't fit."""
    room = BUDGET["conversation"]
    if tokens(turns[-1]["content"]) > room:
        raise ValueError(f"{tokens(turns[-1]['content'])} tokens, budget {room}")
    kept = []
    for turn in reversed(turns):
        room -= tokens(turn["content"])
        if room < 0:
            break
        kept.append(turn)
    return kept[::-1]


def remember(turns: list[Message]) -> str:
    """What code has recognized so far: one short line, in whatever turn it was said."""
    lines = ""
    for turn in turns:
        match = CONTRACT.search(turn["content"])
        if match and turn["role"] == "user":
            lines += f"Contract: {match[0]}\n"
    return lines


def request(turns: list[Message], ranked: list[str], state: str) -> list[Message]:
    """The messages of one call, and a log line with the tokens of each part."""
    instructions = text_of(BUDGET["instructions"])
    passages = best_passages(ranked)
    kept = newest_turns(turns)
    system = "\n".join([instructions, state, *passages])  # what changes least is first
    messages = [{"role": "system", "content": system}, *kept]
    sent = "".join(message["content"] for message in messages)
    counts = {
        f"turns={len(kept)}/{len(turns)}": sum(tokens(it["content"]) for it in kept),
        f"passages={len(passages)}/{len(ranked)}": sum(map(tokens, passages)),
        "instructions": tokens(instructions),
        "state": tokens(state),
    }
    line = " ".join(f"{part}:{count}" for part, count in counts.items())
    print(line, "contract=" + ("sent" if CONTRACT.search(sent) else "MISSING"))
    return messages


turns = []
for number in range(1, 31):
    role = "user" if number % 2 else "assistant"
    words = "My contract is C-2209. " if number == 3 else ""
    turns.append({"role": role, "content": words + text_of(115)})
ranked = [text_of(size) for size in (1_200, 900, 1_100, 700, 400)]

request(turns[:3], ranked, state="")
request(turns, ranked, state="")
request(turns, ranked, remember(turns))
try:
    request([*turns, {"role": "tool", "content": text_of(6_000)}], ranked, "")
except ValueError as refused:
    print("refused: a tool result of", refused)
