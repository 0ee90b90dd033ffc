"""Cases from one document fail together: the interval by case, and by document."""

from math import sqrt

# Invented for this page: of each document's five cases, how many passed.
PASSED = {
    "returns": 5, "shipping": 5, "payment": 5, "account": 5, "vouchers": 5,
    "sizes": 5, "gifts": 5, "repairs": 4, "warranty": 1, "customs": 0,
}  # fmt: skip
EACH = 5

cases = EACH * len(PASSED)
share = sum(PASSED.values()) / cases

by_case = sqrt(share * (1 - share) / cases)

# With the average share, four of a document's five cases pass. How far off is each one?
expected = share * EACH
surprises = [(passed - expected) ** 2 for passed in PASSED.values()]
by_document = sqrt(sum(surprises)) / cases

print(f"{share:.0%} of {cases} cases from {len(PASSED)} documents")
for name, error in (("by case", by_case), ("by document", by_document)):
    print(f"  standard error {name}: {error:.3f}, plus or minus {1.96 * error:.0%}")
worth = cases * (by_case / by_document) ** 2
print(f"worth about {worth:.1f} cases that have nothing in common")
