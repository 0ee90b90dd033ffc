"""A release gate for a changed prompt: compare case by case, not by average."""

from collections.abc import Callable

Decide = Callable[[str], str]

ACCEPTED_LOSSES = 0
CASES = {
    "arrived broken": "refund",
    "arrived late, still wanted": "keep",
    "ordered twice by mistake": "refund",
    "used for a year, dislikes it": "refuse",
    "wants money and a lawyer": "review",
}


def current(case: str) -> str:  # stands for the model under refund@18
    return "refund" if "mistake" in case or "broken" in case else "review"


def candidate(case: str) -> str:  # stands for the model under refund@19
    words = {"late": "keep", "year": "refuse", "lawyer": "refund"}
    return next((words[w] for w in words if w in case), current(case))


def right(decide: Decide) -> set[str]:
    return {case for case, expected in CASES.items() if decide(case) == expected}


before, after = right(current), right(candidate)
print(f"right of {len(CASES)}: refund@18 {len(before)}, refund@19 {len(after)}")
print("won:", "; ".join(sorted(after - before)))
# One lost case may be worth more than two won: somebody has to look at it.
lost = sorted(before - after)
print("lost:", "; ".join(lost))
passed = len(lost) <= ACCEPTED_LOSSES
print("released:", "refund@19" if passed else "refund@18, as before")
