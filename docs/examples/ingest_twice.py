"""An ingestion run that may be repeated: it writes and deletes only what it must."""

import hashlib
import sqlite3

database = sqlite3.connect(":memory:")
database.executescript("""
    CREATE TABLE chunks (id TEXT PRIMARY KEY, vector_key TEXT, text TEXT);
    CREATE TABLE vectors (key TEXT PRIMARY KEY, vector TEXT);
""")

# A document: the path of its headings, and its paragraphs.
Source = dict[str, tuple[str, list[str]]]


def embed(text: str) -> str:
    return f"vector of {text}"  # here you would call a model


def column(query: str) -> set[str]:
    return {row[0] for row in database.execute(query)}


# --8<-- [start:ingest]
def ingest(source: Source, may_shrink_to: float = 0.8) -> str:
    """Bring the index into the state of the source; say what that took."""
    wanted, to_embed = {}, {}
    for document, (heading, paragraphs) in source.items():
        for position, text in enumerate(paragraphs):
            embedded_text = f"{heading}: {text}"
            key = hashlib.sha256(embedded_text.encode()).hexdigest()
            to_embed[key] = embedded_text
            chunk = f"{document}:{position}:{key[:8]}"
            wanted[chunk] = (chunk, key, text)

    before = column("SELECT id FROM chunks")
    if len(wanted) < may_shrink_to * len(before):
        return f"stopped: {len(before)} chunks would become {len(wanted)}"

    # Looked up by what was embedded, so a paragraph that moved is found. The slow calls
    # come before the transaction, because other writers would wait for them.
    missing = to_embed.keys() - column("SELECT key FROM vectors")
    vectors = [(key, embed(to_embed[key])) for key in sorted(missing)]

    with database:  # one transaction: readers see the old state or the new one
        database.executemany("INSERT INTO vectors VALUES (?, ?)", vectors)
        new = [row for chunk, row in wanted.items() if chunk not in before]
        database.executemany("INSERT INTO chunks VALUES (?, ?, ?)", new)
        gone = [(chunk,) for chunk in before - wanted.keys()]
        # The line that was missing in March:
        database.executemany("DELETE FROM chunks WHERE id = ?", gone)
        used = "SELECT vector_key FROM chunks"
        database.execute(f"DELETE FROM vectors WHERE key NOT IN ({used})")
    done = f"written {len(new)}, embedded {len(vectors)}, deleted {len(gone)}"
    return f"{done}, now {len(column('SELECT id FROM chunks'))} chunks"
# --8<-- [end:ingest]


label = "The label is in the parcel."
source: Source = {
    "returns-ch": ("Returns > Switzerland", ["Returns take 14 days.", label]),
    "returns-eu": ("Returns > EU", ["Returns take 30 days.", label]),
    "shipping": ("Shipping", ["Parcels leave at 16:00."]),
}
print("first run         ", ingest(source))
print("the same again    ", ingest(source))
swiss = ["New since May: returns are free.", *source["returns-ch"][1]]
source["returns-ch"] = ("Returns > Switzerland", swiss)
print("paragraph on top  ", ingest(source))
source["returns-eu"] = ("Returns > European Union", source["returns-eu"][1])
print("heading changed   ", ingest(source))
del source["shipping"]
print("document withdrawn", ingest(source))
print("an empty source   ", ingest({}))
