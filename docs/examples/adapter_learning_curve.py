"""A LoRA adapter in NumPy: what more examples bring, and what the model loses."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Labels = NDArray[np.int64]

# Invented: a ticket is 40 numbers, and a model sorts it into one of 8 queues.
TICKET, QUEUES, RANK = 40, 8, 2
chance = np.random.default_rng(7)


def tickets(count: int) -> Numbers:
    return chance.normal(size=(count, TICKET))


def sorted_by(weights: Numbers, batch: Numbers) -> Labels:
    return np.argmax(batch @ weights, axis=1)


def wilson(right: int, cases: int, z: float = 1.96) -> tuple[float, float]:
    """Where the share of all cases may lie, by Wilson's formula for a 95% interval."""
    share, doubt = right / cases, z * z / cases  # few cases leave much doubt
    half = z * sqrt(share * (1 - share) / cases + doubt / (4 * cases))
    middle = share + doubt / 2
    return (middle - half) / (1 + doubt), (middle + half) / (1 + doubt)


# --8<-- [start:train]
def train(base: Numbers, batch: Numbers, labels: Labels, steps: int = 300) -> Numbers:
    """Two small matrices, down and up, learn a correction of the frozen base."""
    down = 0.1 * np.random.default_rng(1).normal(size=(TICKET, RANK))
    up = np.zeros((RANK, QUEUES))  # so the adapter changes nothing at first
    wanted = np.eye(QUEUES)[labels]  # a row for each ticket: 1 at its queue, else 0
    for _ in range(steps):
        scores = batch @ (base + down @ up)
        scores -= scores.max(axis=1, keepdims=True)
        guessed = np.exp(scores)  # scores become shares that add up to 1 (softmax)
        guessed /= guessed.sum(axis=1, keepdims=True)
        # The error, times the input, says how the correction should change.
        slope = batch.T @ (guessed - wanted) / len(batch)
        # Each small matrix moves a little against its slope. The base stays as it is.
        down, up = down - 0.5 * slope @ up.T, up - 0.5 * down.T @ slope
    return down @ up
# --8<-- [end:train]

base = chance.normal(size=(TICKET, QUEUES))
# Our house rules differ from what the model learned, by a correction of rank 2.
rules = chance.normal(size=(TICKET, RANK)) @ chance.normal(size=(RANK, QUEUES))
ours = base + rules

examples, held_out, other_work = tickets(960), tickets(60), tickets(500)
labels = sorted_by(ours, examples)
careless = chance.random(960) < 0.08  # here the reviewers only guess
labels[careless] = chance.integers(0, QUEUES, size=int(careless.sum()))

numbers = TICKET * RANK + RANK * QUEUES
print(f"base has {base.size} numbers, all frozen; the adapter has {numbers}")
print("examples  held-out       95% interval   work we did not train for")
for count in (0, 75, 150, 240, 960):
    adapter = np.zeros_like(base)
    if count:
        adapter = train(base, examples[:count], labels[:count])
    tuned = base + adapter
    right = int((sorted_by(tuned, held_out) == sorted_by(ours, held_out)).sum())
    low, high = wilson(right, 60)
    # For other work the old behavior was right, and should have stayed.
    kept = (sorted_by(tuned, other_work) == sorted_by(base, other_work)).mean()
    score = f"{right} of 60 = {right / 60:.0%}  {low:.0%} to {high:.0%}"
    print(f"{count:8}  {score}     {kept:.0%} as before")
