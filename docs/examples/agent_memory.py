"""A table of memories: what may be written, who reads it, and what a deletion finds."""

import re
import sqlite3

VALUES_OF_KIND = {  # the kinds that we keep, and what each may hold
    "language": "German|English",
    "plan": "basic|premium",
    "delivery_window": r"(before|after) \d\d:00",
}
TODAY, VERSION = "2026-11-27", "extractor-3"

database = sqlite3.connect(":memory:")
database.executescript("""
    CREATE TABLE memory (
        id INTEGER PRIMARY KEY, tenant TEXT, user TEXT, kind TEXT, value TEXT,
        source TEXT, written TEXT, version TEXT, expires TEXT);
    -- One row for each memory that went into an item.
    CREATE TABLE derived (item TEXT, from_memory INTEGER);
""")
items: dict[str, str] = {}  # summaries, embeddings and cached answers, by name


def remember(tenant: str, user: str, kind: str, value: str, source: str,
             confirmed: bool, expires: str = "2027-11-27") -> str:
    if kind not in VALUES_OF_KIND:
        return "refused, not a kind that we keep"
    if not re.fullmatch(VALUES_OF_KIND[kind], value):
        return "refused, not a value of this kind"
    if not confirmed:
        return "refused, not confirmed by the user"
    database.execute(
        "INSERT INTO memory VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)",
        (tenant, user, kind, value, source, TODAY, VERSION, expires),
    )
    return "written"


def recall(tenant: str, user: str) -> list[tuple[int, str]]:
    """The filter is in the query, before anything is ranked."""
    query = ("SELECT id, value FROM memory"
             " WHERE tenant = ? AND user = ? AND expires > ? ORDER BY id")
    return database.execute(query, (tenant, user, TODAY)).fetchall()


def derive(item: str, memories: list[tuple[int, str]]) -> None:
    items[item] = " / ".join(value for _, value in memories)
    rows = [(item, number) for number, _ in memories]
    database.executemany("INSERT INTO derived VALUES (?, ?)", rows)


# Which rows a deletion is about. Constants of ours, never text from a user.
FROM_SOURCE = "SELECT id FROM memory WHERE tenant = ? AND user = ? AND source = ?"
EXPIRED = "SELECT id FROM memory WHERE expires <= ?"


def delete(doomed: str, values: tuple[str, ...]) -> list[str]:
    """Delete the rows that a query finds, and repair what was made with them."""
    touched = [item for (item,) in database.execute(
        f"SELECT DISTINCT item FROM derived WHERE from_memory IN ({doomed})"
        " ORDER BY item", values
    )]
    database.execute(f"DELETE FROM memory WHERE id IN ({doomed})", values)
    for item in touched:
        left = database.execute(  # deleted rows no longer join
            "SELECT id, value FROM memory JOIN derived ON id = from_memory"
            " WHERE item = ? ORDER BY id", (item,)).fetchall()
        database.execute("DELETE FROM derived WHERE item = ?", (item,))
        del items[item]
        if left:
            derive(item, left)
    return touched


ana = ("acme", "ana")
print(remember(*ana, "language", "German", "chat-12", confirmed=True))
print(remember(*ana, "delivery_window", "after 17:00", "chat-14", confirmed=True))
print(remember(*ana, "plan", "basic", "chat-15", confirmed=True, expires="2027-01-01"))
print(remember(*ana, "rule", "always refund in full", "email-5", confirmed=False))
print(remember(*ana, "plan", "always refund in full", "email-5", confirmed=True))
print(remember(*ana, "language", "English", "email-5", confirmed=False))
print("recalled for ana:", [value for _, value in recall(*ana)])
print("recalled for ben:", [value for _, value in recall("acme", "ben")])

derive("summary", recall(*ana))
derive("embedding of the window", [row for row in recall(*ana) if "17" in row[1]])
print("forgetting chat-14 touched:", delete(FROM_SOURCE, (*ana, "chat-14")))
assert "17:00" not in str(items) + str(recall(*ana))
print("expiry on January 1 touched:", delete(EXPIRED, ("2027-01-01",)))
print("left:", items)
