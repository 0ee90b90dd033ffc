"""A help desk of two shops, drawn anew for each test: names, codes, numbers, and the words in which customers ask.

help.json has the pages, and questions to choose thresholds by. The tests ask others: they draw them from drawn.json.
"""

import json
import re
from pathlib import Path

HERE = Path(__file__).parent
HELP = json.loads((HERE / "help.json").read_text("utf-8"))
DRAWN = json.loads((HERE / "drawn.json").read_text("utf-8"))
SHOPS = ["Fjord", "Meadow", "Linden", "Summit", "Harbor", "Orchard", "Canyon", "Willow", "Glacier", "Prairie"]
LANDS = ["Germany", "Austria", "Switzerland", "France", "Italy", "Spain", "Poland", "Norway", "Ireland", "Greece"]
WORDS = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "twenty"]
#: Numbers of the pages that are others at each run, with the least and the most that they can be.
NUMBERS = {
    "within 30 days": (20, 50),
    "within 14 days": (7, 19),
    "within 60 days": (55, 90),
    "after 24 months": (13, 40),
    "costs 90 euros": (60, 120),
    "800 square meters": (500, 990),
    "160 watt-hours": (110, 190),
}


def sentences(text):
    return re.split(r"(?<=[.!?])\s+", text)


class Desk:
    """Two shops, the first for bikes and the second for plants, and what their customers ask.

    Attributes:
        shops: the two names.
        documents: the pages of both, as /documents takes them.
        codes: four codes, of which the first two and the last two have the same digits.
        questions: shop, question and the sentence that answers it.
    """

    def __init__(self, rng):
        self.rng = rng
        self.shops = [f"{name}-{rng.getrandbits(24):06x}" for name in rng.sample(SHOPS, 2)]
        (a, b, c), (d, e, f) = rng.sample(range(1, 10), 3), rng.sample(range(1, 10), 3)
        kind = rng.choice(["PAY-", "POS-", "C", "E-"])  # never that of help.json
        self.codes = [
            f"{kind}{digits}" for digits in (f"{a}{b}{b}{c}", f"{a}{b}{c}{b}", f"{d}{d}{e}{f}", f"{d}{d}{f}{e}")
        ]
        self.changed = dict(zip(("ERR-4117", "ERR-4171", "ERR-4410", "ERR-4401"), self.codes, strict=True))
        for old, (least, most) in NUMBERS.items():
            self.changed[old] = re.sub(r"\d+", str(rng.randint(least, most)), old)
        shop_of = dict(zip(("fjord", "meadow"), self.shops, strict=True))
        number = rng.randint(10, 99)
        self.documents = [
            {
                "tenant": shop_of[page["tenant"]],
                "id": f"{page['id']}-{number}",
                "title": page["title"],
                "text": self.told(page["text"]),
            }
            for page in HELP["documents"]
        ]
        codes = dict(zip("abcd", self.codes, strict=True))
        self.questions = [
            (shop_of[shop], rng.choice(reworded).format(**codes), self.told(evidence))
            for (shop, _, evidence), reworded in zip(HELP["questions"], DRAWN["reworded"], strict=True)
        ]

    def told(self, text):
        """A text of the stored pages with the codes and numbers of this desk."""
        for old, new in self.changed.items():
            text = text.replace(old, new)
        return text

    def page(self, shop, name):
        """The text of a page, empty when the shop has no such page."""
        return next((page["text"] for page in self.documents if (page["tenant"], page["id"]) == (shop, name)), "")

    def sentences(self, shop=None):
        return [s for page in self.documents if shop in (None, page["tenant"]) for s in sentences(page["text"])]

    def about_returns(self):
        """The page of the first shop about returns."""
        return self.documents[0]

    def foreign(self, count):
        """Questions that no page is about."""
        return [self._drawn(template) for template in self.rng.sample(DRAWN["foreign"], count)]

    def same(self):
        """Pairs of questions to the first shop that mean the same: two of each form."""
        for first, second in DRAWN["same"]:
            for code in self.rng.sample(self.codes, 2):
                slot = re.search(r"\{([^{}]*,[^{}]*)\}", first)
                filler = self.rng.choice(slot[1].split(",")) if slot else ""
                whole = first.replace(slot[0], filler) if slot else first
                yield whole.replace("{code}", code), second.replace("{}", filler).replace("{code}", code)

    def different(self):
        """Pairs of questions to the first shop that need two answers: three of each form with numbers, none of them twice."""
        for pair in DRAWN["different"]:
            numbers, words = self.rng.sample(range(2, 90), 6), self.rng.sample(WORDS, 6)
            land, lands = self.rng.sample(LANDS, 2)
            code, twin = self.rng.sample(self.codes[:2], 2)
            known = {"land": land, "lands": lands, "code": code, "twin": twin, "other": self.codes[2]}
            for _ in range(3 if "{n}" in pair[0] or "{word}" in pair[0] else 1):
                known |= {"n": numbers.pop(), "m": numbers.pop(), "word": words.pop(), "words": words.pop()}
                yield tuple(text.format(**known) for text in pair)

    def _drawn(self, template):
        return re.sub(r"\{([^{}]*)\}", lambda found: self.rng.choice(found[1].split(",")), template)
