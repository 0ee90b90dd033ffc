"""Answers questions about tariffs from PDF documents in a folder, which another department fills."""

import hashlib
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
#: Percent of the questions of each kind that have to find their passage.
FLOOR = int(os.environ.get("LAB_FLOOR", 90))
#: Percent of the documents that may be gone at once. More is rather a folder that isn't mounted than a decision.
MAY_GO = int(os.environ.get("LAB_MAY_GO", 30))

SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (name TEXT PRIMARY KEY, content TEXT);
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
    """Make the index what the folder is. A timer calls this each hour."""
    with one_run:
        counted["runs"] += 1
        with opened() as database:
            known = dict(database.execute("SELECT name, content FROM documents"))
        files = sorted(DOCUMENTS.glob("*.pdf"))
        gone = known.keys() - {file.name for file in files}
        if len(gone) * 100 > MAY_GO * len(known):
            raise HTTPException(409, f"{len(gone)} of {len(known)} documents are gone: see whether the folder is whole")
        unread = []
        for file in files:
            try:
                found = passages(read(file))
            except ValueError:
                # What was there stays, until the file can be read.
                unread.append(file.name)
                continue
            # Of what is said and not of the bytes, which differ with each export; nor of a time, which a copy may keep.
            content = hashlib.sha256(repr(found).encode()).hexdigest()
            if known.get(file.name) != content:
                replace(file.name, content, found)
            counted["documents read"] += 1
        with opened() as database:
            database.executemany("DELETE FROM documents WHERE name = ?", [(name,) for name in gone])
            sweep(database)
    return {"unread": unread}


def add(database: sqlite3.Connection, source: str, found: list[Passage]) -> None:
    """Passages with their vectors and words."""
    for passage, vector in zip(found, embed([passage.text for passage in found]), strict=True):
        row = (source, passage.page, passage.text, vector.tobytes())
        number = database.execute("INSERT INTO passages VALUES (NULL, ?, ?, ?, ?)", row).lastrowid
        database.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (number, passage.text))
        counted["passages written"] += 1


def replace(name: str, content: str, found: list[Passage]) -> None:
    """Let a document have this content and no other. Passages belong to a content, which several documents may have."""
    with opened() as database:
        if not database.execute("SELECT 1 FROM passages WHERE source = ?", (content,)).fetchone():
            add(database, content, found)
        database.execute("INSERT OR REPLACE INTO documents VALUES (?, ?)", (name, content))
        sweep(database)


def sweep(database: sqlite3.Connection) -> None:
    """Delete what no document has any more."""
    unused = "FROM passages WHERE source NOT IN (SELECT content FROM documents)"
    database.execute(f"DELETE FROM words WHERE rowid IN (SELECT id {unused})")
    database.execute(f"DELETE {unused}")


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
            names = database.execute("SELECT name FROM documents WHERE content = ? ORDER BY name", row[:1]).fetchall()
            results.append({"documents": [name for (name,) in names], "page": row[1], "text": row[2]})
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
    # A mean would hide the kind that has few questions, and a kind without any has not been measured.
    passed = all(kind["cases"] and kind["found"] * 100 >= FLOOR * kind["cases"] for kind in kinds.values())
    return {"kinds": kinds, "passed": passed}


def holds(case: Case, result: dict) -> bool:
    """Whether one passage of the right document says all of it. 49.00 isn't said by 149.00."""
    whole = [rf"(?<![\w.,]){re.escape(text)}(?![\w]|[.,]\w)" for text in case.says]
    return case.document in result["documents"] and all(re.search(text, result["text"]) for text in whole)
