"""Rounding: 64 real weights with an outlier, and what the page's example makes of them and of their whole table."""

import json

import numpy as np
from local_models import embedder
from quantize_weights import error, rounded, size, weights

BITS = (2, 3, 4, 5, 6, 8)
GROUPS = (8, 16, 32, 64)
AROUND = 64

# The 64 of all in which the largest leads the next one most, among those whose largest is no small weight itself.
blocks = weights.reshape(-1, AROUND)
ordered = np.sort(np.abs(blocks), axis=1)
chosen = int(np.argmax(np.where(ordered[:, -1] > 2, ordered[:, -1] / ordered[:, -2], 0)))
values = blocks[chosen]
outlier = int(np.abs(values).argmax())
token = embedder().tokenizer.id_to_token(chosen * AROUND // weights.shape[1])

cases = []
for bits, group, times in (
    (4, 64, 1.0),
    (4, 8, 1.0),
    (2, 16, 4.0),
    (3, 32, 0.5),
    (5, 64, 2.0),
    (8, 64, 0.25),
    (6, 8, 4.0),
):
    moved = values.copy()
    moved[outlier] *= times
    copy = rounded(moved, bits, group)
    cases.append(
        {
            "settings": {"bits": bits, "group": group, "times": times},
            "results": {
                "error": error(moved.astype(float), copy),
                "zeros": int((copy == 0).sum()),
                "bytes": size(moved, bits, group),
                "read": [float(value) for value in copy],
            },
        }
    )
data = {
    "token": token.strip("▁"),
    "weights": [float(value) for value in values],
    "outlier": outlier,
    "table": weights.size,
    "errors": {
        bits: {group: round(error(weights, rounded(weights, bits, group)), 4) for group in GROUPS} for bits in BITS
    },
}
print(json.dumps({"data": data, "results": cases}))
