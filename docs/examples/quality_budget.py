"""A quality objective: its budget, how fast it burns, and what a sample can say."""

from math import sqrt

OBJECTIVE, DAYS, ANSWERS_A_DAY = 0.95, 28, 2_000
SAMPLED_OBJECTIVE = 0.92

budget = (1 - OBJECTIVE) * ANSWERS_A_DAY * DAYS
print(f"budget: {budget:,.0f} bad answers in {DAYS} days, {budget / DAYS:.0f} a day")

for accepted in (0.96, 0.95, 0.85):
    bad_a_day = (1 - accepted) * ANSWERS_A_DAY
    lasts = budget / bad_a_day
    print(
        f"  accepted {accepted:.0%}: {bad_a_day:3.0f} bad a day,"
        f" burn rate {DAYS / lasts:.1f}, spent in {lasts:.0f} days"
    )


def wilson(passed: int, cases: int, z: float = 1.96) -> tuple[float, float]:
    """Bounds of a 95% interval for a share; stays inside 0 and 1 on small samples."""
    share = passed / cases
    width = z * z / cases
    middle = share + width / 2
    half = z * sqrt(share * (1 - share) / cases + width / (4 * cases))
    return (middle - half) / (1 + width), (middle + half) / (1 + width)


print(f"a judged sample, with an objective of {SAMPLED_OBJECTIVE:.0%}:")
for cases in (200, 800):
    for accepted in (0.92, 0.90, 0.85):
        low, high = wilson(round(accepted * cases), cases)
        verdict = "below the objective" if high < SAMPLED_OBJECTIVE else "can't be told"
        print(f"  {accepted:.0%} of {cases}: {low:.1%} to {high:.1%}  {verdict}")
