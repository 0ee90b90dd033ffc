"""One stream of requests, four replicas, three balancers; time in model steps."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

STEPS = 20_000
RATE = 0.8  # the chance that a request arrives in a step
TOKENS_PER_STEP = 512  # what one replica computes in a step
MEMORY = 60_000  # tokens of KV cache on one replica
ANSWER_CAP = 200  # all that is known of an answer's length in advance
LIMIT = 40  # steps within which the first token is in time


@dataclass
class Request:
    arrived: int
    prompt: int  # tokens still to read
    answer: int  # tokens still to write
    held: int  # tokens of memory, reserved from start to end


def arrivals(dice: Random, steps=STEPS, rate=RATE, documents=0.05) -> list[Request]:
    requests = []
    for step in range(steps):
        is_document = dice.random() < documents
        prompt = 16_000 if is_document else dice.choice((200, 400, 800))
        answer = dice.randint(20, ANSWER_CAP)
        requests.append(Request(step, prompt, answer, held=prompt + answer))
    return [request for request in requests if dice.random() < rate]


# --8<-- [start:replica]
def run_step(replica: list[Request], now: int) -> list[int]:
    """Serve the oldest first; return how long each new first token took."""
    waits = []
    tokens, memory = TOKENS_PER_STEP, MEMORY
    for request in replica:
        memory -= request.held
        if memory < 0 or tokens == 0:
            break  # it waits, and so do all behind it
        if request.prompt > 0:  # prefill, in chunks
            chunk = min(tokens, request.prompt)
            request.prompt -= chunk
            tokens -= chunk
            if request.prompt == 0:
                waits.append(now - request.arrived)
        else:  # decode, one token
            request.answer -= 1
            tokens -= 1
    replica[:] = [request for request in replica if request.answer > 0]
    return waits
# --8<-- [end:replica]


# --8<-- [start:balancers]
def outstanding_tokens(replica: list[Request]) -> int:
    return sum(request.prompt + ANSWER_CAP for request in replica)


BALANCERS = {
    "round robin": lambda replica: 0,  # all are equal, so they take turns
    "fewest requests": len,
    "fewest tokens": outstanding_tokens,
}
# --8<-- [end:balancers]


def serve(stream: list[Request], load: Callable, steps=STEPS, stopped=()) -> Iterator:
    """Yield replicas and new waits of each step; the second replica stops in some."""
    replicas: list[list[Request]] = [[], [], [], []]
    turns = replicas.copy()
    for now in range(steps):
        if stream and stream[0].arrived == now:
            turns.append(turns.pop(0))  # ties are taken in turn
            min(turns, key=load).append(stream.pop(0))
        waits = []
        for number, replica in enumerate(replicas):
            if number != 1 or now not in stopped:
                waits += run_step(replica, now)
        yield replicas, waits


if __name__ == "__main__":
    for name, load in BALANCERS.items():
        waits = [wait for _, new in serve(arrivals(Random(7)), load) for wait in new]
        p99 = sorted(waits)[len(waits) * 99 // 100]
        late = sum(wait > LIMIT for wait in waits) / len(waits)
        answered = f"answered {len(waits)}, late {late:5.1%}"
        print(f"{name:15} p99 TTFT {p99:3} steps, {answered}")
