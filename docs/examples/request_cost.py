"""The cost of an accepted answer: token counts and prices go in."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Prices:
    """Per million tokens, in your currency, from the provider's list of that day."""

    fresh_in: float
    cached_in: float
    out: float


@dataclass(frozen=True)
class Call:
    tokens_in: int
    tokens_cached: int  # the part of tokens_in that was read from the prompt cache
    tokens_out: int  # reasoning tokens included: they are charged as output


def cost(call: Call, prices: Prices) -> float:
    fresh = call.tokens_in - call.tokens_cached
    total = fresh * prices.fresh_in + call.tokens_cached * prices.cached_in
    return (total + call.tokens_out * prices.out) / 1e6


QUESTIONS = 1_000
HAND_OVER = 0.50  # what a person costs who takes over, per answer not accepted

prices = Prices(fresh_in=2.0, cached_in=0.5, out=10.0)
# A second, short call that corrects an answer after a check has failed.
repair = Call(tokens_in=400, tokens_cached=0, tokens_out=60)
for name, answer, repairs, accepted in (
    ("15 passages", Call(6_000, 1_000, 300), 40, 960),
    ("5 passages", Call(2_400, 1_000, 300), 260, 780),
):
    model_bill = QUESTIONS * cost(answer, prices) + repairs * cost(repair, prices)
    whole_bill = model_bill + (QUESTIONS - accepted) * HAND_OVER
    calls = QUESTIONS + repairs
    print(name)
    print(f"  a call                           {model_bill / calls:.5f}")
    print(f"  an accepted answer               {model_bill / accepted:.5f}")
    print(f"  a question, hand-overs counted   {whole_bill / QUESTIONS:.5f}")
