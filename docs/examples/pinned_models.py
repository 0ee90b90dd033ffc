"""Read the end dates of the models that you pin, and list what to do, soonest first."""

import re
from datetime import date

TODAY = date(2026, 11, 27)  # in your daily job: date.today()
# How many days a service's last move to another model took, with a reserve.
MOVE_DAYS = {"night-summaries": 10}
USUAL_MOVE_DAYS = 30

# A provider's list of models, as in GET /v1/models: the name and its shutdown_date.
LISTED = {
    "example-large-2026-02-10": "2026-12-15",
    "example-large-2026-11-20": None,
    "example-large": None,
    "example-small-2025-11-04": "2027-04-01",
    "example-small-2026-09-01": None,
    "example-preview-2026-10-20": "2026-12-04",
    "example-mini-2025-08-12": "2026-11-10",
    "example-mini-2026-06-30": None,
}
# Per service: the name in its configuration, and the name in yesterday's responses.
SERVICES = {
    "chat": ("example-large", "example-large-2026-11-20"),
    "invoice-import": ("example-large-2025-06-30", None),
    "mail-triage": ("example-small-2026-09-01", "example-small-2026-09-01"),
    "night-summaries": ("example-preview-2026-10-20", "example-preview-2026-10-20"),
    "refund-reader": ("example-large-2026-02-10", "example-large-2026-02-10"),
    "search-answers": ("example-small-2025-11-04", None),
    "ticket-tags": ("example-mini-2025-08-12", "example-mini-2026-06-30"),
}
NOW, LATER = 0, 9999  # days, for what can't wait and for what has no date


def what_to_do(service: str) -> tuple[int, str]:
    """In how many days the service is in trouble, and the line for the ticket."""
    named, answered = SERVICES[service]
    if not re.search(r"-\d{4}-\d\d-\d\d$", named):
        return NOW, f"an alias: pin {answered or 'a dated name'} instead"
    if answered not in (named, None):
        return NOW, f"redirected: {answered} answers"
    if named not in LISTED:
        return NOW, "not listed: retired, renamed, or closed to your account"
    unproven = "" if answered else "; no answer logged"
    if LISTED[named] is None:
        return LATER, f"no end announced{unproven}"
    left = (date.fromisoformat(LISTED[named]) - TODAY).days
    if left < 0:
        return NOW, f"was to end on {LISTED[named]}{unproven}"
    move = MOVE_DAYS.get(service, USUAL_MOVE_DAYS)
    if left < move:
        return left, f"ends in {left} days, a move takes {move}: start today{unproven}"
    return left, f"ends in {left} days, a move takes {move}: plan it{unproven}"


for service in sorted(SERVICES, key=what_to_do):
    _, line = what_to_do(service)
    print(f"{service:16}{line}")
