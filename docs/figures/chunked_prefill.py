"""Chunked prefill: a long prompt is read in pieces, beside the answers of others.

The machine is the one of docs/topics/inference-metrics.md#prefill-and-decode: a step loads 16 GB of weights in 10 ms, and
each token in it takes 0.04 ms of arithmetic meanwhile. The longer of the two is the step's time. The source there is
the chapter on inference of "How to Scale Your Model". Caches that have to be read, and fixed costs, come on top.
"""

import json
from math import ceil

LOADING = 10.0  # ms of a step
ARITHMETIC = 0.04  # ms of a token
CHUNKS = (64, 128, 256, 512, 1_024, 2_048, 4_096, 8_192, 16_384)


def read(prompt: int, chunk: int, others: int) -> dict[str, float]:
    """Steps until a prompt is read, the longest of them and all together in ms; others get one token in each."""
    room = chunk - others  # A limit of tokens in a step counts the running answers, too.
    steps = ceil(prompt / room)
    times = [max(LOADING, ARITHMETIC * (others + min(room, prompt - number * room))) for number in range(steps)]
    return {"steps": steps, "pause": max(times), "first": sum(times)}


cases = []
for prompt, others in ((16_000, 20), (300, 1), (32_000, 40), (1_000, 7)):
    for chunk in CHUNKS[::2] if prompt > 300 else CHUNKS[1::2]:
        settings = {"chunk": chunk, "prompt": prompt, "others": others}
        cases.append({"settings": settings, "results": read(prompt, chunk, others)})
print(json.dumps({"results": cases}))
