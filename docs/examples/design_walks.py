"""One endpoint, six walks: the model is fine, slow, wrong or gone. Nothing sleeps."""

import re
from collections.abc import Callable, Iterator

CALLER_WAITS = 5.0  # seconds
FIRST_CALL, REPAIR = 3.0, 1.5  # the longest that each may take
REASONS = {"late", "defect", "invoice", "other", "no_complaint"}
EMAIL = "The kettle leaks since Tuesday. What now?"
Fields = dict[str, str | None]
Model = Callable[[], tuple[float, Fields]]  # seconds that it took, and its answer


def rules(email: str) -> Fields:
    """What needs no model."""
    number = re.search(r"\b[A-Z]-\d{5}\b", email)
    return {"order_number": number[0] if number else None}


def wrong_with(fields: Fields, email: str) -> str | None:
    """Form first, then meaning. Neither needs to know the right answer."""
    if set(fields) != {"order_number", "reason"}:
        return "a field is missing"
    if fields["reason"] not in REASONS:
        return "reason: not in the list"
    number = fields["order_number"]
    if number and number not in email:
        return "order_number: value not found in the message"
    return None


def extract(email: str, model: Model, waited: float) -> tuple[int, object, float]:
    """Status, body and seconds after which the caller has them."""
    clock, problem = waited, "no time for a call"
    for longest in (FIRST_CALL, REPAIR):
        if clock + longest > CALLER_WAITS:
            break  # start no call that can't finish
        try:
            seconds, fields = model()
        except ConnectionError:
            return 202, "stored, will be done later", clock
        clock += min(seconds, longest)
        if seconds > longest:
            return 200, {**rules(email), "complete": False}, clock
        found = wrong_with(fields, email)
        if found is None:
            return 200, fields, clock
        problem = found
    return 422, problem, clock


def scripted(*steps: tuple[float, str | None, str]) -> Model:
    """A fake model that says what we need it to say."""
    left: Iterator[tuple[float, str | None, str]] = iter(steps)

    def model() -> tuple[float, Fields]:
        if (step := next(left, None)) is None:
            raise ConnectionError
        return step[0], {"order_number": step[1], "reason": step[2]}

    return model


WALKS = {
    "fine": (scripted((1.1, None, "defect")), 0.0),
    "slow": (scripted((9.0, None, "defect")), 0.0),
    "invents once": (scripted((1.2, "A-48213", "defect"), (0.9, None, "defect")), 0.0),
    "invents, busy day": (scripted((1.8, "A-48213", "defect")), 2.0),
    "wrong, but valid": (scripted((1.1, None, "late")), 0.0),
    "gone": (scripted(), 0.0),
}
for name, (model, waited) in WALKS.items():
    status, body, seconds = extract(EMAIL, model, waited)
    print(f"{name:18} {status} after {seconds:.1f} s  {body}")
