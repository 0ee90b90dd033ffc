"""Settles the invoices of suppliers: an agent reads each document, and its tool pays at the bank."""

import hashlib
import json
import os
import sqlite3
import time
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
#: Seconds for which an approval counts.
APPROVED_FOR = 4 * 3600

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
        id INTEGER PRIMARY KEY, supplier TEXT, number TEXT, text TEXT, status TEXT)""")
    # What is going to be paid, one row for each invoice: the outbox. Whoever sends, sends what stands here.
    database.execute("""CREATE TABLE IF NOT EXISTS intents (
        supplier TEXT, number TEXT, cents INTEGER, iban TEXT, round INTEGER, status TEXT, PRIMARY KEY (supplier, number))""")
    database.execute("CREATE TABLE IF NOT EXISTS approvals (digest TEXT PRIMARY KEY, until REAL)")
    # Accounting reads this table each morning.
    database.execute("""CREATE TABLE IF NOT EXISTS payments (
        supplier TEXT, number TEXT, cents INTEGER, iban TEXT, id TEXT, PRIMARY KEY (supplier, number))""")


def now() -> float:
    """The time in seconds. LAB_CLOCK puts the clock forward."""
    return time.time() + float(os.environ.get("LAB_CLOCK", 0))


def digest(intent: sqlite3.Row) -> str:
    """What a person approves: this payment with all that is shown of it, in this round of its proposal."""
    shown = [intent[name] for name in ("supplier", "number", "cents", "iban", "round")]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:16]


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
    """Let the agent decide about a document, write that down, and only then carry it out."""
    with transaction() as database:
        document = database.execute(
            "SELECT * FROM documents JOIN suppliers USING (supplier) WHERE id = ?", (document_id,)
        ).fetchone()
    try:
        cents = decide(document)
    except ModelError:
        return "open"
    if cents is None:
        return finish(document, "for a person")
    plan(document, cents)
    return carry_out(document["supplier"], document["number"])


def plan(document: sqlite3.Row, cents: int) -> None:
    """Write down what is going to be paid. From the moment at which it may have been sent, no document changes it."""
    row = {name: document[name] for name in ("supplier", "number", "iban")}
    with transaction() as database:
        database.execute(
            """INSERT INTO intents VALUES (:supplier, :number, :cents, :iban, 1, :status)
            ON CONFLICT (supplier, number) DO UPDATE SET cents = :cents, iban = :iban, status = :status
            WHERE status IN ('waiting', 'declined')""",
            row | {"cents": cents, "status": "waiting" if cents > LIMIT else "sending"},
        )
        database.execute("UPDATE documents SET status = 'planned' WHERE id = ?", (document["id"],))


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


def is_approved(database: sqlite3.Connection, intent: sqlite3.Row) -> bool:
    if intent["cents"] <= LIMIT:
        return True
    found = database.execute("SELECT until FROM approvals WHERE digest = ?", (digest(intent),)).fetchone()
    return found is not None and now() < found["until"]


def carry_out(supplier: str, number: str) -> str:
    """Pay what is written down, unless the bank has booked it already. What stays open is sent again by /resume."""
    with transaction() as database:
        row = (supplier, number)
        intent = database.execute("SELECT * FROM intents WHERE supplier = ? AND number = ?", row).fetchone()
        approved = is_approved(database, intent)
    if intent["status"] in ("paid", "declined"):
        return str(intent["status"])
    # The same for every attempt, so a request that is still on its way and a second one are booked once.
    reference = f"{supplier}/{number}"
    payment = {"reference": reference, "iban": intent["iban"], "cents": intent["cents"]}
    try:
        # Banks forget keys, and what they have booked they know for years: also what was late, or paid by hand.
        found = bank.get("/payments", params={"reference": reference}).raise_for_status().json()
        if not found and not approved:
            return close(intent, "waiting")
        if not found:
            answer = bank.post("/payments", json=payment, headers={"Idempotency-Key": reference})
            if answer.status_code == 402:
                return close(intent, "declined")
            found = [answer.raise_for_status().json()]
    except (httpx.HTTPError, ValueError):
        return "open"
    return close(intent, "paid", found[0])


def close(intent: sqlite3.Row, status: str, booked: dict | None = None) -> str:
    """Write down what came of an intent, in one transaction with what accounting reads."""
    row = (intent["supplier"], intent["number"])
    with transaction() as database:
        if booked:
            payment = (*row, booked["cents"], booked["iban"], booked["id"])
            database.execute("INSERT OR IGNORE INTO payments VALUES (?, ?, ?, ?, ?)", payment)
            database.execute("UPDATE intents SET status = ? WHERE supplier = ? AND number = ?", (status, *row))
        else:
            # The next round is another proposal: no approval of this one counts for it.
            database.execute(
                """UPDATE intents SET status = ?, round = round + 1
                WHERE supplier = ? AND number = ? AND round = ? AND status = 'sending'""",
                (status, *row, intent["round"]),
            )
    return status


def finish(document: sqlite3.Row, status: str) -> str:
    with transaction() as database:
        database.execute("UPDATE documents SET status = ? WHERE id = ?", (status, document["id"]))
    return status


@app.get("/approvals")
def waiting() -> list[dict]:
    """What a person has to decide about, as the page of the finance team shows it."""
    with transaction() as database:
        rows = database.execute("SELECT * FROM intents WHERE status = 'waiting'").fetchall()
    return [
        {"id": digest(row), **{name: row[name] for name in ("supplier", "number", "cents", "iban")}} for row in rows
    ]


@app.post("/approvals/{approval}")
def approve(approval: str) -> dict:
    """A person lets a payment go: the one that was shown, once, and soon."""
    with transaction() as database:
        rows = database.execute("SELECT * FROM intents WHERE status = 'waiting'").fetchall()
        intent = next((row for row in rows if digest(row) == approval), None)
        if intent is None:
            raise HTTPException(404, f"nothing waits under {approval!r}")
        approved = (intent["supplier"], intent["number"])
        database.execute("INSERT INTO approvals VALUES (?, ?)", (approval, now() + APPROVED_FOR))
        database.execute("UPDATE intents SET status = 'sending' WHERE supplier = ? AND number = ?", approved)
    return {"status": carry_out(*approved)}


@app.post("/resume")
def resume() -> dict:
    """Finish what a crash or an outage has left open. Called after each start, and by a scheduler every minute."""
    with transaction() as database:
        documents = database.execute("SELECT id FROM documents WHERE status = 'open'").fetchall()
        intents = database.execute(
            "SELECT supplier, number FROM intents WHERE status IN ('waiting', 'sending')"
        ).fetchall()
    statuses = [settle(row["id"]) for row in documents]
    return {"statuses": statuses + [carry_out(row["supplier"], row["number"]) for row in intents]}
