"""Chunk cutter: a policy cut by three rules, and the chunk that the search of hybrid_search.py finds for a question.

The policy is the handbook's own: the rules on returns of the shop whose passages the other examples search, written as
the page that an editor would keep, with the exceptions behind the rules.
"""

import contextlib
import io
import json
import re
from collections import Counter

with contextlib.redirect_stdout(io.StringIO()):
    import hybrid_search as search

# Headings with the paragraph below each.
POLICY = {
    "Returns in the European Union": "Returned goods must arrive within 30 days of delivery. Send them in the box that "
    "they came in and put the label on top. This does not apply to opened software, which we do not take back.",
    "Returns in Switzerland": "Returned goods must arrive within 14 days of delivery. The label is in the parcel. "
    "Customs duties are not paid back.",
    "Refunds": "A refund reaches the card within five working days after we approve it. You get a message as soon as "
    "that is done. A gift card is the exception: its refund is booked at once.",
    "Damaged goods": "Send two photographs within 48 hours and keep the packaging. We replace the goods at no cost. "
    "Parcels above 30 kilograms are collected by a carrier, so do not send them.",
}
# A question, and the words that a whole answer needs.
QUESTIONS = {
    "eu": ("how many days for goods returned in the European Union", ["European Union", "30 days", "opened software"]),
    "ch": ("how many days for goods returned in Switzerland", ["Switzerland", "14 days", "Customs duties"]),
    "refund": ("when does a refund reach my card", ["five working days", "gift card"]),
    "damaged": ("what to do with damaged goods", ["two photographs", "30 kilograms"]),
}

# Each sentence with its heading; a heading is a sentence, too.
sentences: list[tuple[str, list[str]]] = []
for heading, paragraph in POLICY.items():
    sentences.append((heading, heading.split()))
    sentences += [(heading, text.split()) for text in re.split(r"(?<=\.) ", paragraph)]

Cut = tuple[str, int, int]  # What is put in front of a chunk, its first word, and the word after its last.


def by_words(size: int, overlap: int) -> list[Cut]:
    """So many words each, wherever that is."""
    end = sum(len(words) for _, words in sentences)
    starts = range(0, max(1, end - overlap), size - overlap)
    return [("", start, min(end, start + size)) for start in starts]


def by_sentences(size: int, overlap: int, keep_sections: bool = False) -> list[Cut]:
    """Whole sentences up to the size; the next begins with those at the end that fit into the overlap.

    With sections, no chunk reaches over a heading, and each has its heading in front.
    """
    starts = [0]
    for _, words in sentences:
        starts.append(starts[-1] + len(words))
    cuts: list[Cut] = []
    first = 0
    while first < len(sentences):
        heading = sentences[first][0]
        prefix = heading if keep_sections and not is_heading(first) else ""
        last = first + 1
        while (
            last < len(sentences)
            and starts[last + 1] - starts[first] <= size
            and not (keep_sections and is_heading(last))
        ):
            last += 1
        cuts.append((prefix, starts[first], starts[last]))
        following = last
        if last < len(sentences) and not (keep_sections and is_heading(last)):
            while following - 1 > first and starts[last] - starts[following - 1] <= overlap:
                following -= 1
        first = following
    return cuts


def is_heading(position: int) -> bool:
    heading, words = sentences[position]
    return " ".join(words) == heading


def outcome(size: int, overlap: int, rule: str, question: str) -> dict[str, object]:
    cuts = by_words(size, overlap) if rule == "words" else by_sentences(size, overlap, rule == "sections")
    text = [word for _, words in sentences for word in words]
    chunks = [" ".join([*prefix.split(), *text[start:end]]) for prefix, start, end in cuts]
    # The search of the example, over these chunks.
    search.passages = {str(position): chunk for position, chunk in enumerate(chunks, 1)}
    search.word_counts = {name: Counter(search.words(chunk)) for name, chunk in search.passages.items()}
    search.average_length = sum(counts.total() for counts in search.word_counts.values()) / len(chunks)
    asked, needed = QUESTIONS[question]
    found = int(search.keywords(asked)[0])
    return {
        "chunks": len(chunks),
        "stored": sum(len(chunk.split()) for chunk in chunks),
        "found": found,
        "has": [words in chunks[found - 1] for words in needed],
    }


results = [
    {
        "settings": {"size": size, "overlap": overlap, "rule": rule, "question": question},
        "results": outcome(size, overlap, rule, question),
    }
    for question in QUESTIONS
    for rule in ("words", "sentences", "sections")
    for size, overlap in ((16, 0), (20, 8), (28, 0), (28, 12), (60, 0))
]
data = {
    "sentences": [[is_heading(i), " ".join(words)] for i, (_, words) in enumerate(sentences)],
    "questions": QUESTIONS,
}
print(json.dumps({"data": data, "results": results}))
