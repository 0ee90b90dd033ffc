"""Forty tasks, a coin for each: does the coding agent save you time?"""

from collections.abc import Sequence
from math import exp, log
from random import Random
from statistics import fmean, median

# Invented for this page: minutes from start to merge, review and rework included.
# A coin decided for each task whether the agent could be used.
WITH: list[float] = [14, 21, 25, 31, 33, 39, 40, 46, 46, 52, 54, 57]
WITH += [58, 60, 69, 84, 87, 98, 119, 121]
WITHOUT: list[float] = [13, 22, 26, 36, 37, 41, 42, 46, 54, 58, 63, 71]
WITHOUT += [74, 79, 88, 94, 96, 98, 141, 170]


# --8<-- [start:compare]
def ratio(with_agent: Sequence[float], without: Sequence[float]) -> float:
    """0.9 says that a typical task takes a tenth less: geometric means, divided."""
    logs_with = [log(minutes) for minutes in with_agent]
    logs_without = [log(minutes) for minutes in without]
    return exp(fmean(logs_with) - fmean(logs_without))


def interval(
    with_agent: Sequence[float], without: Sequence[float]
) -> tuple[float, float]:
    """Draw both lists again many times, and keep the middle 95% of the ratios."""
    random = Random(1)
    ratios = sorted(
        ratio(
            random.choices(with_agent, k=len(with_agent)),
            random.choices(without, k=len(without)),
        )
        for _ in range(2000)
    )
    return ratios[50], ratios[1949]
# --8<-- [end:compare]


print(f"median with the agent {median(WITH):g} minutes, without {median(WITHOUT):g}")
for copies in (1, 4, 16):  # as if the same pattern held in a longer log
    with_agent, without = WITH * copies, WITHOUT * copies
    low, high = interval(with_agent, without)
    remark = ", includes no change" if low < 1 < high else ""
    print(
        f"{len(with_agent) + len(without):4} tasks: ratio"
        f" {ratio(with_agent, without):.2f}, interval {low:.2f} to {high:.2f}{remark}"
    )
