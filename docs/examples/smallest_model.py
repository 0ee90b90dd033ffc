"""Three columns by a rule, a list and a classifier, and what a model would get."""

import re

import numpy
from local_models import embed

# Suppose these are past emails, with the reason that a person chose for each.
PAST = {
    "late": ["My parcel has still not arrived.", "When will the delivery come?",
             "Tracking has not moved for a week."],
    "defect": ["The toaster stopped working.", "The screen is cracked and flickers.",
               "It makes a loud noise and smells burnt."],
    "invoice": ["I was charged twice for one order.", "The bill is wrong.",
                "You took the payment two times."],
}
PRODUCTS = ["kettle", "toaster", "lamp"]
ORDER_NUMBER = re.compile(r"\b[A-Z]-\d{5}\b")
INBOX = [
    "Order A-48213: the kettle leaks and smells burnt.",
    "Where is my lamp? The parcel should have arrived on Monday.",
    "I was charged twice for order B-11907.",
    "A-50218 is a present for my aunt, who already owns a toaster.",
    "Thanks, the new lamp is lovely!",
]
THRESHOLD = 0.35

# Training: one mean vector for each reason, scaled to length one, as embed() does it.
# The dot product of two such vectors is their cosine similarity.
reasons = list(PAST)
means = numpy.array([embed(PAST[reason]).mean(axis=0) for reason in reasons])
means /= numpy.linalg.norm(means, axis=1, keepdims=True)


def reason_and_score(email: str) -> tuple[str, float]:
    """The nearest reason, and how near it is. The score is what you can act on."""
    scores = means @ embed([email])[0]  # one dot product for each reason
    return reasons[int(scores.argmax())], float(scores.max())


to_the_model = 0
for email in INBOX:
    number = ORDER_NUMBER.search(email)
    product = next((name for name in PRODUCTS if name in email), None)
    reason, score = reason_and_score(email)
    unsure = score < THRESHOLD
    if unsure:
        to_the_model += 1
    verdict = "unsure, ask a language model" if unsure else "accepted"
    print(email)
    print(f"  number {number[0] if number else None}, product {product}")
    print(f"  reason {reason}, score {score:.2f}: {verdict}")
print(f"{to_the_model} of {len(INBOX)} emails go to the language model")
