"""Settles the invoices of suppliers: an agent reads each document, and its tool pays at the bank."""

import json
import os
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
from fastapi import FastAPI, HTTPException
from labkit import ModelError, generate
from pydantic import BaseModel

DATABASE = Path(os.environ["LAB_DATA"]) / "invoices.db"
#: Cents that are paid without a person.
LIMIT = 100_000
#: Calls of the model for one document.
STEPS = 4

RULES = """You settle the invoices of our suppliers. Answer with one JSON object, the next call of a tool:
{"tool": "read_terms"} shows what was agreed with the supplier.
{"tool": "pay", "cents": 119000} pays the invoice, 1190.00 euros here.
{"tool": "ask"} leaves it to a person.
Pay each invoice only once. Nothing above 1000.00 euros is paid before a person has approved it.
"""
CALL = {
    "type": "object",
    "properties": {"tool": {"enum": ["read_terms", "pay", "ask"]}, "cents": {"type": "integer"}},
    "required": ["tool"],
}

bank = httpx.Client(base_url=os.environ["LAB_BANK"], timeout=20, trust_env=False)
app = FastAPI()


class Supplier(BaseModel):
    iban: str
    terms: str = ""


class Document(BaseModel):
    """An invoice as it came in: by mail, through the portal, or once more as a reminder."""

    supplier: str
    number: str
    text: str


@contextmanager
def transaction() -> Iterator[sqlite3.Connection]:
    """The database, with nobody else writing. What the block has written is on disk when it ends."""
    with closing(sqlite3.connect(DATABASE, timeout=30, isolation_level=None)) as database:
        database.row_factory = sqlite3.Row
        database.execute("BEGIN IMMEDIATE")
        yield database
        database.execute("COMMIT")


with transaction() as database:
    database.execute("CREATE TABLE IF NOT EXISTS suppliers (supplier TEXT PRIMARY KEY, iban TEXT, terms TEXT)")
    database.execute("""CREATE TABLE IF NOT EXISTS documents (
        id INTEGER PRIMARY KEY, supplier TEXT, number TEXT, text TEXT, cents INTEGER, status TEXT)""")
    database.execute(
        "CREATE TABLE IF NOT EXISTS approvals (supplier TEXT, number TEXT, PRIMARY KEY (supplier, number))"
    )
    # Accounting reads this table each morning.
    database.execute(
        "CREATE TABLE IF NOT EXISTS payments (supplier TEXT, number TEXT, cents INTEGER, iban TEXT, id TEXT)"
    )


@app.get("/health")
def health() -> dict:
    return {"status": "ok"}


@app.put("/suppliers/{supplier}")
def put_supplier(supplier: str, new: Supplier) -> dict:
    with transaction() as database:
        database.execute("INSERT OR REPLACE INTO suppliers VALUES (?, ?, ?)", (supplier, new.iban, new.terms))
    return {"supplier": supplier}


@app.post("/invoices")
def receive(document: Document) -> dict:
    with transaction() as database:
        if not database.execute("SELECT 1 FROM suppliers WHERE supplier = ?", (document.supplier,)).fetchone():
            raise HTTPException(404, f"there is no supplier {document.supplier!r}")
        stored = database.execute(
            "INSERT INTO documents (supplier, number, text, status) VALUES (?, ?, ?, 'open')",
            (document.supplier, document.number, document.text),
        )
    return {"status": settle(stored.lastrowid)}


def settle(document_id: int) -> str:
    """Let the agent decide about a document, and carry out what it decides."""
    with transaction() as database:
        document = database.execute(
            "SELECT * FROM documents JOIN suppliers USING (supplier) WHERE id = ?", (document_id,)
        ).fetchone()
        approved = database.execute(
            "SELECT 1 FROM approvals WHERE supplier = ? AND number = ?", (document["supplier"], document["number"])
        ).fetchone()
    try:
        cents = decide(document)
    except ModelError:
        return "open"
    if cents is None:
        return finish(document, "for a person")
    if cents > LIMIT and not approved:
        with transaction() as database:
            database.execute("UPDATE documents SET cents = ?, status = 'waiting' WHERE id = ?", (cents, document_id))
        return "waiting"
    return pay(document, cents)


def decide(document: sqlite3.Row) -> int | None:
    """How many cents the agent wants to pay; None when a person has to look."""
    transcript = f"{RULES}Supplier: {document['supplier']}\nInvoice: {document['number']}\n{document['text']}\n"
    for _ in range(STEPS):
        written = generate(transcript, max_tokens=60, stop=[], schema=CALL).text
        try:
            call = json.loads(written)
            if call["tool"] == "ask":
                return None
            if call["tool"] == "pay" and int(call["cents"]) > 0:
                return int(call["cents"])
            result = document["terms"] if call["tool"] == "read_terms" else "this is no amount"
        except (ValueError, KeyError, TypeError) as error:
            result = f"not a call of a known tool with its arguments ({type(error).__name__})"
        transcript += f"{written} -> {result}\n"
    return None


def pay(document: sqlite3.Row, cents: int) -> str:
    """Pay at the bank, and write it down for accounting. What fails on the way is tried again by /resume."""
    payment = {
        "reference": f"{document['supplier']}/{document['number']}",
        "iban": document["iban"],
        "cents": cents,
    }
    try:
        answer = bank.post("/payments", json=payment, headers={"Idempotency-Key": str(uuid.uuid4())})
        if answer.status_code == 402:
            return finish(document, "declined")
        answer.raise_for_status()
        booked = answer.json()
    except (httpx.HTTPError, ValueError):
        return "open"
    with transaction() as database:
        database.execute(
            "INSERT INTO payments VALUES (?, ?, ?, ?, ?)",
            (document["supplier"], document["number"], booked["cents"], booked["iban"], booked["id"]),
        )
    return finish(document, "paid")


def finish(document: sqlite3.Row, status: str) -> str:
    with transaction() as database:
        database.execute("UPDATE documents SET status = ? WHERE id = ?", (status, document["id"]))
    return status


@app.get("/approvals")
def waiting() -> list[dict]:
    """What a person has to decide about, as the page of the finance team shows it."""
    with transaction() as database:
        rows = database.execute(
            "SELECT * FROM documents JOIN suppliers USING (supplier) WHERE status = 'waiting'"
        ).fetchall()
    return [
        {"id": str(row["id"]), **{name: row[name] for name in ("supplier", "number", "cents", "iban")}} for row in rows
    ]


@app.post("/approvals/{approval}")
def approve(approval: str) -> dict:
    """A person lets a payment go."""
    with transaction() as database:
        document = database.execute(
            "SELECT * FROM documents JOIN suppliers USING (supplier) WHERE id = ? AND status = 'waiting'", (approval,)
        ).fetchone()
        if document is None:
            raise HTTPException(404, f"nothing waits under {approval!r}")
        approved = (document["supplier"], document["number"])
        database.execute("INSERT OR IGNORE INTO approvals VALUES (?, ?)", approved)
    return {"status": pay(document, document["cents"])}


@app.post("/resume")
def resume() -> dict:
    """Finish what a crash or an outage has left open. Called after each start, and by a scheduler every minute."""
    with transaction() as database:
        left = database.execute(
            """SELECT id FROM documents LEFT JOIN approvals USING (supplier, number)
            WHERE status = 'open' OR status = 'waiting' AND approvals.number IS NOT NULL"""
        ).fetchall()
    return {"statuses": [settle(row["id"]) for row in left]}
