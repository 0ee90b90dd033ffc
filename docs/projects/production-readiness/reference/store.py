"""What survives a crash: the tokens of each tenant, and the releases. SQLite, one file, short statements."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TABLES = """
PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS spending (id INTEGER PRIMARY KEY, tenant TEXT, tokens INTEGER, open INTEGER);
CREATE INDEX IF NOT EXISTS by_tenant ON spending (tenant);
CREATE TABLE IF NOT EXISTS releases (id TEXT PRIMARY KEY, model TEXT, prompt TEXT);
CREATE TABLE IF NOT EXISTS active (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), release TEXT);
"""


class BudgetSpent(Exception):
    """A tenant has not enough tokens left for one more answer."""


@dataclass(frozen=True)
class Release:
    """What decides an answer. Once written, it never changes."""

    id: str
    model: str
    prompt: str


class Store:
    """
    Args:
        limit: tokens of each tenant.
        reserve: tokens that one answer takes at most.
        first: the release of a service that has no other.
    """

    def __init__(self, folder: Path, limit: int, reserve: int, first: Release) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.limit, self.reserve_tokens, self.first = limit, reserve, first
        # Commits at once, statement by statement, so a crash loses nothing that was promised.
        self.database = sqlite3.connect(folder / "service.sqlite", isolation_level=None)
        self.database.executescript(TABLES)
        # Whoever was answered when the service crashed: nobody knows what it cost, so the reservation is spent.
        self.database.execute("UPDATE spending SET open = 0 WHERE open = 1")

    def budget(self, tenant: str) -> dict[str, int]:
        statement = "SELECT open, SUM(tokens) FROM spending WHERE tenant = ? GROUP BY open"
        sums: dict[int, int] = dict(self.database.execute(statement, (tenant,)).fetchall())
        return {"limit": self.limit, "spent": sums.get(0, 0), "reserved": sums.get(1, 0)}

    def reserve(self, tenant: str) -> int:
        """Take what one answer may cost, before it costs it; gives the reservation. Raises BudgetSpent.

        Nothing else runs between the sum and the row, because neither awaits.
        """
        budget = self.budget(tenant)
        if budget["limit"] - budget["spent"] - budget["reserved"] < self.reserve_tokens:
            raise BudgetSpent(tenant)
        row = (tenant, self.reserve_tokens)
        return int(self.database.execute("INSERT INTO spending VALUES (NULL, ?, ?, 1)", row).lastrowid or 0)

    def settle(self, reservation: int, tokens: int | None) -> None:
        """Put what an answer cost in the place of its reservation. None: nobody knows, so the reservation stays."""
        cost = self.reserve_tokens if tokens is None else tokens
        self.database.execute("UPDATE spending SET tokens = ?, open = 0 WHERE id = ?", (cost, reservation))

    def release(self, name: str) -> Release | None:
        if name == self.first.id:
            return self.first
        row = self.database.execute("SELECT id, model, prompt FROM releases WHERE id = ?", (name,)).fetchone()
        return Release(*row) if row else None

    def active(self) -> Release:
        row: Any = self.database.execute("SELECT release FROM active").fetchone()
        return (row and self.release(row[0])) or self.first

    def add(self, release: Release) -> None:
        row = (release.id, release.model, release.prompt)
        self.database.execute("INSERT INTO releases VALUES (?, ?, ?)", row)

    def activate(self, name: str) -> None:
        self.database.execute("INSERT OR REPLACE INTO active VALUES (1, ?)", (name,))
