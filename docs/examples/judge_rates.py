"""Two rates of a judge, from labels, and live traffic corrected by them."""

from math import sqrt

Rates = tuple[float, float, float]


def rates(good_passed: int, good: int, bad_passed: int, bad: int) -> Rates:
    """Agreement with labels, share of bad answers found, share of good ones passed."""
    agreement = (good_passed + bad - bad_passed) / (good + bad)
    return agreement, 1 - bad_passed / bad, good_passed / good


def corrected(passed: float, bad_found: float, good_passed: float) -> float:
    """Share of good answers, from the share that the judge passed."""
    bad_passed = 1 - bad_found
    return (passed - bad_passed) / (good_passed - bad_passed)


# Invented for this page. Of the good answers: how many passed, how many there are.
# Then the same two counts of the bad answers.
JUDGES = {
    'always "good", live mix': (95, 95, 5, 5),
    'always "good", balanced': (50, 50, 50, 50),
    "one narrow question, balanced": (45, 50, 10, 50),
}
print(f"{'judge':30}agrees  bad found  good passed")
for name, counts in JUDGES.items():
    agreement, bad_found, good_passed = rates(*counts)
    print(f"{name:30}{agreement:6.0%}{bad_found:11.0%}{good_passed:13.0%}")

# Now one judge on live traffic. Its two rates are uncertain, because each comes from
# a limited number of labels. `spread_*` is the variance of a rate.
live_judge = JUDGES["one narrow question, balanced"]
_, bad_found, good_passed = rates(*live_judge)
_, good_labels, _, bad_labels = live_judge
spread_good = good_passed * (1 - good_passed) / good_labels
spread_bad = bad_found * (1 - bad_found) / bad_labels

print("judge passes  really good  plus or minus, from the labels alone")
for passed in (0.90, 0.83, 0.76):
    share = corrected(passed, bad_found, good_passed)
    # The rate for good answers matters as much as there are good answers.
    spread = share**2 * spread_good + (1 - share) ** 2 * spread_bad
    error = sqrt(spread) / (good_passed + bad_found - 1)
    print(f"{passed:12.0%}{share:13.0%}{1.96 * error:15.0%}")
