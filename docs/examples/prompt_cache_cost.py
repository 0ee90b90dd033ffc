"""Does a prompt cache pay? Costs of a prefix; reading it anew each time is 1."""

from math import exp, log
from typing import NamedTuple


class Offer(NamedTuple):
    write: float  # price of a miss, as a multiple of the plain input price
    read: float  # price of a hit
    lifetime: float  # minutes


# Replace the figures by those of your provider's price list.
OFFERS = {
    "5 minutes": Offer(write=1.25, read=0.10, lifetime=5),
    "1 hour": Offer(write=2.00, read=0.10, lifetime=60),
}


def relative_cost(offer: Offer, gap: float) -> float:
    """Expected cost of a request; gap is the mean number of minutes between two.

    Requests arrive independently, and each use starts the lifetime anew: a request
    hits when the one before it came less than a lifetime ago.
    """
    hits = 1 - exp(-offer.lifetime / gap)
    return hits * offer.read + (1 - hits) * offer.write


for name, offer in OFFERS.items():
    needed = (offer.write - 1) / (offer.write - offer.read)  # share of hits at cost 1
    widest = offer.lifetime / -log(1 - needed)
    print(f"{name:<9} pays from {needed:.0%} hits, a request each {widest:.0f} minutes")

print("gap     5 minutes  1 hour")
for gap in (1, 5, 15, 30, 60, 120):
    costs = [relative_cost(offer, gap) for offer in OFFERS.values()]
    print(f"{gap:>3} min " + "".join(f"{cost:>10.2f}" for cost in costs))
