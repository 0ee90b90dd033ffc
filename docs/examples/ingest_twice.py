"""An ingestion run that may be repeated: it writes and deletes only what it must."""

import hashlib
import sqlite3

database = sqlite3.connect(":memory:")
database.execute("CREATE TABLE chunks (id TEXT PRIMARY KEY, document TEXT, text TEXT)")
database.execute("CREATE TABLE vectors (content_hash TEXT PRIMARY KEY, vector TEXT)")


def content_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def ingest(source: dict[str, list[str]]) -> str:
    """Bring the index into the state of the source; say what that took."""
    before = {row[0] for row in database.execute("SELECT id FROM chunks")}
    wanted, embedded = set(), 0
    with database:  # one transaction: readers see the old state or the new one
        for document, paragraphs in source.items():
            for position, text in enumerate(paragraphs):
                digest = content_hash(text)
                chunk = f"{document}:{position}:{digest}"
                wanted.add(chunk)
                row = (chunk, document, text)
                database.execute("INSERT OR IGNORE INTO chunks VALUES (?, ?, ?)", row)
                # Looked up by the hash alone, so a paragraph that moved is found.
                vector = (digest, f"vector of {digest}")  # here you would call a model
                embedded += database.execute(
                    "INSERT OR IGNORE INTO vectors VALUES (?, ?)", vector
                ).rowcount
        gone = before - wanted
        for chunk in gone:
            database.execute("DELETE FROM chunks WHERE id = ?", (chunk,))
    kept = database.execute("SELECT count(*) FROM chunks").fetchone()[0]
    return f"written {len(wanted - before)}, embedded {embedded}, now {kept} chunks"


returns = [
    "Returns take 14 days.",
    "The label is in the parcel.",
    "Refunds take five days.",
]
source = {"returns-ch": returns, "shipping": ["Parcels leave at 16:00."]}
print("first run:          ", ingest(source))
print("the same again:     ", ingest(source))
source["returns-ch"] = ["New since May: returns are free.", *returns]
print("paragraph on top:   ", ingest(source))
del source["shipping"]
print("document withdrawn: ", ingest(source))
