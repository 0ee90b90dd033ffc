"""Two models and one setting on twenty cases: what you may conclude, and the price."""

from dataclasses import dataclass
from math import sqrt
from statistics import median

TOKENS_IN, TOKENS_OUT = 900, 120  # for one call; all figures here are invented


@dataclass(frozen=True)
class Run:
    """What one model did with twenty examples: + right, - wrong, ! no valid answer."""

    name: str
    results: str
    seconds: list[float]
    price_in: int  # units of money for a million tokens
    price_out: int
    hidden_tokens: int = 0  # reasoning: never shown, and charged as output

    def thousand_calls(self) -> float:
        output = TOKENS_OUT + self.hidden_tokens
        return (TOKENS_IN * self.price_in + output * self.price_out) / 1000


def compatible_rates(passed: int, cases: int) -> tuple[float, float]:
    """The 95% Wilson interval: true rates that fit what was counted."""
    z = 1.96  # belongs to 95%
    share = passed / cases
    middle = share + z * z / (2 * cases)
    half = z * sqrt(share * (1 - share) / cases + z * z / (4 * cases * cases))
    scale = 1 + z * z / cases
    return (middle - half) / scale, (middle + half) / scale


FAST = [0.9, 1.0, 1.1, 1.1, 1.2] * 3 + [1.0, 1.1, 1.3, 1.4, 2.6]
SLOW = [6.0, 7.2, 8.1, 8.8, 9.5] * 3 + [7.7, 8.4, 9.9, 12.0, 21.0]
RUNS = [
    Run("small", "++++-+++++-+++++-+++", FAST, 2, 10),
    Run("small, effort high", "+++++++++++++++!!+++", SLOW, 2, 10, hidden_tokens=800),
    Run("large", "+++++++-++++++++-+++", [2 * s for s in FAST], 5, 25),
]
print("model                right  true rate    invalid  median  slowest  1,000 calls")
for run in RUNS:
    right, cases = run.results.count("+"), len(run.results)
    low, high = compatible_rates(right, cases)
    print(
        f"{run.name:20} {right}/{cases}  {low:.0%} to {high:.0%}"
        f"{run.results.count('!'):11}{median(run.seconds):6.1f} s"
        f"{max(run.seconds):7.1f} s{run.thousand_calls():7.1f} units"
    )
print()
for right in (14, 17, 18, 20):
    low, high = compatible_rates(right, 20)
    print(f"{right} of 20 right fits a true rate of {low:4.0%} to {high:4.0%}")
