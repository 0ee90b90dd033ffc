"""Runs in SQLite: each as one document, written before anything happens that it doesn't say yet."""

import json
import sqlite3
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Run:
    """A run and everything that it has done.

    Attributes:
        body: what the caller asked for.
        steps: as the contract has them; what begins with an underscore stays inside.
        approval: what waits for a person.
    """

    tenant: str
    id: str
    body: dict[str, Any]
    state: str = "running"
    reason: str | None = None
    answer: str | None = None
    approval: dict[str, Any] | None = None
    steps: list[dict[str, Any]] = field(default_factory=list)


class Store:
    def __init__(self, folder: str) -> None:
        Path(folder).mkdir(parents=True, exist_ok=True)
        self.database = sqlite3.connect(Path(folder) / "runs.db", isolation_level=None)
        self.database.execute("PRAGMA journal_mode = WAL")
        # What is committed survives the end of the process. For a power cut as well, this would have to be FULL.
        self.database.execute("PRAGMA synchronous = NORMAL")
        self.database.execute(
            "CREATE TABLE IF NOT EXISTS runs (tenant TEXT, id TEXT, document TEXT, PRIMARY KEY (tenant, id))"
        )

    def get(self, tenant: str, run_id: str) -> Run | None:
        query = "SELECT document FROM runs WHERE tenant = ? AND id = ?"
        row = self.database.execute(query, (tenant, run_id)).fetchone()
        return Run(**json.loads(row[0])) if row else None

    def save(self, run: Run) -> None:
        """When this returns, the run survives the end of the process."""
        command = "INSERT INTO runs VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET document = excluded.document"
        self.database.execute(command, (run.tenant, run.id, json.dumps(asdict(run))))
