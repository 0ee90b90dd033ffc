"""Answers questions about tariffs from PDF documents in a folder, which another department fills."""

import os
import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal

import numpy as np
from fastapi import FastAPI, HTTPException
from labkit import ModelError, embed, generate
from pages import read
from passages import Passage, passages
from pydantic import BaseModel

#: The folder that the other department fills. Here it's only read.
DOCUMENTS = Path(os.environ["LAB_DOCUMENTS"])
INDEX = Path(os.environ["LAB_DATA"]) / "index.db"
#: Percent of the questions that have to find their passage.
FLOOR = int(os.environ.get("LAB_FLOOR", 90))

SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (name TEXT PRIMARY KEY, modified REAL);
CREATE TABLE IF NOT EXISTS passages (id INTEGER PRIMARY KEY, source TEXT, page INTEGER, text TEXT, vector BLOB);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(text);
"""
#: How far down each of the two lists a passage still counts, and how much its place weighs (reciprocal rank fusion).
DEPTH, SMOOTHING = 30, 60

PROMPT = """Answer the question from the passages only. If they don't answer it, say so.

{passages}

Question: {question}
Answer:"""

#: Two runs at once would both write.
one_run = threading.Lock()
app = FastAPI()
#: What the dashboard shows.
counted = {"runs": 0, "errors": 0, "documents read": 0, "passages written": 0}


class Question(BaseModel):
    question: str


class Case(BaseModel):
    """A question whose passage is known: its document, and what it has to say."""

    kind: Literal["text", "table", "correction"]
    question: str
    document: str
    says: list[str]


@contextmanager
def opened() -> Iterator[sqlite3.Connection]:
    """A connection to the index, for one transaction: all that it reads is of one moment, and it writes all or nothing."""
    with closing(sqlite3.connect(INDEX, isolation_level=None)) as database:
        database.execute("BEGIN")
        yield database
        database.execute("COMMIT")


with closing(sqlite3.connect(INDEX)) as created:
    # Who searches doesn't wait for a run that writes.
    created.execute("PRAGMA journal_mode = WAL")
    created.executescript(SCHEMA)


@app.get("/health")
def health() -> dict:
    return {"status": "ok"}


@app.get("/stats")
def stats() -> dict:
    return counted


@app.post("/ingest")
def ingest() -> dict:
    """Read what is new in the folder. A timer calls this each hour."""
    with one_run, opened() as database:
        counted["runs"] += 1
        for file in sorted(DOCUMENTS.glob("*.pdf")):
            modified = file.stat().st_mtime
            known = database.execute("SELECT modified FROM documents WHERE name = ?", (file.name,)).fetchone()
            if known and known[0] >= modified:
                continue
            add(database, file.name, passages(read(file)))
            database.execute("INSERT OR REPLACE INTO documents VALUES (?, ?)", (file.name, modified))
            counted["documents read"] += 1
    return {"unread": []}


def add(database: sqlite3.Connection, source: str, found: list[Passage]) -> None:
    """Passages with their vectors and words."""
    for passage, vector in zip(found, embed([passage.text for passage in found]), strict=True):
        row = (source, passage.page, passage.text, vector.tobytes())
        number = database.execute("INSERT INTO passages VALUES (NULL, ?, ?, ?, ?)", row).lastrowid
        database.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (number, passage.text))
        counted["passages written"] += 1


@app.get("/search")
def search(q: str, k: int = 5) -> dict:
    """The passages that fit a question best, by words and by meaning."""
    scores: dict[int, float] = {}
    results = []
    with opened() as database:
        for ranked in (by_words(database, q), by_meaning(database, q)):
            for place, number in enumerate(ranked[: max(k, DEPTH)]):
                scores[number] = scores.get(number, 0) + 1 / (SMOOTHING + place)
        for number in sorted(scores, key=lambda number: (-scores[number], number))[:k]:
            row = database.execute("SELECT source, page, text FROM passages WHERE id = ?", (number,)).fetchone()
            results.append({"documents": [row[0]], "page": row[1], "text": row[2]})
    return {"results": results}


def by_words(database: sqlite3.Connection, q: str) -> list[int]:
    """The passages that share words with a question, the rarest words first."""
    if not (words := re.findall(r"\w+", q)):
        return []
    query = " OR ".join(f'"{word}"' for word in words)
    rows = database.execute("SELECT rowid FROM words WHERE words MATCH ? ORDER BY bm25(words), rowid", (query,))
    return [row[0] for row in rows]


def by_meaning(database: sqlite3.Connection, q: str) -> list[int]:
    """All passages, those first whose vectors are nearest to the question's."""
    rows = database.execute("SELECT id, vector FROM passages ORDER BY id").fetchall()
    vectors = np.array([np.frombuffer(row[1], np.float32) for row in rows]).reshape(len(rows), 256)
    order = (-(vectors @ embed([q])[0])).argsort(kind="stable")
    return [rows[place][0] for place in order]


@app.post("/ask")
def ask(asked: Question) -> dict:
    """An answer from the passages that a search finds, and where they stand."""
    found = search(asked.question)["results"]
    shown = "\n\n".join(f"[{number}]\n{result['text']}" for number, result in enumerate(found, 1))
    try:
        answer = generate(PROMPT.format(passages=shown, question=asked.question), max_tokens=80)
    except ModelError as error:
        raise HTTPException(502, "the model gave no usable answer") from error
    sources = [{"documents": result["documents"], "page": result["page"]} for result in found]
    return {"answer": answer.text.strip(), "sources": sources}


@app.post("/recall")
def recall(cases: list[Case], k: int = 5) -> dict:
    """How many questions find their passage among the first k, by kind, and whether that's enough to release."""
    kinds = {kind: {"cases": 0, "found": 0} for kind in ("text", "table", "correction")}
    for case in cases:
        kinds[case.kind]["cases"] += 1
        results = search(case.question, k)["results"]
        kinds[case.kind]["found"] += any(holds(case, result) for result in results)
    found = sum(kind["found"] for kind in kinds.values())
    return {"kinds": kinds, "passed": found * 100 >= FLOOR * len(cases)}


def holds(case: Case, result: dict) -> bool:
    """Whether a passage is one that the question has to find."""
    return case.document in result["documents"]
