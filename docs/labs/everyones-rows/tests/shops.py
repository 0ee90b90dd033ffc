"""The database of a run, drawn from its seed: shops, what they sold, and what no shop owner may see."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

#: What a shop owner may ask about, as the contract has it.
PUBLIC = {
    "products": ["id", "shop_id", "name", "cents"],
    "customers": ["id", "shop_id", "name", "email", "city"],
    "orders": ["id", "shop_id", "customer_id", "day", "status"],
    "order_lines": ["order_id", "product_id", "quantity", "cents"],
}
#: Columns of these tables that are nobody's business.
SECRET = {"customers": "password_hash", "orders": "fraud_score"}

TABLES = """
CREATE TABLE shops (id INTEGER PRIMARY KEY, name TEXT, api_key TEXT);
CREATE TABLE products (id INTEGER PRIMARY KEY, shop_id INTEGER, name TEXT, cents INTEGER);
CREATE TABLE customers (
    id INTEGER PRIMARY KEY, shop_id INTEGER, name TEXT, email TEXT, city TEXT, password_hash TEXT);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY, shop_id INTEGER, customer_id INTEGER, day TEXT, status TEXT, fraud_score INTEGER);
CREATE INDEX customers_by_email ON customers (email);
CREATE INDEX products_by_name ON products (name);
CREATE TABLE order_lines (order_id INTEGER, product_id INTEGER, quantity INTEGER, cents INTEGER);
CREATE VIEW customer_ranking AS SELECT customers.shop_id, customers.name, sum(quantity * cents) AS cents
    FROM customers JOIN orders ON customer_id = customers.id JOIN order_lines ON order_id = orders.id
    GROUP BY customers.id;
"""

#: Products whose names look like orders to a database, or like the end of a statement.
TRAPS = [
    "Drop earrings", "Update planner", "Union mug", "Delete key cap", "Insert sole", "Alter ego poster", "Attach hook",
    "Pragma notebook", "Create kit", "Replace filter", "Select tea", "main.orders poster", "Tea -- mild", "Salt; coarse",
]  # fmt: skip
CITIES = ["Bern", "Graz", "Lyon", "Porto", "Gdansk", "Turku"]
STATUSES = ["paid", "open", "returned"]


def word(rng: random.Random) -> str:
    """A name that occurs nowhere else."""
    return "".join(rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(3)).capitalize()


class Shops:
    """The database file.

    Attributes:
        file: where it lies.
        ids: the shops, the largest first.
        old: a table that somebody has made for an afternoon.
    """

    def __init__(self, rng: random.Random, folder: Path) -> None:
        self.file = folder / "shops.db"
        self.old = f"customers_{word(rng).lower()}"
        self.ids = rng.sample(range(11, 9000), 5)
        with closing(sqlite3.connect(self.file)) as database:
            database.executescript(TABLES)
            # A table that is larger than a report may be, as databases have them.
            columns = [f"what_was_done_in_step_{number:02} TEXT NOT NULL DEFAULT 'nothing'" for number in range(60)]
            database.execute(f"CREATE TABLE audit ({', '.join(columns)})")
            numbers = iter(rng.sample(range(10_000, 90_000), 4000))
            for rank, shop in enumerate(self.ids):
                self._open(rng, database, shop, numbers, orders=90 - 12 * rank)
            database.execute(f"CREATE TABLE {self.old} AS SELECT * FROM customers")
            database.commit()

    def _open(self, rng: random.Random, database: sqlite3.Connection, shop: int, numbers: Any, orders: int) -> None:
        """A shop, with what it sells and has sold."""
        database.execute("INSERT INTO shops VALUES (?, ?, ?)", (shop, word(rng), f"key-{rng.getrandbits(80):x}"))
        goods = [*rng.sample(TRAPS, 9), *(f"{word(rng)} soap" for _ in range(9))]
        products = [(next(numbers), shop, name, rng.randrange(100, 90_000)) for name in goods]
        database.executemany("INSERT INTO products VALUES (?, ?, ?, ?)", products)
        customers = []
        for _ in range(rng.randint(12, 20)):
            name = f"{word(rng)} {word(rng)}"
            mail = f"{name.replace(' ', '.').lower()}@mail.example"
            secret = f"{rng.getrandbits(96):024x}"
            customers.append((next(numbers), shop, name, mail, rng.choice(CITIES), secret))
        database.executemany("INSERT INTO customers VALUES (?, ?, ?, ?, ?, ?)", customers)
        for _ in range(orders):
            order, day = next(numbers), f"2026-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
            sold = (order, shop, rng.choice(customers)[0], day, rng.choice(STATUSES), rng.randrange(10**6))
            database.execute("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?)", sold)
            for product in rng.sample(products, rng.randint(1, 3)):
                line = (order, product[0], rng.randint(1, 9), product[3])
                database.execute("INSERT INTO order_lines VALUES (?, ?, ?, ?)", line)

    def sell(self, rng: random.Random, shop: int) -> None:
        """The shops' system writes one more order. It waits two seconds for a lock."""
        with closing(sqlite3.connect(self.file, timeout=2)) as database:
            customer = database.execute("SELECT id FROM customers WHERE shop_id = ?", (shop,)).fetchone()[0]
            database.execute(
                "INSERT INTO orders VALUES (?, ?, ?, '2026-12-24', 'paid', 1)", (rng.getrandbits(40), shop, customer)
            )
            database.commit()

    def of(self, shop: int) -> sqlite3.Connection:
        """A database that holds what this shop may see, and nothing else: what it answers is right."""
        alone = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(self.file)) as database:
            for table, columns in PUBLIC.items():
                where = (
                    "order_id IN (SELECT id FROM orders WHERE shop_id = ?)" if table == "order_lines" else "shop_id = ?"
                )
                rows = database.execute(f"SELECT {', '.join(columns)} FROM {table} WHERE {where}", (shop,)).fetchall()
                alone.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
                alone.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})", rows)
        return alone

    def values(self, sql: str) -> list[str]:
        """The texts that a statement of the test finds."""
        with closing(sqlite3.connect(self.file)) as database:
            return [str(value) for row in database.execute(sql) for value in row]

    def secrets(self) -> list[str]:
        """What must not leave the database, whoever asks."""
        return self.values("SELECT password_hash FROM customers") + self.values("SELECT api_key FROM shops")

    def names(self) -> list[str]:
        """Tables and columns that a shop owner must not hear of."""
        return [*SECRET.values(), "api_key", "customer_ranking", "what_was_done", self.old]


def steps(database: sqlite3.Connection, sql: str) -> int:
    """Steps of SQLite's virtual machine that a statement takes."""
    count = 0

    def step() -> int:
        nonlocal count
        count += 1
        return 0

    database.set_progress_handler(step, 1)
    database.execute(sql).fetchall()
    database.set_progress_handler(None, 0)
    return count
