"""The golden set of the handbook's own search: what people type, and where each of them should land.

The search is measured against it. The data is public and on no page; rules/targets.py holds its targets to the pages.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from macros.data.fields import Address, Entry
from macros.data.problems import KeyPath, Problem

#: In fewer, one query more or less moves a rate by whole points.
FEWEST = 200

Kind = Literal[
    "backend-word",
    "error-message",
    "acronym",
    "versus",
    "question",
    "symptom",
    "misspelling",
    "british-spelling",
    "product",
    "number",
    "symbol",
    "aim",
]


class Query(Entry):
    """What somebody types into the search, and the pages or sections that answer it."""

    query: Annotated[
        str,
        StringConstraints(min_length=1, max_length=120, pattern=r"^\S(.*\S)?$"),
        Field(description="As people type it, slips and all. Markup in it is text: no page shows it."),
    ]
    kind: Kind
    best: Annotated[list[Address], Field(min_length=1, max_length=3)] = Field(
        description="Where the reader should land first. Without #id, the page and any of its sections count."
    )
    good: Annotated[list[Address], Field(max_length=6)] = Field(
        default=[], description="Where the reader is helped as well, though less directly."
    )
    round: Annotated[int, Field(ge=1)] = Field(
        default=1, description="In which collection it came. The last one is what nobody has prepared the names for."
    )


class Queries(Entry):
    """All of docs/data/queries.yml. An empty list: nobody measures this handbook's search."""

    queries: list[Query]


def normal(query: str) -> str:
    """A query without what makes no difference to a search: case, and the number of spaces."""
    return " ".join(query.casefold().split())


def half(query: str) -> Literal["tuning", "test"]:
    """The half of the golden set that a query belongs to, by the last bit of its SHA-256.

    Who changes the search looks at the tuning half only, and the other one says whether it has become better for
    queries that nobody looked at. A hash decides, so that no hand sorts the hard ones out, and a new query moves none.
    """
    return "test" if hashlib.sha256(normal(query).encode()).digest()[-1] % 2 else "tuning"


def counted(queries: Queries) -> str:
    """'3 queries (2 for tuning, 1 for the test): 2 aim, 1 symbol'."""
    halves = Counter(half(entry.query) for entry in queries.queries)
    kinds = sorted(Counter(entry.kind for entry in queries.queries).items())
    listed = ", ".join(f"{count} {kind}" for kind, count in kinds)
    new = last_round(queries)
    latest = f", {sum(entry.round == new for entry in queries.queries)} of them new in round {new}" if new > 1 else ""
    head = f"{len(queries.queries)} queries ({halves['tuning']} for tuning, {halves['test']} for the test){latest}"
    return f"{head}: {listed}" if listed else head


def last_round(queries: Queries) -> int:
    """The number of the last collection, 1 where there was only one."""
    return max((entry.round for entry in queries.queries), default=1)


def check_queries(queries: Queries) -> Iterator[Problem]:
    """Each query stands once, names each target once, and there are enough of them.

    A query twice would count twice; a target that is best and good as well would be scored as both.
    """
    seen: dict[str, int] = {}
    for index, entry in enumerate(queries.queries):
        path: KeyPath = ("queries", index)
        first = seen.setdefault(normal(entry.query), index)
        if first != index:
            rule = f"is a query already, as number {first + 1} of the list, but for case and spaces"
            yield Problem((*path, "query"), entry.query, rule, "keep one of the two")
        named: set[str] = set()
        for field in ("best", "good"):
            for j, target in enumerate(getattr(entry, field)):
                if target in named:
                    yield Problem((*path, field, j), target, "is a target of this query already", "keep it once")
                named.add(target)
    if 0 < len(queries.queries) < FEWEST:
        yield Problem(
            ("queries",), f"{len(queries.queries)} queries", f"are fewer than the {FEWEST} that a rate needs",
            "add some, or write `queries: []` where nobody measures the search",
        )  # fmt: skip
