"""A fixed set and a live sample: which of them moved, and what that means."""

from math import sqrt

# Invented for this page. Passed and counted: fixed cases in one night, live answers in
# one week, and last month's stored answers, judged again by this week's judge.
WEEKS = {
    "usual": {"fixed": (186, 200), "live": (322, 350), "stored": (184, 200)},
    "week 1": {"fixed": (185, 200), "live": (318, 350), "stored": (185, 200)},
    "week 2": {"fixed": (187, 200), "live": (294, 350), "stored": (184, 200)},
    "week 3": {"fixed": (164, 200), "live": (287, 350), "stored": (183, 200)},
    "week 4": {"fixed": (163, 200), "live": (290, 350), "stored": (161, 200)},
}
MEANING = {
    (False, False, False): "nothing beyond chance",
    (False, True, False): "inputs or documents moved: read the failing live answers",
    (True, False, False): "the fixed set is out of date, or its run is broken",
    (True, True, False): "model, prompt or index moved: compare the recorded names",
}


def fell(before: tuple[int, int], now: tuple[int, int]) -> bool:
    """Whether a share fell by more than two standard errors of the difference."""
    shares = [passed / count for passed, count in (before, now)]
    noise = [
        share * (1 - share) / count
        for share, (_, count) in zip(shares, (before, now), strict=True)
    ]
    return shares[0] - shares[1] > 2 * sqrt(sum(noise))


usual = WEEKS.pop("usual")
for week, counts in WEEKS.items():
    moved = tuple(fell(usual[line], now) for line, now in counts.items())
    # Stored answers can't change: if their score falls, the judge did.
    meaning = MEANING.get(moved, "the judge moved: calibrate it before you go on")
    shares = "  ".join(f"{line} {a / n:.0%}" for line, (a, n) in counts.items())
    print(f"{week}  {shares}\n  {meaning}")
