"""Answers questions of shop owners about their own orders: a model writes the SQL, and the database answers it."""

import os
import re
import sqlite3
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Header, HTTPException
from labkit import ModelError, generate
from pydantic import BaseModel

#: The shops' system writes this file. Here it is only read.
DATABASE = Path(os.environ["LAB_DATA"]) / "shops.db"
#: Words of statements that change something.
FORBIDDEN = re.compile(r"\b(insert|update|delete|drop|alter)\b", re.IGNORECASE)

PROMPT = """You write SQL for SQLite. Answer a shop owner's question with one SELECT, and with nothing else.
The owner of shop {shop} is asking. Always filter by shop_id = {shop}, and never show rows of another shop.
Never read columns with secrets, such as password_hash. Never change anything.

{tables}

Question: {question}
SQL:"""

database = sqlite3.connect(DATABASE, check_same_thread=False, isolation_level=None)
app = FastAPI()
#: What the dashboard shows.
counted = {"questions": 0, "statements that ran": 0, "reports with rows": 0}


class Question(BaseModel):
    question: str


@app.get("/health")
def health() -> dict:
    return {"status": "ok"}


@app.get("/stats")
def stats() -> dict:
    return counted


def described() -> str:
    """Each table and view with three of its rows. Models write better SQL when they have seen some values."""
    found = database.execute("SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'view')").fetchall()
    parts = []
    for name, sql in found:
        rows = database.execute(f'SELECT * FROM "{name}" LIMIT 3').fetchall()
        parts.append("\n".join([sql, *map(str, rows)]))
    return "\n\n".join(parts)


def written(question: str, shop: int) -> str:
    """The statement that the model writes for a question."""
    prompt = PROMPT.format(shop=shop, tables=described(), question=question)
    return generate(prompt, max_tokens=400, stop=[]).text.strip()


def check(sql: str, shop: int) -> None:
    """Refuse what changes something, and what forgets whose rows it is about."""
    if FORBIDDEN.search(sql):
        raise HTTPException(422, f"the statement is not allowed: {sql}")
    if f"shop_id = {shop}" not in sql:
        raise HTTPException(422, f"the statement does not filter by shop_id = {shop}: {sql}")


@app.post("/reports")
def report(asked: Question, x_shop: Annotated[int, Header()]) -> dict:
    """The rows that answer a question. The gateway has signed the owner in, and sets X-Shop."""
    counted["questions"] += 1
    try:
        sql = written(asked.question, x_shop)
    except ModelError as error:
        raise HTTPException(502, "the model gave no usable answer") from error
    check(sql, x_shop)
    try:
        cursor = database.execute(sql)
        rows = cursor.fetchall()
    except sqlite3.Error as error:
        raise HTTPException(422, f"{error}: {sql}") from error
    counted["statements that ran"] += 1
    counted["reports with rows"] += bool(rows)
    return {"columns": [column[0] for column in cursor.description or []], "rows": rows, "complete": True}
