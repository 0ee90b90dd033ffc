"""The evaluation: what search and answers come to on cases whose right passage is known."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from answers import one_line
from library import MODES, Hit

FIRST = 5

Search = Callable[[str, str], list[Hit]]
Ask = Callable[[str], Awaitable[dict[str, Any]]]


async def evaluate(cases: list[dict[str, Any]], floor: dict[str, float], search: Search, ask: Ask) -> dict[str, Any]:
    """The report on these cases. A number that nobody could work out is null, and misses its floor."""
    answerable = [case for case in cases if "sentence" in case]
    unanswerable = [case for case in cases if "sentence" not in case]
    ranks: dict[str, list[int | None]] = {mode: [] for mode in MODES}
    for case in answerable:
        for mode in MODES:
            ranks[mode].append(rank_of(case, search(case["question"], mode)[:FIRST]))
    results = [await ask(case["question"]) for case in answerable]
    abstained = [await ask(case["question"]) for case in unanswerable]
    checked = [result["checked"] for result in [*results, *abstained]]

    numbers = {
        "recall_at_5": share(len([rank for rank in ranks["hybrid"] if rank]), len(answerable)),
        "supported_claims": share(sum(each["supported"] for each in checked), sum(each["claims"] for each in checked)),
        "right_abstentions": share(sum(each["kind"] == "no_answer" for each in abstained), len(unanswerable)),
        "answered": share(sum(each["kind"] == "answer" for each in results), len(answerable)),
    }
    below = [name for name, least in floor.items() if (value := numbers[name]) is None or value < least]
    return {
        "passed": not below,
        "below": below,
        "search": {mode: quality(found) for mode, found in ranks.items()},
        "answers": {name: value for name, value in numbers.items() if name != "recall_at_5"},
        "misses": [case["question"] for case, rank in zip(answerable, ranks["hybrid"], strict=True) if not rank],
    }


def rank_of(case: dict[str, Any], hits: Sequence[Hit]) -> int | None:
    """The place of the passage that holds the case's sentence, from 1; None when it isn't there."""
    for rank, hit in enumerate(hits, 1):
        if hit.document == case["document"] and one_line(case["sentence"]) in one_line(hit.text):
            return rank
    return None


def quality(ranks: Sequence[int | None]) -> dict[str, float | None]:
    found = [rank for rank in ranks if rank]
    return {
        "recall_at_5": share(len(found), len(ranks)),
        "reciprocal_rank": share(sum(1 / rank for rank in found), len(ranks)),
    }


def share(part: float, whole: int) -> float | None:
    return part / whole if whole else None
