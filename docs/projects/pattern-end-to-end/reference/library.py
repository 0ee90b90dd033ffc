"""The documents of all tenants, in SQLite: each passage with its hash, its words and its vector."""

import hashlib
import re
import sqlite3
from array import array
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from operator import mul
from pathlib import Path

MODES = ("keyword", "vector", "hybrid")
#: How soon a rank stops to count when two lists are merged, from the paper on reciprocal rank fusion.
FUSION = 60
#: Passages that each of the two searches gives to the merged one.
DEPTH = 50
STOP_WORDS = """a an and are as at be by can do does for from get go has have how i in is it its long many may me more
much must my new of often on or someone the there to under up was we what when where which who will with you your"""
TABLES = """
CREATE TABLE IF NOT EXISTS passages (
    id INTEGER PRIMARY KEY, tenant TEXT, document TEXT, place INTEGER, text TEXT, sha256 TEXT, vector BLOB,
    UNIQUE (tenant, document, place)
);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (text);
"""

Embed = Callable[[list[str]], Awaitable[list[list[float]]]]


@dataclass(frozen=True)
class Hit:
    """A passage that was found. A higher score is a better one."""

    id: int
    document: str
    text: str
    score: float


def passages_of(text: str) -> list[str]:
    """The paragraphs of a document. A line of white space separates as an empty one does."""
    return [part.strip(" \t\n") for part in re.split(r"\n[ \t]*\n", text) if part.strip(" \t\n")]


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class Library:
    def __init__(self, folder: str) -> None:
        Path(folder).mkdir(parents=True, exist_ok=True)
        self.db = sqlite3.connect(Path(folder, "library.db"))
        # One write to the disk for each commit, and it's there before the caller is told.
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.executescript(TABLES)

    async def put(self, tenant: str, document: str, texts: list[str], embed: Embed) -> None:
        """Replace a document, or add it. A passage whose hash it had before keeps its vector."""
        rows = self.db.execute(
            "SELECT sha256, vector FROM passages WHERE tenant = ? AND document = ?", (tenant, document)
        )
        vectors: dict[str, bytes] = dict(rows.fetchall())
        new = [text for text in dict.fromkeys(texts) if sha256(text) not in vectors]
        # Before the first row changes: when this fails, the old document is still whole.
        embedded = await embed(new)
        vectors |= {sha256(text): array("f", vector).tobytes() for text, vector in zip(new, embedded, strict=True)}
        with self.db:
            self._remove(tenant, document)
            for place, text in enumerate(texts):
                row = (tenant, document, place, text, sha256(text), vectors[sha256(text)])
                added = self.db.execute(
                    "INSERT INTO passages (tenant, document, place, text, sha256, vector) VALUES (?, ?, ?, ?, ?, ?)",
                    row,
                )
                self.db.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (added.lastrowid, text))

    def delete(self, tenant: str, document: str) -> None:
        with self.db:
            self._remove(tenant, document)

    def _remove(self, tenant: str, document: str) -> None:
        own = "SELECT id FROM passages WHERE tenant = ? AND document = ?"
        self.db.execute(f"DELETE FROM words WHERE rowid IN ({own})", (tenant, document))
        self.db.execute("DELETE FROM passages WHERE tenant = ? AND document = ?", (tenant, document))

    def document(self, tenant: str, document: str) -> list[tuple[str, str]]:
        """Text and hash of each passage, in their order; empty when there is no such document."""
        return self.db.execute(
            "SELECT text, sha256 FROM passages WHERE tenant = ? AND document = ? ORDER BY place", (tenant, document)
        ).fetchall()

    def documents(self, tenant: str) -> list[tuple[str, int]]:
        """The tenant's documents, each with the number of its passages."""
        return self.db.execute(
            "SELECT document, count(*) FROM passages WHERE tenant = ? GROUP BY document", (tenant,)
        ).fetchall()

    def search(self, tenant: str, question: str, vector: list[float], mode: str, k: int) -> list[Hit]:
        """The tenant's best passages. The vector is the question's; a search by keyword doesn't look at it."""
        if mode == "keyword":
            return self.by_words(tenant, question, k)
        if mode == "vector":
            return self.by_vector(tenant, vector, k)
        return merged([self.by_words(tenant, question, DEPTH), self.by_vector(tenant, vector, DEPTH)], k)

    def by_words(self, tenant: str, question: str, k: int) -> list[Hit]:
        """The tenant's passages that share a word with the question, ranked by BM25."""
        words = set(re.findall(r"[^\W_]+", question.lower())) - set(STOP_WORDS.split())
        if not words:
            return []
        # SQLite's bm25() is lower for a better match.
        rows = self.db.execute(
            "SELECT p.id, p.document, p.text, -bm25(words) AS score FROM words JOIN passages AS p ON p.id = words.rowid"
            " WHERE words MATCH ? AND p.tenant = ? ORDER BY score DESC, p.id LIMIT ?",
            (" OR ".join(f'"{word}"' for word in sorted(words)), tenant, k),
        )
        return [Hit(*row) for row in rows]

    def by_vector(self, tenant: str, vector: list[float], k: int) -> list[Hit]:
        """The tenant's passages closest to a vector of length one. The filter stands before the ranking."""
        rows = self.db.execute("SELECT id, document, text, vector FROM passages WHERE tenant = ?", (tenant,))
        hits = [Hit(*row, sum(map(mul, vector, array("f", stored)))) for *row, stored in rows]
        return sorted(hits, key=lambda hit: (-hit.score, hit.id))[:k]


def merged(lists: Sequence[list[Hit]], k: int) -> list[Hit]:
    """One list by rank: scores of different searches can't be compared, their ranks can."""
    scores: dict[int, float] = {}
    for hits in lists:
        for rank, hit in enumerate(hits, 1):
            scores[hit.id] = scores.get(hit.id, 0.0) + 1 / (FUSION + rank)
    found = {hit.id: Hit(hit.id, hit.document, hit.text, scores[hit.id]) for hits in lists for hit in hits}
    return sorted(found.values(), key=lambda hit: (-hit.score, hit.id))[:k]
