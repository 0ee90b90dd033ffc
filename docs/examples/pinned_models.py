"""Read the end dates of the models that you pin, and list what to do, soonest first."""

from datetime import date

TODAY = date(2026, 11, 27)  # in your daily job: date.today()
REHEARSAL_DAYS = 30  # what your last move took, with a reserve

# What a provider's list of models says, as in GET /v1/models.
LISTED = [
    {"id": "example-large-2026-02-10", "shutdown_date": "2026-12-15"},
    {"id": "example-small-2025-11-04", "shutdown_date": "2027-04-01"},
    {"id": "example-small-2026-09-01", "shutdown_date": None},
    {"id": "example-preview-2026-10-20", "shutdown_date": "2026-12-04"},
    {"id": "example-large", "shutdown_date": None},
]
# What your services name in their configuration.
PINNED = {
    "refund-reader": "example-large-2026-02-10",
    "search-answers": "example-small-2025-11-04",
    "mail-triage": "example-small-2026-09-01",
    "night-summaries": "example-preview-2026-10-20",
    "chat": "example-large",
    "old-import": "example-large-2025-06-30",
}
# Which model answered yesterday, by your own log.
ANSWERED = {"chat": "example-large-2026-11-20"}


def days_left(shutdown_date: str | None) -> int | None:
    if shutdown_date is None:
        return None
    return (date.fromisoformat(shutdown_date) - TODAY).days


def what_to_do(service: str, model: str) -> tuple[int, str]:
    """The days that are left, for sorting, and the line for the ticket."""
    listed = {entry["id"]: entry["shutdown_date"] for entry in LISTED}
    if model not in listed:
        return -1, "not listed: retired, renamed, or closed to your account"
    left = days_left(listed[model])
    answered = ANSWERED.get(service, model)
    if answered != model:
        return 0, f"an alias: {answered} answered, so pin that name"
    if left is None:
        return 9999, "no end announced"
    if left < REHEARSAL_DAYS:
        return left, f"ends in {left} days, a move takes {REHEARSAL_DAYS}: start today"
    return left, f"ends in {left} days: rehearse"


tickets = [(*what_to_do(service, model), service) for service, model in PINNED.items()]
for _, line, service in sorted(tickets):
    print(f"{service:16}{line}")
