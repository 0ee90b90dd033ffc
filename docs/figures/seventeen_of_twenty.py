"""Is 17 of 20 good? The intervals of two models by the page's example, and the cases that their difference needs.

The number of cases is that of docs/calculators/sample-size.md: 5 percent, with a power of 80 percent. Both models run
on the same cases. Nothing is known about which ones both fail, so they count as independent, and the variances add up.
"""

import contextlib
import io
import json
from math import ceil

with contextlib.redirect_stdout(io.StringIO()):
    from eval_suite import wilson

OF = 20  # Passes are set in twentieths.
Z_95, Z_80 = 1.959964, 0.841621


def needed(first: int, second: int) -> int | None:
    """Cases with which a test finds such a difference four times of five; none finds a difference that isn't there."""
    if first == second:
        return None
    p, q = first / OF, second / OF
    return ceil((Z_95 + Z_80) ** 2 * (p * (1 - p) + q * (1 - q)) / (p - q) ** 2)


results = []
for first, second in ((17, 19), (17, 18), (17, 17), (20, 19), (18, 14), (10, 20)):
    for cases in (20, 60, 200, 1_600):
        one, two = (wilson(passes * cases // OF, cases) for passes in (first, second))
        results.append(
            {
                "settings": {"first": first, "second": second, "cases": cases},
                "results": {
                    "first": one,
                    "second": two,
                    "overlap": one[0] <= two[1] and two[0] <= one[1],
                    "needed": needed(first, second),
                },
            }
        )
print(json.dumps({"results": results}))
