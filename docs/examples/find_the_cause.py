"""Nine complaints: which value on the spans do they share that other answers don't?"""

import random
from collections import Counter
from contextlib import contextmanager


class Trace:
    """One request. Every span keeps what it was asked and what really happened."""

    def __init__(self, trace_id, tenant):
        self.id = trace_id
        self.spans = [("request", {"tenant": tenant, "release": "40"})]

    @contextmanager
    def span(self, name, **asked):
        values = dict(asked)
        self.spans.append((name, values))
        yield values

    def values(self):
        for name, values in self.spans:
            for key, value in values.items():
                yield f"{name}.{key}={value}"


def call_model(asked, dice):
    """The provider: for 3 requests of 10, the alias leads to the new version."""
    answered = "m-2026-11" if dice.random() < 0.3 else "m-2026-05"
    wrong = dice.random() < (0.08 if answered == "m-2026-11" else 0.002)
    return {"model": answered, "finish": "stop", "wrong": wrong}


# The program knows each wrong answer. A service hears of some, from its users.
def answer(number, dice):
    trace = Trace(f"t{number:03}", dice.choice(["acme", "blue", "corp"]))
    with trace.span("retrieve") as span:
        span["index"] = dice.choice(["v7", "v7", "v8"])
    with trace.span("model", asked="m-latest", prompt="refund@19") as span:
        reply = call_model("m-latest", dice)
        span["answered"] = reply["model"]  # the line that finds the cause
        span["finish"] = reply["finish"]
    return trace, reply["wrong"]


def table(answers):
    """For each value on a span: answers, wrong ones, share; the worst first."""
    seen, wrong = Counter(), Counter()
    for trace, is_wrong in answers:
        for value in trace.values():
            seen[value] += 1
            wrong[value] += is_wrong
    print(f"{'value on a span':<28}{'answers':>8}{'wrong':>7}{'share':>8}")
    for value in sorted(seen, key=lambda v: (-wrong[v] / seen[v], v)):
        share = wrong[value] / seen[value]
        print(f"{value:<28}{seen[value]:>8}{wrong[value]:>7}{share:>8.1%}")


dice = random.Random(21)
answers = [answer(number, dice) for number in range(400)]
complaints = [trace.id for trace, wrong in answers if wrong]
print(len(complaints), "complaints:", *complaints, "\n")
table(answers)
