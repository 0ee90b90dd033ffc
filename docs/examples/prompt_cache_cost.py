"""Does a prompt cache pay? Costs of a prefix; reading it anew each time is 1."""

from math import exp, log

# Multiples of the plain input price. Replace them by those of your provider's list.
OFFERS = {"5 minutes": (1.25, 0.10, 5), "1 hour": (2.00, 0.10, 60)}


def relative_cost(write: float, read: float, lifetime: float, gap: float) -> float:
    """Expected cost per request; gap is the mean time between two requests.

    Requests arrive independently, and each use starts the lifetime anew: a request
    hits when the one before it came less than a lifetime ago.
    """
    hit = 1 - exp(-lifetime / gap)
    return hit * read + (1 - hit) * write


for name, (write, read, lifetime) in OFFERS.items():
    needed = (write - 1) / (write - read)  # the share of hits where cost is 1
    widest = lifetime / -log(1 - needed)
    print(f"{name:<9} pays from {needed:.0%} hits, a request each {widest:.0f} minutes")

print("gap     5 minutes  1 hour")
for gap in (1, 5, 15, 30, 60, 120):
    costs = [relative_cost(*offer, gap) for offer in OFFERS.values()]
    print(f"{gap:>3} min " + "".join(f"{cost:>10.2f}" for cost in costs))
