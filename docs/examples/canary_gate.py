"""What a canary of 5% can see: 2,000 answers a day, the control fails 10 of 100."""

import hashlib
import math
import random

ANSWERS_A_DAY = 2_000
CANARY_SHARE = 0.05
CONTROL_FAILS = 0.10
STOP_AT = 3.0  # standard errors; 2 would stop good releases when you look every day
RUNS = 2_000
TENANTS = [f"tenant-{number}" for number in range(60)]


# --8<-- [start:routing]
def release_of(tenant, routing):
    """A tenant in the canary stays in it when you raise the percentage."""
    digest = hashlib.sha256(tenant.encode()).digest()
    bucket = int.from_bytes(digest[:4], "big") % 100
    return routing["candidate"] if bucket < routing["percent"] else routing["stable"]


def canary_at(percent):
    """Which tenants get the candidate. The service reads such a row while it runs."""
    routing = {"stable": 41, "candidate": 42, "percent": percent}
    return [tenant for tenant in TENANTS if release_of(tenant, routing) == 42]
# --8<-- [end:routing]


def failures(answers, rate, dice):
    return sum(dice.random() < rate for _ in range(answers))


# --8<-- [start:gate]
def gap(canary_failed, canary, control_failed, control):
    """How many standard errors the canary is worse than the control."""
    # Chance is estimated from both groups together, as if they were equally good.
    pooled = (canary_failed + control_failed) / (canary + control)
    error = math.sqrt(pooled * (1 - pooled) * (1 / canary + 1 / control))
    return (canary_failed / canary - control_failed / control) / error if error else 0


def day_of_stop(candidate_fails, dice, days=7):
    canary_a_day = int(ANSWERS_A_DAY * CANARY_SHARE)
    control_a_day = ANSWERS_A_DAY - canary_a_day
    canary_failed = control_failed = 0
    for day in range(1, days + 1):
        canary_failed += failures(canary_a_day, candidate_fails, dice)
        control_failed += failures(control_a_day, CONTROL_FAILS, dice)
        canary, control = day * canary_a_day, day * control_a_day
        if gap(canary_failed, canary, control_failed, control) > STOP_AT:
            return day
    return None
# --8<-- [end:gate]


narrow, wide, rolled_back = canary_at(5), canary_at(20), canary_at(0)
kept = all(tenant in wide for tenant in narrow)
print("== routing ==")
print(f"canary at 5%: {len(narrow)} of 60 tenants")
print(f"canary at 20%: {len(wide)} of 60 tenants, the first {len(narrow)} kept: {kept}")
print(f"rolled back to 0%: {len(rolled_back)} of 60 tenants")

dice = random.Random(1)
print("== gate ==")
print("candidate fails   stopped on day 1   by day 3   by day 7")
for candidate_fails in (0.10, 0.15, 0.20, 0.30):
    stops = [day_of_stop(candidate_fails, dice) for _ in range(RUNS)]
    shares = []
    for last_day in (1, 3, 7):
        stopped = sum(day is not None and day <= last_day for day in stops)
        shares.append(f"{stopped / RUNS:.0%}")
    print(f"{candidate_fails:>12.0%} {shares[0]:>18} {shares[1]:>12} {shares[2]:>10}")
