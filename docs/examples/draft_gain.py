"""What a draft model gains, from acceptance, its own cost and the size of the batch."""

STEP = 10.0  # ms to read the weights once
TOKEN = 0.04  # ms of arithmetic for each token of a step
CACHE = 0.755  # ms to read the KV cache of one conversation of 8,192 tokens
DRAFTS = 4
DRAFT_COST = 0.5  # ms for each proposed token


def tokens_per_pass(acceptance: float) -> float:
    """The model's own token, and each draft whose predecessors were all accepted."""
    return sum(acceptance**position for position in range(DRAFTS + 1))


def pass_time(batch: int, tokens_each: int, cache: float) -> float:
    """The slower of reading (weights and caches) and arithmetic, in ms."""
    return max(STEP + batch * cache, batch * tokens_each * TOKEN)


for acceptance in (0.9, 0.7, 0.3):
    print(f"acceptance {acceptance}: {tokens_per_pass(acceptance):.2f} tokens a pass")

# Of the long conversations, 50 fit beside the weights; of short ones, many more.
cases = {"short chats": (0.0, (1, 50, 100, 200)), "8,192 tokens": (CACHE, (1, 50))}
for kind, (cache, batches) in cases.items():
    for batch in batches:
        plain = pass_time(batch, 1, cache)
        drafting = pass_time(batch, DRAFTS + 1, cache) + DRAFTS * DRAFT_COST
        speedup = plain / drafting
        likely = tokens_per_pass(0.7) * speedup
        unlikely = tokens_per_pass(0.3) * speedup
        gain = f"x {likely:.2f} at 0.7, x {unlikely:.2f} at 0.3"
        print(f"{kind:12} batch {batch:3}: speed {gain}")
