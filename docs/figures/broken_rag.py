"""Broken RAG: a service of five small parts, run whole and with each part broken, over one set of questions.

Passages, questions and vector search are those of hybrid_search.py. Where a service has a language model, this one has
a reader that copies the passage nearest to the question: small enough that every number can be checked by hand, and the
same on every machine. The faults are built in, one for each part, and are ones that services have.
"""

import contextlib
import io
import json
import re

with contextlib.redirect_stdout(io.StringIO()):
    import hybrid_search as search
from local_models import embed

PASSAGES = dict(search.passages)
QUESTIONS = [*search.golden, *((question, []) for question in search.corpus["unanswerable"])]
PARTS = ("none", "ingestion", "search", "prompt", "model", "check")
PIECE = 12  # Words of a chunk when ingestion is broken.
ROOM = 30  # Words that fit into the prompt when it is broken.
LOWEST = 0.32  # The similarity from which the check lets an answer pass: measured on these questions.


def chunks(broken: str) -> list[str]:
    """Each passage is one chunk. Broken: cut after a number of words, wherever that is."""
    if broken != "ingestion":
        return list(PASSAGES.values())
    cut = [passage.split() for passage in PASSAGES.values()]
    return [" ".join(words[at : at + PIECE]) for words in cut for at in range(0, len(words), PIECE)]


def found(question: str, broken: str) -> list[str]:
    """The five nearest chunks that hold the question's codes. Broken: the question's vector is from another model."""
    # Numbers in another order are what another model's vector is to this index: of the right length, and meaningless.
    search.embed = (lambda texts: embed(texts)[:, ::-1]) if broken == "search" else embed
    codes = search.CODE.findall(question)
    ranked = (search.passages[name] for name in search.vectors(question))
    return [chunk for chunk in ranked if all(code in chunk for code in codes)][:5]


def sent(chunks: list[str], broken: str) -> list[str]:
    """All that was found. Broken: a limit on the prompt cuts off its beginning, where the best passages are."""
    if broken != "prompt":
        return chunks
    kept: list[str] = []
    for chunk in reversed(chunks):
        if sum(len(text.split()) for text in [chunk, *kept]) > ROOM:
            break
        kept.insert(0, chunk)
    return kept


def answered(question: str, chunks: list[str], broken: str) -> tuple[str, float]:
    """The chunk nearest to the question, and how near it is. Broken: with the number of another chunk in it."""
    if not chunks:
        return "", 0.0
    near = [float(score) for score in embed(chunks) @ embed([question])[0]]
    best = near.index(max(near))
    answer = chunks[best]
    if broken == "model":
        number = r"(?<![-\w.])\d+(?![-\w.:])"
        others = [n for i, chunk in enumerate(chunks) if i != best for n in re.findall(number, chunk)]
        answer = re.sub(number, lambda old: next((n for n in others if n != old[0]), old[0]), answer, count=1)
    return answer, round(near[best], 3)


def trace(question: str, right: list[str], broken: str) -> dict[str, object]:
    """What each part did with one question."""
    texts = [PASSAGES[name] for name in right]
    first = found(question, broken)
    given = sent(first, broken)
    answer, score = answered(question, given, broken)
    places = [first.index(text) + 1 for text in texts if text in first]
    return {
        "whole": all(text in search.passages.values() for text in texts),
        "recall": len(places) / len(texts) if texts else None,
        "rank": min(places, default=None),
        "sent": any(text in given for text in texts),
        "given": len(given),
        "answer": answer,
        "supported": answer in given,
        "score": score,
        "passed": bool(answer) and (broken == "check" or score >= LOWEST),
        "right": answer in texts,
    }


def numbers(traces: list[dict]) -> dict[str, list[float]]:
    """Each part's number as a count, and of how many."""
    known = [one for one in traces if one["recall"] is not None]
    ranked = [one for one in known if one["rank"]]
    answers = [one for one in traces if one["passed"]]
    unknown = [one for one in traces if one["recall"] is None]
    return {
        "ingestion": [sum(one["whole"] for one in known), len(known)],
        "search": [sum(one["recall"] for one in known), len(known)],
        "prompt": [sum(one["sent"] for one in ranked), len(ranked)],
        "model": [sum(one["supported"] for one in answers), len(answers)],
        "check": [sum(not one["passed"] for one in unknown), len(unknown)],
    }


def outcome(one: dict) -> str:
    if one["passed"]:
        return "right" if one["right"] else "wrong"
    return "unanswered" if one["recall"] is not None else "right"


traces: dict[str, list[dict]] = {}
for part in PARTS:
    search.passages = {str(position): chunk for position, chunk in enumerate(chunks(part))}
    search.passage_vectors = embed(list(search.passages.values()))
    traces[part] = [trace(question, right, part) for question, right in QUESTIONS]

results = []
for part, ones in traces.items():
    for position in (0, 6, 27):
        ends = [outcome(one) for one in ones]
        results.append(
            {
                "settings": {"broken": part, "question": position + 1},
                "results": {
                    "numbers": numbers(ones),
                    "right": ends.count("right"),
                    "wrong": ends.count("wrong"),
                    "unanswered": ends.count("unanswered"),
                    "end": ends[position],
                },
            }
        )
questions = [[question, PASSAGES[right[0]] if right else None] for question, right in QUESTIONS]
print(json.dumps({"data": {"questions": questions, "traces": traces}, "results": results}))
