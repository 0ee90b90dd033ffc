"""A release gate for a changed prompt: compare case by case, not by average."""

from collections.abc import Callable

Decide = Callable[[str], str]

CASES = {
    "arrived broken": "refund",
    "arrived late, still wanted": "keep",
    "ordered twice by mistake": "refund",
    "used for a year, dislikes it": "refuse",
    "gift, no receipt": "review",
    "wants money and a lawyer": "review",
}


def current(case: str) -> str:  # stands for the model under refund@18
    return "refund" if "mistake" in case or "broken" in case else "review"


def candidate(case: str) -> str:  # stands for the model under refund@19
    answers = {
        "arrived late, still wanted": "keep",
        "used for a year, dislikes it": "refuse",
        "wants money and a lawyer": "refund",
    }
    return answers.get(case, current(case))


def right(decide: Decide) -> set[str]:
    return {case for case, expected in CASES.items() if decide(case) == expected}


before, after = right(current), right(candidate)
lost = sorted(before - after)
print(f"refund@18: {len(before)} of {len(CASES)}")
print(f"refund@19: {len(after)} of {len(CASES)}")
print("won: ", ", ".join(sorted(after - before)))
print("lost:", ", ".join(lost))
# One lost case may be worth more than two won: somebody has to look at it.
print("gate:", "refused, review the lost cases" if lost else "passed")
