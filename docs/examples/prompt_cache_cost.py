"""Does a prompt cache pay? What a prefix costs; reading it again each time is 1."""

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
FIRST_TOKEN = 0.05  # minutes until a prefix that is being written can be read


def replay(offer: Offer, arrivals: list[float]) -> float:
    """Mean cost of a request of a log; arrivals are minutes in rising order."""
    cost = 0.0
    readable_from = expires = float("-inf")
    for arrival in arrivals:
        if arrival >= expires:  # nothing is stored: this request begins the entry
            cost += offer.write
            readable_from = arrival + FIRST_TOKEN
        elif arrival < readable_from:  # stored a moment too late for this request
            cost += offer.write
        else:
            cost += offer.read
        expires = arrival + offer.lifetime  # each use starts the lifetime again
    return cost / len(arrivals)


def expected(offer: Offer, gap: float) -> float:
    """The same without a log; gap is the mean number of minutes between requests.

    Requests arrive independently of each other: a request hits when the one before
    it came less than a lifetime ago.
    """
    hits = 1 - exp(-offer.lifetime / gap)
    return hits * offer.read + (1 - hits) * offer.write


# Replace a list by the arrival times in your own log.
LOGS = {
    "every 6 minutes": [6.0 * i for i in range(200)],
    "8 in 4 minutes, once an hour": [60 * (i // 8) + i % 8 / 2 for i in range(200)],
    "200 at once": [0.0] * 200,
    "one, then 199": [0.0] + [1.0] * 199,
}
columns = "".join(f"{name:>11}" for name in OFFERS)
print("log".ljust(29) + columns)
for name, arrivals in LOGS.items():
    costs = [replay(offer, arrivals) for offer in OFFERS.values()]
    print(f"{name:<29}" + "".join(f"{cost:>11.2f}" for cost in costs))

print("\n" + "mean gap, random arrivals".ljust(29) + columns)
for gap in (1, 5, 15, 30, 60, 120):
    costs = [expected(offer, gap) for offer in OFFERS.values()]
    print(f"{gap:>3} min".ljust(29) + "".join(f"{cost:>11.2f}" for cost in costs))
print()
for name, offer in OFFERS.items():
    needed = (offer.write - 1) / (offer.write - offer.read)  # share of hits at cost 1
    widest = offer.lifetime / -log(1 - needed)
    every = f"a random request every {widest:.0f} minutes"
    print(f"{name:<9} pays from {needed:.0%} hits: {every}")
