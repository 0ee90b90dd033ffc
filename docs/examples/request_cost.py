"""What a question costs, hand-overs included: token counts and prices go in."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Prices:
    """Per million tokens, in your currency, from the provider's list of that day."""

    fresh_in: float
    cache_read: float
    cache_write: float  # the price of the lifetime that you ask for
    out: float


# --8<-- [start:counts]
@dataclass(frozen=True)
class Call:
    """Four counts of tokens. No token may be in two of them."""

    fresh_in: int
    cache_read: int
    cache_write: int
    out: int  # reasoning tokens included: they are charged as output


def from_chat_completions(usage: dict) -> Call:
    """OpenAI's prompt_tokens include what was read from the cache or written to it."""
    details = usage["prompt_tokens_details"]
    read, written = details["cached_tokens"], details.get("cache_write_tokens", 0)
    fresh = usage["prompt_tokens"] - read - written
    return Call(fresh, read, written, usage["completion_tokens"])


def from_messages(usage: dict) -> Call:
    """Anthropic's input_tokens include neither."""
    return Call(
        fresh_in=usage["input_tokens"],
        cache_read=usage["cache_read_input_tokens"],
        cache_write=usage["cache_creation_input_tokens"],
        out=usage["output_tokens"],
    )


def cost(call: Call, prices: Prices) -> float:
    total = call.fresh_in * prices.fresh_in
    total += call.cache_read * prices.cache_read
    total += call.cache_write * prices.cache_write
    total += call.out * prices.out
    return total / 1e6
# --8<-- [end:counts]


QUESTIONS = 1_000
HAND_OVER = 0.50  # what a person costs who takes over, per answer not accepted

prices = Prices(fresh_in=2.0, cache_read=0.5, cache_write=2.5, out=10.0)
openai_usage = {
    "prompt_tokens": 6_400,
    "completion_tokens": 300,
    "prompt_tokens_details": {"cached_tokens": 5_000, "cache_write_tokens": 400},
}
anthropic_usage = {
    "input_tokens": 1_000,
    "output_tokens": 300,
    "cache_read_input_tokens": 5_000,
    "cache_creation_input_tokens": 400,
}
print("== one call, reported in two ways ==")
print("Chat Completions", cost(from_chat_completions(openai_usage), prices))
print("Messages        ", cost(from_messages(anthropic_usage), prices))

print("== two prompts ==")
# --8<-- [start:prompts]
# A second, short call that corrects an answer after a check has failed.
repair = Call(fresh_in=400, cache_read=0, cache_write=0, out=60)
for name, answer, repairs, accepted in (
    ("15 passages", Call(5_000, 1_000, 0, 300), 40, 960),
    ("5 passages", Call(1_400, 1_000, 0, 300), 260, 780),
):
    model_bill = QUESTIONS * cost(answer, prices) + repairs * cost(repair, prices)
    whole_bill = model_bill + (QUESTIONS - accepted) * HAND_OVER
    calls = QUESTIONS + repairs
    print(name)
    print(f"  a call                           {model_bill / calls:.5f}")
    print(f"  an accepted answer               {model_bill / accepted:.5f}")
    print(f"  a question, hand-overs counted   {whole_bill / QUESTIONS:.5f}")
# --8<-- [end:prompts]
