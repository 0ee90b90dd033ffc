"""How often a gate on changed cases says no to an unchanged version, or a worse one."""

from collections import defaultdict


def chance_of_no(cases: int, gain: float, loss: float, allowed: int) -> float:
    """Chance that more than `allowed` cases net are lost.

    Args:
        gain: chance of each case to turn from failed to passed, over all cases.
        loss: chance of each case to turn from passed to failed, over all cases.
    """
    chances = {0: 1.0}  # cases lost net so far, and the chance of that
    for _ in range(cases):
        after: dict[int, float] = defaultdict(float)
        for net, chance in chances.items():
            after[net + 1] += chance * loss
            after[net - 1] += chance * gain
            after[net] += chance * (1 - gain - loss)
        chances = after
    return sum(chance for net, chance in chances.items() if net > allowed)


VERSIONS = {
    "unchanged, 4% flip each way": (0.04, 0.04),
    "unchanged, 8% flip each way": (0.08, 0.08),
    "worse: gains 4%, loses 8%": (0.04, 0.08),
    "worse: gains 4%, loses 12%": (0.04, 0.12),
}
SIZES = {50: 2, 100: 4, 200: 8}  # cases, and how many may be lost net

print(f"{'cases':30}" + "".join(f"{size:5}" for size in SIZES))
for name, (gain, loss) in VERSIONS.items():
    row = [chance_of_no(size, gain, loss, SIZES[size]) for size in SIZES]
    print(f"{name:30}" + "".join(f"{chance:5.0%}" for chance in row))
