"""Sorts tickets into queues, and lets an agent answer them with two tools."""

import hashlib
import json
import os
import re
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
#: What /queue may answer, whatever the model writes.
QUEUES = {name for _, name in EXAMPLES}

RULES = """You answer tickets of a shop. Answer with one JSON object: a tool with its arguments, or the reply.
find_order(order): what was ordered, and for how much. refund(order, amount): pays money back.
"""
CALL = {
    "type": "object",
    "properties": {
        "tool": {"enum": ["find_order", "refund", "reply"]},
        "order": {"type": "string"},
        "amount": {"type": "number"},
        "text": {"type": "string", "maxLength": 120},
    },
    "required": ["tool"],
    "additionalProperties": False,
}
#: Stand in each answer and in the log, so that a change of a prompt can be told from a change of the model.
TRIAGE, AGENT = (
    f"{name}@{hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:8]}"
    for name, parts in (("triage", EXAMPLES), ("agent", [RULES, CALL]))
)
#: An address that a mail program makes a link of, with or without its beginning.
LINK = re.compile(r"://|\w\.[^\W\d_]{2,}|\w@\w")
#: What is paid for an order without a person, in euros, and what one ticket is worth, in calls and in tokens.
LIMIT, STEPS, TOKENS = 50, 6, 8000

database = sqlite3.connect(Path(os.environ["LAB_DATA"]) / "shop.db", check_same_thread=False, isolation_level=None)
database.executescript("""
    CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY, customer TEXT, total REAL, note TEXT);
    CREATE TABLE IF NOT EXISTS refunds (id TEXT PRIMARY KEY, ticket TEXT, order_id TEXT, amount REAL, paid INTEGER);
""")

app = FastAPI()


class Text(BaseModel):
    text: str


class Ticket(BaseModel):
    id: str
    customer: str  # who is signed in, from the session
    text: str


class Order(BaseModel):
    id: str
    customer: str
    total: float
    note: str = ""


@app.get("/health")
def health() -> dict:
    return {"status": "ok"}


@app.put("/orders")
def bought(orders: list[Order]) -> dict:
    """The checkout tells what was bought, and for how much."""
    rows = [(order.id, order.customer, order.total, order.note) for order in orders]
    database.executemany("INSERT OR REPLACE INTO orders VALUES (?, ?, ?, ?)", rows)
    return {"stored": len(rows)}


@app.post("/queue")
def queue(ticket: Text) -> dict:
    shots = "".join(f"{text}: {name}\n" for text, name in EXAMPLES)
    found = generate(f"{shots}{ticket.text}:", max_tokens=3).text.strip()
    if found not in QUEUES:
        raise HTTPException(502, f"{TRIAGE} brought no known queue")
    return {"queue": found, "prompt": TRIAGE}


def find_order(ticket: Ticket, order: str) -> str:
    # The customer is no argument: the model cannot name another one.
    query = "SELECT id, total, note FROM orders WHERE id = ? AND customer = ?"
    found = database.execute(query, (str(order), ticket.customer)).fetchone()
    return json.dumps(found) if found else "this customer has no such order"


def refund(ticket: Ticket, order: str, amount: float) -> str:
    key = f"{ticket.id}:{order}"  # one refund for each ticket and order, however often it is asked for
    row = {"key": key, "ticket": ticket.id, "customer": ticket.customer, "order": str(order), "limit": LIMIT}
    # Conditions and payment are one statement: of two tickets at the same time the second sees what the first has taken.
    database.execute(
        """INSERT OR IGNORE INTO refunds SELECT :key, :ticket, id, :amount, round(:amount + given, 2) <= :limit
        FROM (SELECT *, (SELECT total(amount) FROM refunds WHERE order_id = orders.id) AS given FROM orders)
        WHERE id = :order AND customer = :customer AND :amount > 0 AND round(:amount + given, 2) <= total""",
        row | {"amount": round(float(amount), 2)},
    )
    stored = database.execute("SELECT amount, paid FROM refunds WHERE id = ?", (key,)).fetchone()
    if not stored:
        return "nothing refunded: the order is not this customer's, or less is left of it"
    return f"{stored[0]} refunded" if stored[1] else "a person has to approve this; tell the customer"


TOOLS = {"find_order": (find_order, {"order"}), "refund": (refund, {"order", "amount"})}


@app.post("/tickets")
def answer(ticket: Ticket) -> dict:
    transcript = f"{RULES}Customer: {ticket.customer}\nTicket: {ticket.text}\n"
    spent = 0
    for _ in range(STEPS):
        # Counted here, before the call: a server may count late, less, or not at all.
        spent += len(transcript) // 4
        if spent > TOKENS:
            break
        written = generate(transcript, max_tokens=80, stop=[], schema=CALL).text
        spent += len(written) // 4
        try:
            call = json.loads(written)
            name = call.pop("tool")
            if name == "reply":
                text = str(call["text"])
                if not known(ticket, text):
                    break
                return {"status": status(ticket), "reply": text, "prompt": AGENT}
            tool, wanted = TOOLS[name]
            result = tool(ticket, **{key: call[key] for key in wanted})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            # The model reads this and may correct itself; the steps bound how often.
            result = f"not a call of a known tool with its arguments ({type(error).__name__})"
        transcript += f"{written} -> {result}\n"
    return {"status": "for a person", "reply": "", "prompt": AGENT}


def known(ticket: Ticket, reply: str) -> bool:
    """Whether each number of a reply is of this customer's orders or of this ticket's refunds, and it has no link."""
    if LINK.search(reply):
        return False
    rows = database.execute("SELECT id, total FROM orders WHERE customer = ?", (ticket.customer,)).fetchall()
    rows += database.execute("SELECT order_id, amount FROM refunds WHERE ticket = ?", (ticket.id,)).fetchall()
    numbers = {float(number) for number in re.findall(r"\d+(?:\.\d+)?", reply)}
    return numbers <= {float(value) for row in rows for value in row}


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
