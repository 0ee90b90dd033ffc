"""Fill a context window under a budget in tokens, and log what went in."""

import re

BUDGET = {"instructions": 900, "passages": 3_500, "state": 100, "conversation": 1_500}
CONTRACT = re.compile(r"\bC-\d{4}\b")
Message = dict[str, str]


def tokens(text: str) -> int:
    """An estimate: four characters a token is a rule of thumb for English prose."""
    return -(-len(text) // 4)


def text_of(size: int) -> str:
    return "word" * size  # filler of that many tokens


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
    newest = tokens(turns[-1]["content"])
    if newest > room:
        raise ValueError(f"a message of {newest} tokens, budget {room}")
    kept = []
    for turn in reversed(turns):
        room -= tokens(turn["content"])
        if room < 0:
            break
        kept.append(turn)
    return kept[::-1]


def recognized_state(turns: list[Message]) -> str:
    """What code has recognized so far: one short line, in whatever turn it was said."""
    state = ""
    for turn in turns:
        match = CONTRACT.search(turn["content"])
        if match and turn["role"] == "user":
            state += f"Contract: {match[0]}\n"
    return state


def request(turns: list[Message], ranked: list[str], state: str) -> list[Message]:
    """The messages of one call, and a log line of what went in."""
    if tokens(state) > BUDGET["state"]:
        raise ValueError(f"a state of {tokens(state)} tokens")
    rules = text_of(BUDGET["instructions"])
    passages = best_passages(ranked)
    kept = newest_turns(turns)
    system = "\n".join([rules, *passages, state])  # what never changes is first
    messages = [{"role": "system", "content": system}, *kept]
    found_tokens = sum(map(tokens, passages))
    turn_tokens = sum(tokens(turn["content"]) for turn in kept)
    contract = "sent" if CONTRACT.search(str(messages)) else "MISSING"
    log = f"passages={len(passages)}/{len(ranked)}:{found_tokens} state={tokens(state)}"
    print(log, f"turns={len(kept)}/{len(turns)}:{turn_tokens} contract={contract}")
    return messages


turns = []
for number in range(1, 31):
    role = "user" if number % 2 else "assistant"
    words = "My contract is C-2209. " if number == 3 else ""
    turns.append({"role": role, "content": words + text_of(115)})
ranked = [text_of(size) for size in (1_200, 900, 1_100, 700, 400)]

request(turns[:3], ranked, state="")
request(turns, ranked, state="")
request(turns, ranked, recognized_state(turns))
result = {"role": "tool", "content": text_of(6_000)}
try:
    request([*turns, result], ranked, recognized_state(turns))
except ValueError as refused:
    print("refused:", refused)
stored = {"r-1": result["content"]}  # in your database
short = {"role": "tool", "content": "r-1, its first lines: " + stored["r-1"][:400]}
request([*turns, short], ranked, recognized_state(turns))
