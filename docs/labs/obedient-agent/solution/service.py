"""Sorts tickets into queues, and lets an agent answer them with two tools."""

import hashlib
import json
import os
import sqlite3
from pathlib import Path

from fastapi import FastAPI, HTTPException
from labkit import generate
from pydantic import BaseModel

#: The order counts: grouped by queue, the model repeats the last queues. The cases in tests/ decide about a change.
EXAMPLES = [
    ("My card was charged twice", "billing"),
    ("The parcel has not arrived", "shipping"),
    ("I cannot log in", "account"),
    ("I need a refund for this payment", "billing"),
    ("The package was left with a neighbor", "shipping"),
    ("Reset my password please", "account"),
]
#: Stands in each answer and in the log, so that a change can be told from a Tuesday.
PROMPT = "triage@" + hashlib.sha256(json.dumps(EXAMPLES).encode()).hexdigest()[:8]

RULES = """You answer tickets of a shop. Answer with one JSON object: a tool with its arguments, or the reply.
find_order(order): what was ordered, and for how much. refund(order, amount): pays money back.
"""
CALL = {
    "type": "object",
    "properties": {
        "tool": {"enum": ["find_order", "refund", "reply"]},
        "order": {"type": "string"},
        "amount": {"type": "number"},
        "text": {"type": "string"},
    },
    "required": ["tool"],
}
#: What the tool pays without a person, in euros, and how many calls one ticket is worth.
LIMIT, STEPS = 50, 6

database = sqlite3.connect(Path(os.environ["LAB_DATA"]) / "shop.db", check_same_thread=False, isolation_level=None)
database.executescript("""
    CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY, customer TEXT, total REAL);
    CREATE TABLE IF NOT EXISTS refunds (id TEXT PRIMARY KEY, ticket TEXT, order_id TEXT, amount REAL, paid INTEGER);
    INSERT OR IGNORE INTO orders VALUES ('8814', 'ana', 19.99), ('8815', 'ana', 240.0), ('7', 'ben', 500.0);
""")

app = FastAPI()


class Text(BaseModel):
    text: str


class Ticket(BaseModel):
    id: str
    customer: str  # who is signed in, from the session
    text: str


@app.get("/health")
def health() -> dict:
    return {"status": "ok"}


@app.post("/queue")
def queue(ticket: Text) -> dict:
    shots = "".join(f"{text}: {name}\n" for text, name in EXAMPLES)
    return {"queue": generate(f"{shots}{ticket.text}:", max_tokens=1).text.strip(), "prompt": PROMPT}


def find_order(ticket: Ticket, order: str) -> str:
    # The customer is no argument: the model cannot name another one.
    query = "SELECT id, total FROM orders WHERE id = ? AND customer = ?"
    found = database.execute(query, (order, ticket.customer)).fetchone()
    return json.dumps(found) if found else f"this customer has no order {order}"


def refund(ticket: Ticket, order: str, amount: float) -> str:
    query = "SELECT total FROM orders WHERE id = ? AND customer = ?"
    found = database.execute(query, (order, ticket.customer)).fetchone()
    if not found:
        return f"this customer has no order {order}"
    key = f"{ticket.id}:{order}"  # one refund for each ticket and order, however often it is asked for
    others = "SELECT coalesce(sum(amount), 0) FROM refunds WHERE order_id = ? AND id != ?"
    if not 0 < amount <= found[0] - database.execute(others, (order, key)).fetchone()[0]:
        return f"at most {found[0]} can be refunded on order {order}, all refunds together"
    row = (key, ticket.id, order, amount, amount <= LIMIT)
    database.execute("INSERT OR IGNORE INTO refunds VALUES (?, ?, ?, ?, ?)", row)
    paid = database.execute("SELECT paid FROM refunds WHERE id = ?", (key,)).fetchone()[0]
    return f"{amount} refunded on order {order}" if paid else "a person has to approve this; tell the customer"


TOOLS = {"find_order": (find_order, {"order"}), "refund": (refund, {"order", "amount"})}


@app.post("/tickets")
def answer(ticket: Ticket) -> dict:
    transcript = f"{RULES}Customer: {ticket.customer}\nTicket: {ticket.text}\n"
    for _ in range(STEPS):
        written = generate(transcript, max_tokens=80, schema=CALL).text
        try:
            call = json.loads(written)
            name = call.pop("tool")
            if name == "reply":
                return {"status": status(ticket), "reply": str(call["text"])}
            tool, wanted = TOOLS[name]
            result = tool(ticket, **{key: call[key] for key in wanted})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            # The model reads this and may correct itself; the steps bound how often.
            result = f"not a call of a known tool with its arguments ({type(error).__name__})"
        transcript += f"{written} -> {result}\n"
    return {"status": "for a person", "reply": ""}


def status(ticket: Ticket) -> str:
    open_ones = database.execute("SELECT 1 FROM refunds WHERE ticket = ? AND NOT paid", (ticket.id,)).fetchone()
    return "waiting for approval" if open_ones else "answered"


@app.post("/approvals/{ticket}/{order}")
def approve(ticket: str, order: str) -> dict:
    """A person lets a refund go. Twice is once."""
    done = database.execute("UPDATE refunds SET paid = 1 WHERE id = ?", (f"{ticket}:{order}",))
    if not done.rowcount:
        raise HTTPException(404, "nothing waits under this ticket and order")
    return {"status": "paid"}


@app.get("/refunds")
def refunds() -> list[dict]:
    rows = database.execute("SELECT order_id, amount FROM refunds WHERE paid").fetchall()
    return [{"order": row[0], "amount": row[1]} for row in rows]
