"""A small eval: cases with properties, checks in code, a rate with its interval."""

from math import sqrt

Fields = dict[str, str | int | None]

# Invented for this page. Each case: its id, the error that it guards against, and
# what the answer must hold. An invoice of None: the service has to say "not known",
# and an answer with any number is made up.
CASES: list[tuple[str, str, Fields]] = [
    ("two-invoices", "wrong invoice", {"invoice": "AB-32", "cents": 1999}),
    ("forwarded-mail", "wrong invoice", {"invoice": "AB-40", "cents": 4500}),
    ("credit-note", "wrong invoice", {"invoice": "AB-51", "cents": 1250}),
    ("plain-refund", "digits swapped", {"invoice": "AB-17", "cents": 5990}),
    ("long-number", "digits swapped", {"invoice": "AB-8841", "cents": 900}),
    ("comma-amount", "digits swapped", {"invoice": "AB-60", "cents": 125000}),
    ("no-invoice", "made up", {"invoice": None}),
    ("order-only", "made up", {"invoice": None}),
    ("other-shop", "made up", {"invoice": None}),
    ("thanks-mail", "made up", {"invoice": None}),
]
# What the model answered, recorded, so that you see the same run.
ANSWERS: dict[str, Fields] = {
    "two-invoices": {"invoice": "AB-31", "cents": 1999},
    "forwarded-mail": {"invoice": "AB-40", "cents": 4500},
    "credit-note": {"invoice": "AB-51", "cents": 1250},
    "plain-refund": {"invoice": "AB-17", "cents": 5990},
    "long-number": {"invoice": "AB-8841", "cents": 900},
    "comma-amount": {"invoice": "AB-60", "cents": 125000},
    "no-invoice": {"invoice": None, "cents": None},
    "order-only": {"invoice": "5512-C", "cents": 2000},
    "other-shop": {"invoice": None, "cents": None},
    "thanks-mail": {"invoice": None, "cents": None},
}


def wilson(passed: int, cases: int, z: float = 1.96) -> tuple[float, float]:
    """Bounds of a 95% interval for a share; stays inside 0 and 1 on small samples."""
    share = passed / cases
    width = z * z / cases
    middle = share + width / 2
    half = z * sqrt(share * (1 - share) / cases + width / (4 * cases))
    return (middle - half) / (1 + width), (middle + half) / (1 + width)


# --8<-- [start:suite]
def fault(must: Fields, answer: Fields) -> str:
    """What is wrong with an answer; empty if everything that must hold does."""
    for field, wanted in must.items():
        if answer[field] != wanted:
            must_be = "not known" if wanted is None else wanted
            return f"{field} is {answer[field]}, must be {must_be}"
    return ""


passed = 0
for name, error, must in CASES:
    answer = ANSWERS[name]  # in yours: call your service with the case's input
    complaint = fault(must, answer)
    if complaint:
        print(f"FAIL {name} ({error}): {complaint}")
    else:
        passed += 1

print(f"passed {passed} of {len(CASES)}")
# --8<-- [end:suite]
for times in (1, 5, 40):  # as if a longer list had the same share
    low, high = wilson(passed * times, len(CASES) * times)
    print(f"  {passed * times:3} of {len(CASES) * times:3}: {low:.0%} to {high:.0%}")
