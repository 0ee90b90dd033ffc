"""Two versions on the same cases: Wilson intervals and an exact McNemar test."""

from math import comb, sqrt


def wilson(passed: int, cases: int, z: float = 1.96) -> tuple[float, float]:
    """Bounds of a 95% interval for a share; stays inside 0 and 1 on small samples."""
    share = passed / cases
    width = z * z / cases
    middle = share + width / 2
    half = z * sqrt(share * (1 - share) / cases + width / (4 * cases))
    return (middle - half) / (1 + width), (middle + half) / (1 + width)


# --8<-- [start:pairs]
# Invented for this page: 1 means that the case passed. One column is one case.
OLD = "11101111011110111010"
NEW = "11111011111110011110"
#         + -  +     -  +  (+ gained, - lost)


def mcnemar(gained: int, lost: int) -> float:
    """Chance of a split at least this uneven if both versions are equally good."""
    changed = gained + lost
    smaller = min(gained, lost)
    as_uneven = sum(comb(changed, count) for count in range(smaller + 1))
    return min(1.0, 2 * as_uneven / 2**changed)


def compare(old: str, new: str) -> None:
    for name, row in (("old", old), ("new", new)):
        passed = row.count("1")
        low, high = wilson(passed, len(row))
        share = passed / len(row)
        print(f"  {name} {share:.0%} of {len(row)}, interval {low:.0%} to {high:.0%}")
    pairs = list(zip(old, new, strict=True))
    gained = pairs.count(("0", "1"))
    lost = pairs.count(("1", "0"))
    print(f"  gained {gained}, lost {lost}, p = {mcnemar(gained, lost):.2f}")
# --8<-- [end:pairs]


for copies in (1, 4, 20, 40):  # as if the same pattern held in a longer list of cases
    print(f"{20 * copies} cases")
    compare(OLD * copies, NEW * copies)
fewest = next(n for n in range(1, 99) if mcnemar(n, 0) < 0.05)
print(f"without a loss, p falls below 0.05 at {fewest} gained cases")
