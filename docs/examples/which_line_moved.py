"""A fixed set, a live sample and stored answers: which moved, and what that means."""

from math import comb, sqrt

# Invented for this page. Fixed cases and stored answers are the same ones each time, so
# they are compared in pairs: (gained, lost) since a usual night. Live answers are new
# ones each week: (passed, counted).
CASES, USUAL_FIXED, USUAL_STORED = 200, 186, 184
USUAL_LIVE = (322, 350)
WEEKS = {
    "week 1": {"fixed": (3, 4), "live": (318, 350), "stored": (2, 1)},
    "week 2": {"fixed": (5, 4), "live": (294, 350), "stored": (1, 1)},
    "week 3": {"fixed": (3, 25), "live": (287, 350), "stored": (1, 2)},
    "week 4": {"fixed": (4, 27), "live": (290, 350), "stored": (2, 25)},
}


def pairs_fell(gained: int, lost: int) -> bool:
    """Whether cases were lost beyond chance (McNemar's test, p below 0.05)."""
    as_uneven = sum(comb(gained + lost, count) for count in range(gained + 1))
    return lost > gained and 2 * as_uneven / 2 ** (gained + lost) < 0.05


def samples_fell(before: tuple[int, int], now: tuple[int, int]) -> bool:
    """Whether a share fell by more than two standard errors of the difference."""
    share_before, share_now = before[0] / before[1], now[0] / now[1]
    spread_before = share_before * (1 - share_before) / before[1]
    spread_now = share_now * (1 - share_now) / now[1]
    return share_before - share_now > 2 * sqrt(spread_before + spread_now)


def meaning(fixed: bool, live: bool, stored: bool) -> str:
    """The table of the page; each argument says whether that line fell."""
    if stored:  # stored answers can't change, so the judge did
        return "the judge moved: test it with labels before you go on"
    if fixed and live:
        return "model, prompt or index moved: compare the recorded names"
    if fixed:
        return "an expected answer is out of date, or the nightly run is broken"
    if live:
        return "new inputs, or an aged document: read the failing live answers"
    return "nothing beyond chance"


for week, counts in WEEKS.items():
    fixed, live, stored = counts["fixed"], counts["live"], counts["stored"]
    fixed_share = (USUAL_FIXED + fixed[0] - fixed[1]) / CASES
    stored_share = (USUAL_STORED + stored[0] - stored[1]) / CASES
    live_share = live[0] / live[1]
    print(f"{week}  fixed {fixed_share:.1%}", end="  ")
    print(f"live {live_share:.1%}  stored {stored_share:.1%}")
    fell = pairs_fell(*fixed), samples_fell(USUAL_LIVE, live), pairs_fell(*stored)
    print("  " + meaning(*fell))
