"""A circuit breaker that counts errors, and also answers that fail a check."""

from collections import deque

WINDOW, LEAST, LIMIT = 100, 50, 10  # 10 of the last 100 answers, once there are 50
PAUSE = 60  # seconds until stored cases are tried, and tried again
STORED_CASES, MOST_WRONG = 20, 1  # a model that is well fails one now and then

# One request a second: what happens, for how many seconds, every how many calls.
PHASES = [
    ("1 answer in 50 fails the check, as usual", 200, 50, "rejected"),
    ("a bad change: 1 answer in 5 fails it", 200, 5, "rejected"),
    ("the change is taken back", 200, 50, "rejected"),
    ("the provider is down", 150, 1, "error"),
    ("the provider is back", 250, 50, "rejected"),
]


# --8<-- [start:breaker]
class Breaker:
    """Lets calls through to one model while it's closed, and none while it's open."""

    def __init__(self) -> None:
        self.outcomes: deque[str] = deque(maxlen=WINDOW)
        self.try_at: int | None = None  # None while it's closed

    def is_open(self) -> bool:
        return self.try_at is not None

    def note(self, outcome: str, now: int) -> None:
        """Count what became of a user's call, and open when too many failed."""
        if self.is_open():
            return  # this call began before it opened
        self.outcomes.append(outcome)
        errors, rejected = self.outcomes.count("error"), self.outcomes.count("rejected")
        if len(self.outcomes) >= LEAST and errors + rejected >= LIMIT:
            say(now, f"open: {errors} errors and {rejected} rejected answers")
            self.try_at = now + PAUSE

    def is_due(self, now: int) -> bool:
        return self.try_at is not None and now >= self.try_at

    def note_stored_cases(self, wrong: int, now: int) -> None:
        """Close when the model is right again. Until then, no user has to try it."""
        verdict = "still open" if wrong > MOST_WRONG else "closed"
        say(now, f"{verdict}: {wrong} of {STORED_CASES} stored cases wrong")
        if wrong > MOST_WRONG:
            self.try_at = now + PAUSE
        else:
            self.outcomes.clear()
            self.try_at = None
# --8<-- [end:breaker]


def say(now: int, what: str) -> None:
    print(f"{now:4} s  {what}")


def outcome(call: int, every: int, fault: str) -> str:
    return fault if call % every == every - 1 else "right"


breaker = Breaker()
now, failed, failed_without, to_fallback = 0, 0, 0, 0
for name, seconds, every, fault in PHASES:
    say(now, f"-- {name}")
    for second in range(seconds):
        if breaker.is_due(now):
            calls = range(second, second + STORED_CASES)
            wrong = sum(outcome(call, every, fault) != "right" for call in calls)
            breaker.note_stored_cases(wrong, now)
        result = outcome(second, every, fault)
        failed_without += result != "right"
        if breaker.is_open():
            to_fallback += 1
        else:
            failed += result != "right"
            breaker.note(result, now)
        now += 1
print(f"failed calls of users: {failed} of {now}, without a breaker {failed_without}")
print(f"requests that went to the fallback: {to_fallback}")
