"""Retry what waiting can fix, within a deadline, and stop at once otherwise."""

from collections.abc import Iterator

BASE, CAP, ATTEMPTS, DEADLINE = 0.5, 8.0, 3, 6.0  # the times are in seconds

# Each reply: status, error.code, Retry-After in seconds, time it took.
Reply = tuple[int, str, float, float]
CASES: dict[str, list[Reply]] = {
    "two short faults": [(503, "", 0, 0.2), (529, "", 0, 0.2), (200, "", 0, 1.4)],
    "rate limit": [(429, "rate_limit_exceeded", 2, 0.1), (200, "", 0, 1.4)],
    "long rate limit": [(429, "rate_limit_exceeded", 30, 0.1), (200, "", 0, 1.4)],
    "no credit": [(429, "credit_balance_exhausted", 0, 0.1), (200, "", 0, 1.4)],
    "prompt too long": [(400, "context_length_exceeded", 0, 0.1)],
    "slow and down": [(504, "", 0, 4.0), (504, "", 0, 4.0), (200, "", 0, 1.4)],
}


def shares(state: int) -> Iterator[float]:
    """Numbers from 0 to 1, the same on each run. In production, use random.random()."""
    while True:
        state = state * 48_271 % 2_147_483_647
        yield state / 2_147_483_647


RANDOM = shares(81)

# --8<-- [start:policy]
# Values of error.code for a limit on money or usage: add those of your provider.
SPENT = {"credit_balance_exhausted"}


def worth_a_retry(status: int, code: str) -> bool:
    """Whether the same request can succeed later without anyone's help."""
    if status == 429:
        return code not in SPENT
    return status in {408, 500, 502, 503, 504, 529}


def call(replies: Iterator[Reply]) -> str:
    spent = 0.0
    for attempt in range(ATTEMPTS):
        status, code, retry_after, took = next(replies)
        spent += took  # a real client also cuts the call off at the deadline
        if status == 200:
            return f"answered after {attempt + 1} calls, {spent:.1f} s"
        if not worth_a_retry(status, code):
            return f"fallback: {status} {code} is not worth a retry"
        if attempt == ATTEMPTS - 1:
            break
        # A random wait below a growing limit, and never less than Retry-After.
        wait = max(next(RANDOM) * min(CAP, BASE * 2**attempt), retry_after)
        if spent + wait >= DEADLINE:
            return f"fallback: a wait of {wait:.1f} s would miss the deadline"
        spent += wait
        if took >= DEADLINE - spent:
            return f"fallback: {DEADLINE - spent:.1f} s left, a call took {took:.1f} s"
    return f"fallback: {ATTEMPTS} calls failed"
# --8<-- [end:policy]


for name, replies in CASES.items():
    print(f"{name:18}{call(iter(replies))}")
