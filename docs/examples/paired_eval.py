"""Two versions on the same cases: Wilson intervals and an exact McNemar test."""

from math import comb, sqrt

# Invented for this page: 1 means that the case passed. One column is one case.
OLD = "11101111011110111010"
NEW = "11111011111110011110"


def wilson(passed: int, cases: int, z: float = 1.96) -> tuple[float, float]:
    """Bounds of a 95% interval for a share; stays inside 0 and 1 on small samples."""
    share, spread = passed / cases, z * z / cases
    half = z * sqrt(share * (1 - share) / cases + spread / (4 * cases))
    middle = share + spread / 2
    return (middle - half) / (1 + spread), (middle + half) / (1 + spread)


def mcnemar(gained: int, lost: int) -> float:
    """Chance of a split at least this uneven if both versions are equally good."""
    changed = gained + lost
    tail = sum(comb(changed, k) for k in range(min(gained, lost) + 1))
    return min(1.0, 2 * tail / 2**changed)


def compare(old: str, new: str) -> None:
    for name, row in (("old", old), ("new", new)):
        low, high = wilson(row.count("1"), len(row))
        share = row.count("1") / len(row)
        print(f"  {name} {share:.0%} of {len(row)}, interval {low:.0%} to {high:.0%}")
    pairs = list(zip(old, new, strict=True))
    gained, lost = pairs.count(("0", "1")), pairs.count(("1", "0"))
    print(f"  gained {gained}, lost {lost}, p = {mcnemar(gained, lost):.2f}")


for copies in (1, 4, 20, 40):  # as if the same pattern held in a longer list of cases
    print(f"{20 * copies} cases")
    compare(OLD * copies, NEW * copies)
fewest = next(n for n in range(1, 99) if mcnemar(n, 0) < 0.05)
print(f"without a loss, p falls below 0.05 at {fewest} gained cases")
