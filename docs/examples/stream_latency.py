"""When did each token of a stream arrive? Time to first token, pace, worst pause."""

from itertools import pairwise

FIRST_TOKEN_LIMIT = 1.0  # seconds
PAUSE_LIMIT = 0.25  # seconds between two tokens


def steady(start: float, tokens: int, gap: float) -> list[float]:
    """Arrival times in seconds after the request was sent."""
    return [start + number * gap for number in range(tokens)]


streams = {
    "short answer": steady(0.2, 40, 0.02),
    "long answer": steady(0.2, 400, 0.02),
    "waited in the queue": steady(3.8, 40, 0.02),
    "stopped in the middle": steady(0.2, 100, 0.02) + steady(4.2, 100, 0.02),
}

on_time = 0
for name, arrivals in streams.items():
    first = arrivals[0]
    total = arrivals[-1]
    gaps = [later - earlier for earlier, later in pairwise(arrivals)]
    mean_gap = sum(gaps) / len(gaps)
    worst_gap = max(gaps)
    met = first <= FIRST_TOKEN_LIMIT and worst_gap <= PAUSE_LIMIT
    on_time += met
    print(
        f"{name:21} total {total:4.1f} s, first token {first:3.1f} s, "
        f"mean gap {mean_gap * 1000:2.0f} ms, worst {worst_gap * 1000:4.0f} ms, "
        f"{'met' if met else 'missed'}"
    )
print(f"requests that met both limits: {on_time} of {len(streams)}")
