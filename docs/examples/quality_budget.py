"""A quality objective: its budget, its alert, and what a judged sample can say."""

from math import comb, sqrt

OBJECTIVE, DAYS, ANSWERS_A_DAY = 0.95, 28, 2_000
SAMPLED_OBJECTIVE = 0.92

allowed_a_day = (1 - OBJECTIVE) * ANSWERS_A_DAY
budget = allowed_a_day * DAYS
print(f"budget: {budget:,.0f} bad answers in {DAYS} days, {allowed_a_day:.0f} a day")

for accepted in (0.96, 0.95, 0.85):
    bad_a_day = (1 - accepted) * ANSWERS_A_DAY
    burn_rate = bad_a_day / allowed_a_day
    print(
        f"  accepted {accepted:.0%}: {bad_a_day:3.0f} bad a day,"
        f" burn rate {burn_rate:.1f}, spent in {DAYS / burn_rate:.0f} days"
    )


def chance_of_more(bad: int, answers: int, rate: float) -> float:
    """Chance of more than `bad` bad answers, if each is bad with this rate."""
    chance = 0.0
    for count in range(bad + 1, answers + 1):
        good = answers - count
        chance += comb(answers, count) * rate**count * (1 - rate) ** good
    return chance


print("alert above a burn rate of 2, which is more than 10% bad answers:")
for answers in (40, 200, 500):
    by_chance = chance_of_more(answers // 10, answers, 0.05)
    caught = chance_of_more(answers // 10, answers, 0.15)
    print(f"  {answers:3} answers: fires at 95% with {by_chance:.1%} chance", end=", ")
    print(f"at 85% with {caught:.1%}")


def wilson(passed: int, cases: int, z: float = 1.96) -> tuple[float, float]:
    """Bounds of a 95% interval for a share; stays inside 0 and 1 on small samples."""
    share = passed / cases
    width = z * z / cases
    middle = share + width / 2
    half = z * sqrt(share * (1 - share) / cases + width / (4 * cases))
    return (middle - half) / (1 + width), (middle + half) / (1 + width)


print(f"passed by the judge, with an objective of {SAMPLED_OBJECTIVE:.0%}:")
for cases in (200, 800):
    for passed in (0.92, 0.90, 0.85):
        low, high = wilson(round(passed * cases), cases)
        verdict = "below the objective" if high < SAMPLED_OBJECTIVE else "can't be told"
        print(f"  {passed:.0%} of {cases}: {low:.1%} to {high:.1%}  {verdict}")
