"""What the tests of this lab draw anew in each run: emails, and values that are in them, or nearly."""

import random
import string

SENTENCES = [
    "Please refund {invoice} of {amount} euros, thanks. {name}",
    "Invoice {invoice}: you charged {amount} euros.",
    "We paid {amount} euros for {invoice} on {day}.",
    "{name} here. On {day} you took {amount} euros ({invoice}).",
]
#: Emails in which there is nothing to extract.
EMPTY = [
    "My order never came. I want my money back. {name}",
    "What are your opening hours on {day}?",
    "{name} here: the box was empty on {day}, what now?",
]
NAMES = ["Amara", "Bela", "Chidi", "Dolores", "Eszter", "Farid", "Hiroshi"]
DAYS = ["Monday", "Tuesday", "Friday", "Sunday"]


def invoice(rng: random.Random, letters: int = 0, digits: int = 0) -> str:
    """An invoice of two or three letters and two to four digits, or of as many as are asked for."""
    prefix = "".join(rng.choices(string.ascii_uppercase, k=letters or rng.randint(2, 3)))
    return prefix + "-" + "".join(rng.choices("123456789", k=digits or rng.randint(2, 4)))


def amount(rng: random.Random) -> str:
    return f"{rng.randint(0, 999)}.{rng.randint(10, 99)}"


def mail(rng: random.Random) -> tuple[str, str, str]:
    """An email of the plainest form, its invoice and its amount."""
    found = {"invoice": invoice(rng), "amount": amount(rng)}
    text = rng.choice(SENTENCES).format(**found, name=rng.choice(NAMES), day=rng.choice(DAYS))
    return text, found["invoice"], found["amount"]


def empty(rng: random.Random) -> str:
    return rng.choice(EMPTY).format(name=rng.choice(NAMES), day=rng.choice(DAYS))


def another(rng: random.Random, draw, *known: str) -> str:
    """A value that is none of the known ones, nor part of one."""
    while any((found := draw(rng)) in value or value in found for value in known):
        pass
    return found
