"""Answers customers of several shops from the help pages of their shop, and remembers answers to save model calls."""

import json
import os
import re
import sqlite3
import threading
import time
from collections import Counter
from pathlib import Path

import numpy as np
from fastapi import FastAPI, HTTPException
from labkit import ModelError, embed, generate
from pydantic import BaseModel

database = sqlite3.connect(Path(os.environ["LAB_DATA"]) / "help.db", check_same_thread=False)
database.executescript("""
CREATE TABLE IF NOT EXISTS passages (tenant TEXT, document TEXT, text TEXT, vector BLOB, sentence TEXT);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (text, tokenize = 'porter unicode61');
CREATE TABLE IF NOT EXISTS answers (tenant TEXT, question TEXT, vector BLOB, at REAL, answer TEXT);
""")
#: One request at a time uses the connection.
lock = threading.Lock()

#: Seconds that an answer may be served again.
TTL = float(os.environ.get("CACHE_TTL", "3600"))
#: Cosine from which two questions count as the same, chosen on the pairs of help.json.
SAME = 0.92
#: What two questions have to share letter by letter, because a vector hardly sees it: codes, numbers, and a "not".
EXACT = re.compile(
    r"\w*\d\w*|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|hundred|not|no|never|without)\b"
)
#: Best cosine under which no passage is about the question. Measured: foreign questions reach 0.22, ours begin at 0.43.
ABOUT = 0.3
SHOWN = 3

PROMPT = """Copy the sentence that answers the question.

- Opening hours: The shop opens at ten.
- Opening hours: On Sundays it is closed.
Question: When does the shop open?
Answer: {{"quote": "The shop opens at ten."}}

{passages}
Question: {question}
Answer: """

#: How often the pages of a shop have changed. In one process; several would count in the database.
changes: Counter[str] = Counter()
app = FastAPI()


class Document(BaseModel):
    tenant: str
    id: str
    title: str
    text: str


class Question(BaseModel):
    tenant: str
    question: str


@app.get("/health")
def health() -> dict:
    return {"status": "ok"}


@app.put("/documents")
def put(document: Document) -> dict:
    """Store a document or its new version."""
    key = (document.tenant, document.id)
    # A sentence is never cut, and the title says what it is about.
    sentences = re.split(r"(?<=[.!?])\s+", document.text)
    texts = [f"{document.title}: {sentence}" for sentence in sentences]
    vectors = embed(texts)
    with lock:
        database.execute(
            "DELETE FROM words WHERE rowid IN (SELECT rowid FROM passages WHERE (tenant, document) = (?, ?))", key
        )
        database.execute("DELETE FROM passages WHERE tenant = ? AND document = ?", key)
        # Any answer may rest on what has changed, also on a passage that was missing.
        database.execute("DELETE FROM answers WHERE tenant = ?", key[:1])
        changes[document.tenant] += 1
        for text, vector, sentence in zip(texts, vectors, sentences, strict=True):
            row = (*key, text, vector.astype("f4").tobytes(), sentence)
            place = database.execute("INSERT INTO passages VALUES (?, ?, ?, ?, ?)", row).lastrowid
            database.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (place, text))
        database.commit()
    return {"passages": len(texts)}


def found(tenant: str, question: str) -> tuple[list[tuple[str, str, str]], float]:
    """Document, text and sentence of the passages that fit a question by meaning and by words, and the best cosine."""
    asked = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", question)) or '""'
    with lock:
        rows = database.execute(
            "SELECT rowid, document, text, sentence, vector FROM passages WHERE tenant = ?", (tenant,)
        ).fetchall()
        hits = database.execute("SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank", (asked,)).fetchall()
    vectors = np.array([np.frombuffer(row[4], "f4") for row in rows]).reshape(len(rows), 256)
    near = vectors @ embed([question])[0]
    by_meaning = [rows[i][0] for i in (-near).argsort(kind="stable")]
    own = {row[0]: row[1:4] for row in rows}
    by_words = [place for (place,) in hits if place in own]
    # Reciprocal rank fusion: what stands high in either list.
    scores: dict[int, float] = {}
    for order in (by_meaning[:20], by_words[:20]):
        for rank, place in enumerate(order):
            scores[place] = scores.get(place, 0) + 1 / (60 + rank)
    # A code decides: a passage that has it goes before all that only sound like it.
    best = sorted(scores, key=lambda p: (-len(codes(question) & codes(own[p][1])), -scores[p]))[:SHOWN]
    return [own[place] for place in best], float(near.max(initial=-1))


@app.get("/search")
def search(tenant: str, q: str) -> dict:
    return {"passages": [text for _, text, _ in found(tenant, q)[0]]}


def codes(text: str) -> set[str]:
    return {*re.findall(r"\w*\d\w*", text.lower())}


def exact(question: str) -> list[str]:
    """Two questions that differ in one of these do not get one answer."""
    return sorted(EXACT.findall(question.lower()))


def remembered(question: Question) -> dict | None:
    """The answer to the nearest earlier question of the same tenant, if that is near enough and not too old."""
    with lock:
        database.execute("DELETE FROM answers WHERE at <= ?", (time.time() - TTL,))
        rows = database.execute(
            "SELECT vector, answer, question FROM answers WHERE tenant = ?", (question.tenant,)
        ).fetchall()
        database.commit()
    rows = [row for row in rows if exact(row[2]) == exact(question.question)]
    if not rows:
        return None
    near = np.array([np.frombuffer(row[0], "f4") for row in rows]) @ embed([question.question])[0]
    return json.loads(rows[near.argmax()][1]) if near.max() >= SAME else None


def answer_from(sentences: list[str]) -> dict:
    """What the model may write: one of the sentences that it is shown. It can choose a wrong one, it cannot invent one."""
    quote = {"type": "string", "enum": sentences}
    return {"type": "object", "properties": {"quote": quote}, "required": ["quote"], "additionalProperties": False}


def unanswered() -> dict:
    return {"answer": None, "source": None, "cached": False}


@app.post("/ask")
def ask(question: Question) -> dict:
    if known := remembered(question):
        return known | {"cached": True}
    before = changes[question.tenant]
    passages, best = found(question.tenant, question.question)
    if best < ABOUT:
        return unanswered()
    sentences = [sentence for _, _, sentence in passages]
    lines = "\n".join(f"- {text}" for _, text, _ in passages)
    prompt = PROMPT.format(passages=lines, question=question.question)
    try:
        quote = json.loads(generate(prompt, max_tokens=80, schema=answer_from(sentences)).text)["quote"]
    except ModelError:
        # An exception leaves before the lines below, so a failure is never remembered.
        raise HTTPException(503, "the model gives no answer at the moment") from None
    except (ValueError, TypeError, KeyError):
        quote = None
    # A server may ignore the schema. And the source is the passage with the sentence, not the one that search put first.
    if quote not in sentences:
        return unanswered()
    answer = {"answer": quote, "source": passages[sentences.index(quote)][0]}
    vector = embed([question.question])[0].astype("f4").tobytes()
    row = (question.tenant, question.question, vector, time.time(), json.dumps(answer))
    with lock:
        # A page that changed while the model was writing has been forgotten for already: do not store behind its back.
        if changes[question.tenant] == before:
            database.execute("INSERT INTO answers VALUES (?, ?, ?, ?, ?)", row)
            database.commit()
    return answer | {"cached": False}
