"""Refuse a model call before it is sent: does it fit, and what can it cost at most?"""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    context_window: int
    max_output: int
    price_in: float  # per million tokens, in your currency
    price_out: float
    budget: float  # for one call


# --8<-- [start:check]
def estimated_tokens(text: str) -> int:
    # Four characters a token is a common rule of thumb for English prose. Numbers, ids
    # and code take more tokens: divide by a ratio that you measured.
    return math.ceil(len(text) / 4)


def check(prompt: str, limits: Limits) -> str:
    tokens = estimated_tokens(prompt)
    if tokens + limits.max_output > limits.context_window:
        return f"refused: {tokens} + {limits.max_output} tokens do not fit"
    # The answer may stop early, but the budget must survive the longest one.
    worst = (tokens * limits.price_in + limits.max_output * limits.price_out) / 1e6
    if worst > limits.budget:
        return f"refused: may cost {worst:.4f}, budget {limits.budget:.4f}"
    return f"send: {tokens} tokens in, at most {worst:.4f}"
# --8<-- [end:check]


limits = Limits(8_000, 500, price_in=2.0, price_out=10.0, budget=0.015)
for length in (1_200, 24_000, 40_000):
    print(f"{length:>6} characters  {check('x' * length, limits)}")
