"""Training by hand: a loop that lowers a loss, and the examples that it never saw."""

from math import exp, log

# 1 means that the email threatens legal action. Suppose a person labeled them.
TRAINING = [
    ("my lawyer will contact you", 1),
    ("i will sue you over this kettle", 1),
    ("this is my last letter before court", 1),
    ("the kettle leaks please help", 0),
    ("please send this to my new address", 0),
    ("i love this lamp", 0),
]
HELD_OUT = [
    ("my lawyer is waiting for your letter", 1),
    ("i will see you in court", 1),
    ("my aunt will love this kettle", 0),
    ("please contact my neighbor over there", 0),
]
weights: dict[str, float] = {}


def chance(text: str) -> float:
    """The model: add the weights of the words, and squeeze the sum between 0 and 1."""
    total = sum(weights.get(word, 0.0) for word in text.split())
    return 1 / (1 + exp(-total))


def loss(examples: list[tuple[str, int]]) -> float:
    """Zero if each right answer got the chance 1; large if one of them got little."""
    total = 0.0
    for text, label in examples:
        chance_of_label = chance(text) if label else 1 - chance(text)
        total -= log(chance_of_label)
    return total / len(examples)


def step(rate: float) -> None:
    """Move each weight a little in the direction that lowers the loss."""
    for text, label in TRAINING:
        error = label - chance(text)  # by calculus, the way down
        for word in text.split():
            weights[word] = weights.get(word, 0.0) + rate * error


print("rounds  loss in training  loss held out")
for rounds in range(3001):
    if rounds in (0, 3, 10, 30, 100, 1000, 3000):
        print(f"{rounds:6}  {loss(TRAINING):16.2f}  {loss(HELD_OUT):13.2f}")
    step(rate=0.2)
for text, label in HELD_OUT:
    print(f"{chance(text):.2f} (should be {label})  {text}")
