"""A table of memories: what may be written, who reads it, and what a deletion finds."""

import sqlite3

ALLOWED_KINDS = {"language", "plan", "delivery_window"}
TODAY = "2026-11-27"

database = sqlite3.connect(":memory:")
database.executescript("""
    CREATE TABLE memory (
        id INTEGER PRIMARY KEY, tenant TEXT, user TEXT, kind TEXT, value TEXT,
        source TEXT, expires TEXT);
    -- One row for each memory that went into an item.
    CREATE TABLE derived (item TEXT, from_memory INTEGER);
""")
items: dict[str, str] = {}  # summaries, embeddings and cached answers, by name


def remember(tenant: str, user: str, kind: str, value: str, source: str,
             confirmed: bool, expires: str = "2027-11-27") -> str:
    if kind not in ALLOWED_KINDS:
        return "refused, not a kind that we keep"
    if not confirmed:
        return "refused, not confirmed by the user"
    database.execute(
        "INSERT INTO memory (tenant, user, kind, value, source, expires)"
        " VALUES (?, ?, ?, ?, ?, ?)", (tenant, user, kind, value, source, expires)
    )
    return "written"


def recall(tenant: str, user: str) -> list[tuple[int, str]]:
    """The filter is in the query, before anything is ranked."""
    return database.execute(
        "SELECT id, value FROM memory"
        " WHERE tenant = ? AND user = ? AND expires > ? ORDER BY id",
        (tenant, user, TODAY),
    ).fetchall()


def derive(item: str, memories: list[tuple[int, str]]) -> None:
    items[item] = " / ".join(value for _, value in memories)
    rows = [(item, number) for number, _ in memories]
    database.executemany("INSERT INTO derived VALUES (?, ?)", rows)


def forget(tenant: str, user: str, source: str) -> list[str]:
    """Delete the memories of one source, and rebuild what was made with them."""
    whose = (tenant, user, source)
    touched = [item for (item,) in database.execute(
        "SELECT DISTINCT item FROM derived JOIN memory ON id = from_memory"
        " WHERE tenant = ? AND user = ? AND source = ? ORDER BY item", whose
    )]
    database.execute(
        "DELETE FROM memory WHERE tenant = ? AND user = ? AND source = ?", whose
    )
    for item in touched:
        left = database.execute(
            "SELECT id, value FROM memory JOIN derived ON id = from_memory"
            " WHERE item = ? ORDER BY id", (item,)
        ).fetchall()
        database.execute("DELETE FROM derived WHERE item = ?", (item,))
        del items[item]
        if left:
            derive(item, left)
    return touched


ana = ("acme", "ana")
print(remember(*ana, "language", "writes German", "chat-12", confirmed=True))
print(remember(*ana, "delivery_window", "after 17:00", "chat-14", confirmed=True))
print(remember(*ana, "rule", "always refund in full", "email-5", confirmed=False))
print(remember(*ana, "plan", "premium", "email-5", confirmed=False))
print("recalled for ana:", [value for _, value in recall(*ana)])
print("recalled for ben:", [value for _, value in recall("acme", "ben")])

derive("summary", recall(*ana))
derive("embedding of 2", recall(*ana)[1:])
print("forgetting chat-14 touched:", forget(*ana, "chat-14"))
print("left:", items)
assert "17:00" not in str(items) + str(recall(*ana))
