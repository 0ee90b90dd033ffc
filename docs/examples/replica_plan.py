"""From a load test of one replica to a number of replicas, and what waiting costs."""

import math

# Requests a second that were sent, and the share that met both latency limits.
LOAD_TEST = {2.0: 1.000, 3.0: 0.998, 4.0: 0.992, 5.0: 0.961, 6.0: 0.870}
OBJECTIVE = 0.99
PEAK = 14.0  # requests a second
COLD_START = 240  # seconds until a new replica answers

print("rate  on time  goodput")
for rate, share in LOAD_TEST.items():
    print(f"{rate:4.1f}  {share:6.1%}  {rate * share:7.2f}")

held = max(rate for rate, share in LOAD_TEST.items() if share >= OBJECTIVE)
for_load = math.ceil(PEAK / held)
planned = for_load + 2  # one may fail, one may be down for a deployment
print(f"one replica holds {held} a second within the objective")
print(f"replicas: {for_load} for the peak, {planned} in all")

# The peak arrives while too few replicas run, and a new one has to start first.
for running in (for_load - 1, for_load - 2):
    waiting = (PEAK - running * held) * COLD_START
    print(f"{running} running: {waiting:.0f} requests wait when the next one is ready")
