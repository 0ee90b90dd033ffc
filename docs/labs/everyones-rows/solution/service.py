"""Answers questions of shop owners about their own orders: a model writes the SQL, and the database answers it."""

import math
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Header, HTTPException
from labkit import ModelError, generate
from pydantic import BaseModel

#: The shops' system writes this file. Here it is only read.
DATABASE = Path(os.environ["LAB_DATA"]) / "shops.db"
#: Rows of a report, and steps of SQLite's virtual machine that a statement may take.
ROWS = int(os.environ.get("LAB_ROWS", 200))
STEPS = int(os.environ.get("LAB_STEPS", 1_000_000))
#: Steps between two looks at the budget.
LOOK = 1000
#: Bytes of a value, also of one that only an expression makes; and columns of a report.
BYTES, COLUMNS = 2000, 30

#: All that a statement can see, of one shop each. A table or column that somebody adds tomorrow is not in it.
VISIBLE = {
    "products": "SELECT id, shop_id, name, cents FROM main.products WHERE shop_id = {shop}",
    "customers": "SELECT id, shop_id, name, email, city FROM main.customers WHERE shop_id = {shop}",
    "orders": "SELECT id, shop_id, customer_id, day, status FROM main.orders WHERE shop_id = {shop}",
    "order_lines": """SELECT order_id, product_id, quantity, line.cents
        FROM main.order_lines AS line JOIN main.orders ON orders.id = order_id WHERE shop_id = {shop}""",
}

PROMPT = """You write SQL for SQLite. Answer a shop owner's question with one SELECT, and with nothing else.
The tables hold the rows of this shop only:

{tables}

Question: {question}
SQL:"""

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


@contextmanager
def only(shop: int) -> Iterator[sqlite3.Connection]:
    """A connection for one statement, which can read one shop's rows and nothing else."""
    with closing(sqlite3.connect(f"{DATABASE.as_uri()}?mode=ro", uri=True)) as database:
        # A view may read the tables, and a view is known by its name. A statement can give that name to a subquery of
        # its own, so the views that may have names that nobody can know.
        gate = f"gate_{secrets.token_hex(16)}_"
        for name, select in VISIBLE.items():
            # The limit limits nothing. Without one, SQLite may move a statement's own condition into the view, and try it
            # on the rows of all shops first: whether it fails there says what is in them.
            database.execute(f"CREATE TEMP VIEW {gate}{name} AS {select.format(shop=shop)} LIMIT -1")
            database.execute(f"CREATE TEMP VIEW {name} AS SELECT * FROM {gate}{name}")
        readable = {*VISIBLE, *(gate + name for name in VISIBLE)}

        def allowed(action: int, table: str | None, column: str | None, schema: str | None, reader: str | None) -> int:
            if action == sqlite3.SQLITE_READ:
                # Without a schema, only the rows of a view are counted.
                fine = table in readable if schema == "temp" else (reader or table or "").startswith(gate)
            else:
                fine = action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE)
            return sqlite3.SQLITE_OK if fine else sqlite3.SQLITE_DENY

        database.set_authorizer(allowed)
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, BYTES)
        database.setlimit(sqlite3.SQLITE_LIMIT_COLUMN, COLUMNS)
        # From here on a callback looks at the budget again and again, and ends the statement that has used it up.
        looks = iter(range(STEPS // LOOK))
        database.set_progress_handler(lambda: next(looks, None) is None, LOOK)
        yield database


def described() -> str:
    """The names of tables and columns. Rows would be the words of strangers in everybody's prompt."""
    with only(0) as database:
        columns = {name: database.execute(f"SELECT * FROM {name}").description for name in VISIBLE}
    return "\n".join(f"{name}({', '.join(column[0] for column in found)})" for name, found in columns.items())


def written(question: str) -> str:
    """The statement that the model writes for a question. Half of one may be valid, and says something else."""
    answer = generate(PROMPT.format(tables=described(), question=question), max_tokens=400, stop=[])
    if answer.finish == "length":
        raise HTTPException(502, "the model did not finish its statement: ask for less at once")
    return answer.text.strip()


def is_plain(value: object) -> bool:
    """Whether a value can be sent as JSON: bytes and infinity can't."""
    return value is None or isinstance(value, int | str) or (isinstance(value, float) and math.isfinite(value))


@app.post("/reports")
def report(asked: Question, x_shop: Annotated[int, Header()]) -> dict:
    """The rows that answer a question. The gateway has signed the owner in, and sets X-Shop."""
    counted["questions"] += 1
    try:
        sql = written(asked.question)
    except ModelError as error:
        raise HTTPException(502, "the model gave no usable answer") from error
    try:
        with only(x_shop) as database:
            cursor = database.execute(sql)
            columns = [column[0] for column in cursor.description or []]
            rows = cursor.fetchmany(ROWS + 1)
        if not columns or not all(is_plain(value) for row in rows for value in row):
            raise ValueError
    except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
        # The database's own words name tables and columns. Refused, absent, wrong and too long are one answer.
        raise HTTPException(422, "no report can be made of this question: ask in other words, or for less") from error
    counted["statements that ran"] += 1
    counted["reports with rows"] += bool(rows)
    return {"columns": columns, "rows": rows[:ROWS], "complete": len(rows) <= ROWS}
