"""Three balancers: the page's simulation, with dice that JavaScript can throw too."""

import json
from collections.abc import Sequence
from random import Random
from typing import Any

from goodput_by_hand import BALANCERS, LIMIT, arrivals, serve

STEPS = 600
PAUSED_FROM = 200


class Dice(Random):
    """Mulberry32, a generator of 32 bits that is short in both languages."""

    def __init__(self, seed: int) -> None:
        self.state = seed

    def random(self) -> float:
        self.state = (self.state + 0x6D2B79F5) & 0xFFFFFFFF
        mixed = (self.state ^ self.state >> 15) * (self.state | 1) & 0xFFFFFFFF
        mixed ^= mixed + ((mixed ^ mixed >> 7) * (mixed | 61) & 0xFFFFFFFF) & 0xFFFFFFFF
        return (mixed ^ mixed >> 14) / 2**32

    def choice(self, seq: Sequence[Any]) -> Any:
        return seq[int(self.random() * len(seq))]

    def randint(self, a: int, b: int) -> int:
        return a + int(self.random() * (b - a + 1))


def results(documents: int, rate: int, pause: int, seed: int) -> list[dict[str, Any]]:
    """For each balancer, who was late, and how many waited in each step: the sum and the peak of each replica."""
    found = []
    for name, load in BALANCERS.items():
        stream = arrivals(Dice(seed), STEPS, rate / 100, documents / 100)
        requests = stream.copy()
        queues: list[list[int]] = [[], [], [], []]
        waits: list[int] = []
        for replicas, new in serve(stream, load, STEPS, range(PAUSED_FROM, PAUSED_FROM + pause)):
            waits += new
            for queue, replica in zip(queues, replicas, strict=True):
                queue.append(sum(request.prompt > 0 for request in replica))
        waits += [STEPS - 1 - request.arrived for request in requests if request.prompt > 0]
        found.append(
            {
                "name": name,
                "requests": len(requests),
                "late": sum(wait > LIMIT for wait in waits),
                "longest": max(waits),
                "waited": [sum(queue) for queue in queues],
                "peaks": [max(queue) for queue in queues],
            }
        )
    return found


cases = []
for documents, rate, pause, seed in (
    (5, 80, 0, 12),
    (0, 80, 0, 12),
    (5, 80, 100, 12),
    (10, 100, 150, 99),
    (2, 40, 20, 1),
):
    settings = {"documents": documents, "rate": rate, "pause": pause, "seed": seed}
    cases.append({"settings": settings, "results": results(**settings)})
print(json.dumps({"results": cases}))
