"""Answers customers of several shops from the help pages of their shop, and remembers answers to save model calls."""

import json
import os
import sqlite3
import threading
import time
from pathlib import Path

import numpy as np
from fastapi import FastAPI
from labkit import ModelError, embed, generate
from pydantic import BaseModel

database = sqlite3.connect(Path(os.environ["LAB_DATA"]) / "help.db", check_same_thread=False)
database.executescript("""
CREATE TABLE IF NOT EXISTS passages (tenant TEXT, document TEXT, text TEXT, vector BLOB);
CREATE TABLE IF NOT EXISTS answers (tenant TEXT, question TEXT, vector BLOB, at REAL, answer TEXT);
""")
#: One request at a time uses the connection.
lock = threading.Lock()

#: Seconds that an answer may be served again.
TTL = float(os.environ.get("CACHE_TTL", "3600"))
#: Cosine from which two questions count as the same.
SAME = 0.85
PASSAGE, SHOWN = 200, 3

#: What the model has to write: a sentence from a passage, copied word for word.
ANSWER = {
    "type": "object",
    "properties": {"quote": {"type": "string", "maxLength": 200}},
    "required": ["quote"],
    "additionalProperties": False,
}

PROMPT = """Copy the sentence that answers the question.

- Opening hours: The shop opens at ten.
- Opening hours: On Sundays it is closed.
Question: When does the shop open?
Answer: {{"quote": "The shop opens at ten."}}

{passages}
Question: {question}
Answer: """

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
    texts = [document.text[i : i + PASSAGE] for i in range(0, len(document.text), PASSAGE)]
    vectors = embed(texts)
    with lock:
        database.execute("DELETE FROM passages WHERE tenant = ? AND document = ?", key)
        for text, vector in zip(texts, vectors, strict=True):
            database.execute("INSERT INTO passages VALUES (?, ?, ?, ?)", (*key, text, vector.astype("f4").tobytes()))
        database.commit()
    return {"passages": len(texts)}


def found(tenant: str, question: str) -> list[tuple[str, str]]:
    """Document and text of the passages nearest to a question, best first."""
    with lock:
        rows = database.execute("SELECT document, text, vector FROM passages WHERE tenant = ?", (tenant,)).fetchall()
    vectors = np.array([np.frombuffer(row[2], "f4") for row in rows]).reshape(len(rows), 256)
    order = (-(vectors @ embed([question])[0])).argsort(kind="stable")
    return [rows[i][:2] for i in order[:SHOWN]]


@app.get("/search")
def search(tenant: str, q: str) -> dict:
    return {"passages": [text for _, text in found(tenant, q)]}


def remembered(question: Question) -> dict | None:
    """The answer to the nearest earlier question, if that is near enough."""
    with lock:
        rows = database.execute("SELECT vector, answer FROM answers").fetchall()
    if not rows:
        return None
    near = np.array([np.frombuffer(row[0], "f4") for row in rows]) @ embed([question.question])[0]
    return json.loads(rows[near.argmax()][1]) if near.max() >= SAME else None


@app.post("/ask")
def ask(question: Question) -> dict:
    if known := remembered(question):
        return known | {"cached": True}
    passages = found(question.tenant, question.question)
    lines = "\n".join(f"- {text}" for _, text in passages)
    prompt = PROMPT.format(passages=lines, question=question.question)
    try:
        quote = json.loads(generate(prompt, max_tokens=80, schema=ANSWER).text)["quote"]
        answer = {"answer": quote, "source": passages[0][0]}
    except (ModelError, ValueError):
        answer = {"answer": "Something went wrong, please try again later.", "source": None}
    vector = embed([question.question])[0].astype("f4").tobytes()
    row = (question.tenant, question.question, vector, time.time(), json.dumps(answer))
    with lock:
        database.execute("INSERT INTO answers VALUES (?, ?, ?, ?, ?)", row)
        database.commit()
    return answer | {"cached": False}
