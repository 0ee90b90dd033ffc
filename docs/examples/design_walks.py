"""One endpoint, eight walks: the model is fine, slow, wrong or gone. Nothing sleeps."""

import re
from dataclasses import dataclass

CALLER_WAITS = 5.0  # seconds
FIRST_CALL, REPAIR = 3.0, 1.5  # the longest that each may take
REASONS = {"late", "defect", "invoice", "other", "no_complaint"}
Fields = dict[str, str | None]


@dataclass(frozen=True)
class FakeModel:
    """Plays the model: it says how long it would take, and answers at once."""

    seconds: float
    answer: Fields | None  # None: it can't be reached
    repaired: Fields | None = None  # its answer when it's told what was wrong

    def call(self, email: str, problem: str | None) -> tuple[float, Fields]:
        if self.answer is None:
            raise ConnectionError
        if problem and self.repaired:
            return self.seconds, self.repaired
        return self.seconds, self.answer


def rules(email: str) -> Fields:
    """What needs no model: a number in the usual form, if there is one."""
    number = re.search(r"\b[A-Z]-\d{5}\b", email)
    return {"order_number": number[0]} if number else {}


def wrong_with(fields: Fields, email: str) -> str | None:
    """Form first, then meaning. Neither needs to know the right answer."""
    if set(fields) != {"order_number", "reason"}:
        return "fields: one is missing or unknown"
    if fields["reason"] not in REASONS:
        return "reason: not in the list"
    number = fields["order_number"]
    if number and number not in email:
        return "order_number: value not found in the message"
    return None


def extract(email: str, model: FakeModel, waited: float) -> tuple[int, object, float]:
    """Status, body and seconds after which the caller has them."""
    found = rules(email)
    clock, problem = waited, None
    for longest in (FIRST_CALL, REPAIR):
        if clock + longest > CALLER_WAITS:
            break  # start no call that can't finish
        try:
            seconds, answer = model.call(email, problem)
        except ConnectionError:
            return 202, {**found, "stored": True}, clock
        clock += min(seconds, longest)
        if seconds > longest:
            break  # given up
        fields = {**answer, **found}  # what a rule found wins
        problem = wrong_with(fields, email)
        if problem is None:
            return 200, fields, clock
    if problem:
        return 422, problem, clock
    return 200, {**found, "complete": False}, clock


USUAL = "A-50218: the kettle leaks."
ODD = "My order a 50218: the kettle leaks."
NONE = "The kettle leaks since Tuesday. What now?"
RIGHT: Fields = {"order_number": None, "reason": "defect"}
INVENTED: Fields = {"order_number": "A-48213", "reason": "defect"}
WALKS = {  # email, model, and the seconds that the request had waited before
    "fine": (ODD, FakeModel(1.1, {"order_number": "a 50218", "reason": "defect"}), 0.0),
    "slow": (USUAL, FakeModel(9.0, RIGHT), 0.0),
    "no time left": (USUAL, FakeModel(1.1, RIGHT), 2.5),
    "invents once": (NONE, FakeModel(1.3, INVENTED, RIGHT), 0.0),
    "invents twice": (NONE, FakeModel(1.3, INVENTED), 0.0),
    "invents, busy day": (NONE, FakeModel(1.8, INVENTED, RIGHT), 2.0),
    "wrong, but valid": (NONE, FakeModel(1.1, {**RIGHT, "reason": "late"}), 0.0),
    "gone": (USUAL, FakeModel(0.0, None), 0.0),
}
for name, (email, model, waited) in WALKS.items():
    status, body, seconds = extract(email, model, waited)
    print(f"{name:18} {status} after {seconds:.1f} s  {body}")
