"""Next token: probabilities of the small text model for the next piece of three texts, and what twenty draws give.

The model gives every token of its list a probability, in one answer to /completion. The eight likeliest are kept by
name. The rest are kept together: the logarithm of the sum of their weights, once for each temperature.

Temperature first, then top-p: Hugging Face's Transformers and vLLM do it in this order, llama.cpp in the other one.
"""

import json
import math

from local_models import SmallModel

TEXTS = {
    "australia": ("The capital of Australia is the city of", "Canberra"),
    "week": ("Monday, Tuesday, Wednesday,", "Thursday"),
    "parcel": ("The parcel is", None),
}
SHOWN = 8
#: In tenths: 0.1 to 2. At zero nothing is drawn.
TEMPERATURES = range(1, 21)
DRAWS = 20


def capture(model: SmallModel, prompt: str, right: str | None) -> dict:
    """The likeliest tokens with the logarithms of their probabilities, and the weight of all others by temperature."""
    request = {"prompt": prompt, "n_predict": 1, "temperature": 1, "seed": 1, "n_probs": 300_000, "cache_prompt": False}
    reply = model.post("/completion", request, timeout=600)
    found = reply["completion_probabilities"][0]["top_logprobs"]
    found.sort(key=lambda token: -token["logprob"])
    others = [token["logprob"] for token in found[SHOWN:]]
    return {
        "prompt": prompt,
        "right": right,
        "tokens": [[token["token"], round(token["logprob"], 2)] for token in found[:SHOWN]],
        "others": len(others),
        "rest": [round(math.log(math.fsum(math.exp(p * 10 / t) for p in others)), 2) for t in TEMPERATURES],
    }


def shares(text: dict, temperature: float, top_p: float) -> list[float]:
    """How likely each shown token is, and last all others together; what top-p drops has 0."""
    tokens = text["tokens"]
    if temperature == 0:
        return [1.0] + [0.0] * len(tokens)
    weights = [math.exp(p / temperature) for _, p in tokens] + [math.exp(text["rest"][round(temperature * 10) - 1])]
    kept = []
    before = 0.0
    for index, weight in enumerate(weights):
        share = weight / sum(weights)
        left = 0.0 if before >= top_p else share
        # Of the others, only as many as are needed: each of them is rare.
        kept.append(min(left, top_p - before) if left and index == len(tokens) else left)
        before += share
    return [share / sum(kept) for share in kept]


def mulberry32(seed: int):
    """Random numbers from 0 up to 1: Tommy Ettinger's generator, the same in the browser."""
    while True:
        seed = (seed + 0x6D2B79F5) & 0xFFFFFFFF
        mixed = ((seed ^ seed >> 15) * (seed | 1)) & 0xFFFFFFFF
        mixed ^= (mixed + (((mixed ^ mixed >> 7) * (mixed | 61)) & 0xFFFFFFFF)) & 0xFFFFFFFF
        yield (mixed ^ mixed >> 14) / 2**32


def drawn(found: list[float], seed: int) -> list[int]:
    """Which row each of the twenty requests gets."""
    rows = []
    random = mulberry32(seed)
    for _ in range(DRAWS):
        left = next(random)
        row = 0
        while row < len(found) - 1 and left >= found[row]:
            left -= found[row]
            row += 1
        rows.append(row)
    return rows


model = SmallModel()
data = {name: capture(model, *text) for name, text in TEXTS.items()}
results = []
for name in TEXTS:
    for temperature, top_p, seed in ((0, 1, 1), (0.3, 0.9, 2), (1, 1, 1), (1, 0.5, 9), (1.5, 0.95, 4), (2, 1, 3)):
        found = shares(data[name], temperature, top_p)
        settings = {"text": name, "temperature": temperature, "top-p": top_p, "seed": seed}
        results.append({"settings": settings, "results": {"shares": found, "drawn": drawn(found, seed)}})
print(json.dumps({"data": data, "results": results}))
