"""Compares a new version of an assistant with the one that is live, before each release, and says what it can't know."""

import re
from collections.abc import Sequence
from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

import httpx
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

#: Seconds that a version or the judge may take for all cases.
TIMEOUT = 30
#: Chance that two equal versions are told apart, in all segments of a comparison together.
ERROR = 0.05
#: A judge is used if it finds this share of the bad labels, and passes this share of the good ones.
TRUSTED = 0.9
#: Share of missing answers above which a run says nothing about the version.
MISSING = 0.02

client = httpx.Client(timeout=TIMEOUT, trust_env=False)
app = FastAPI()


class Case(BaseModel):
    """What a customer wrote, and what a person found in it."""

    id: str
    segment: str
    input: str
    reference: str


class Label(BaseModel):
    """An answer from production that a person has read, and found good or bad."""

    input: str
    reference: str
    answer: str
    good: bool


class Comparison(BaseModel):
    """Addresses of the two versions and of the judge, with the cases to compare on and the loss that is allowed."""

    live: str
    candidate: str
    judge: str
    allowed: float
    cases: list[Case]
    labels: list[Label]


class Pair(NamedTuple):
    """Whether each version was right about one case."""

    segment: str
    live: bool
    candidate: bool


class Change(NamedTuple):
    """What the candidate gained and lost, and bounds of how much better it is on cases like these."""

    cases: int
    gained: int
    lost: int
    low: float
    high: float


@app.get("/health")
def health() -> dict:
    return {"status": "ok"}


def fetched(method: str, address: str, body: dict | None = None) -> dict:
    try:
        answer = client.request(method, address, json=body)
        answer.raise_for_status()
        return answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise HTTPException(502, f"{address} gives no usable answer") from error


def asked(address: str, body: dict, part: str, count: int) -> list:
    """The part of an answer that has one entry for each entry of the question."""
    entries = fetched("POST", address, body).get(part)
    if not isinstance(entries, list) or len(entries) != count:
        raise HTTPException(502, f"{address} does not give {count} {part}")
    return entries


def answers(version: str, cases: Sequence[Case]) -> list[str | None]:
    return asked(f"{version}/answers", {"inputs": [case.input for case in cases]}, "answers", len(cases))


def grades(judge: str, answered: Sequence[tuple[Case | Label, str]]) -> list[bool]:
    """The judge's opinion of answers. It does not learn whose they are, so it can't favor a version."""
    graded = [{"input": about.input, "reference": about.reference, "answer": answer} for about, answer in answered]
    return asked(f"{judge}/grades", {"answers": graded}, "grades", len(graded))


def words(text: str) -> str:
    """The words of a text in one spelling, with a space on both sides of each."""
    return " ".join(["", *re.findall(r"\w+", text.casefold()), ""])


def leaked(run: Comparison) -> set[str]:
    """Cases that stand in the prompt of a version: it knows their answers, so they say nothing about others."""
    prompts = [words(fetched("GET", f"{version}/prompt").get("prompt", "")) for version in (run.live, run.candidate)]
    return {case.id for case in run.cases if any(words(case.input) in prompt for prompt in prompts)}


def judge_rates(judge: str, labels: Sequence[Label]) -> dict[str, float]:
    """The share of bad answers that the judge finds, and of good ones that it passes; 0 where no label tells."""
    opinions = grades(judge, [(label, label.answer) for label in labels])
    found = [not opinion for label, opinion in zip(labels, opinions, strict=True) if not label.good]
    passed = [opinion for label, opinion in zip(labels, opinions, strict=True) if label.good]
    return {"found": sum(found) / max(len(found), 1), "passed": sum(passed) / max(len(passed), 1)}


def change(pairs: Sequence[Pair], comparisons: int) -> Change:
    """Compares case by case: a case that both versions get right, or wrong, says nothing about their difference.

    The interval is Agresti and Min's for paired shares (2005): half a case is added to each of the four counts. Each
    bound is wrong in ERROR / comparisons of all runs, so that many segments do not raise many false alarms.
    """
    gained = sum(pair.candidate and not pair.live for pair in pairs)
    lost = sum(pair.live and not pair.candidate for pair in pairs)
    cases = len(pairs) + 2
    middle = (gained - lost) / cases
    spread = sqrt(gained + lost + 1 - (gained - lost) ** 2 / cases) / cases
    half = NormalDist().inv_cdf(1 - ERROR / comparisons) * spread
    return Change(len(pairs), gained, lost, middle - half, middle + half)


def pairs_of(run: Comparison, cases: Sequence[Case]) -> tuple[list[Pair], int]:
    """Both versions on each case that both have answered, and how many answers the worse of them lacks."""
    of_live, of_candidate = answers(run.live, cases), answers(run.candidate, cases)
    complete = [
        (case, live, candidate)
        for case, live, candidate in zip(cases, of_live, of_candidate, strict=True)
        if live is not None and candidate is not None
    ]
    live = grades(run.judge, [(case, answer) for case, answer, _ in complete])
    candidate = grades(run.judge, [(case, answer) for case, _, answer in complete])
    pairs = [Pair(case.segment, *right) for (case, _, _), *right in zip(complete, live, candidate, strict=True)]
    return pairs, max(of_live.count(None), of_candidate.count(None))


@app.post("/compare")
def compare(run: Comparison) -> dict:
    """Whether the candidate may be released: passed, regression, undecided with these cases, or void."""
    known = leaked(run)
    cases = [case for case in run.cases if case.id not in known]
    judge = judge_rates(run.judge, run.labels)
    pairs, missing = pairs_of(run, cases)
    names = sorted({case.segment for case in run.cases})
    segments = {name: change([pair for pair in pairs if pair.segment == name], len(names)) for name in names}
    regressions = [name for name, found in segments.items() if found.high < 0]
    undecided = [name for name, found in segments.items() if found.high >= 0 and found.low < -run.allowed]
    if min(judge.values()) < TRUSTED or missing > MISSING * len(cases):
        # Nothing was measured, so nothing is said about the versions.
        verdict, regressions, undecided = "void", [], names
    else:
        verdict = "regression" if regressions else "undecided" if undecided else "passed"
    return {
        "verdict": verdict,
        "better": verdict != "void" and change(pairs, 1).low > 0,
        "regressions": regressions,
        "undecided": undecided,
        "leaked": sorted(known),
        "judge": judge,
        "missing": missing,
        "segments": {name: found._asdict() for name, found in segments.items()},
    }
