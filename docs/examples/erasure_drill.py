"""Plant a sentence, delete its user, then look for the sentence in every table."""

import sqlite3

USER = "user-81"
DOCUMENT = "ticket-9"
PLANTED = "the blue kettle burned our walnut table"

database = sqlite3.connect(":memory:")
database.executescript("""
    CREATE TABLE users      (user_id, email);
    CREATE TABLE trace      (user_id, prompt);
    CREATE TABLE chunk      (document_id, passage, vector, deleted);
    CREATE TABLE cache      (question_hash, answer);
    CREATE TABLE golden_set (question, expected);
    CREATE TABLE documents  (document_id, user_id);
""")


def use_the_service():
    """One message leaves four copies of its sentence."""
    run = database.execute
    run("INSERT INTO users VALUES (?, ?)", (USER, "someone@example.com"))
    run("INSERT INTO documents VALUES (?, ?)", (DOCUMENT, USER))
    run("INSERT INTO trace VALUES (?, ?)", (USER, f"Classify: {PLANTED}"))
    run("INSERT INTO chunk VALUES (?, ?, '0.12,-0.40', 0)", (DOCUMENT, PLANTED))
    run("INSERT INTO cache VALUES ('a81f', ?)", (f"Sorry that {PLANTED}.",))
    run("INSERT INTO golden_set VALUES (?, 'safety')", (PLANTED,))


def delete_the_user():
    """What most services do on request."""
    database.execute("UPDATE chunk SET deleted = 1 WHERE document_id = ?", (DOCUMENT,))
    database.execute("DELETE FROM users WHERE user_id = ?", (USER,))


def delete_all_copies():
    """What leads to the user, and the whole cache. It forgets the golden set."""
    owned = "SELECT document_id FROM documents WHERE user_id = ?"
    database.execute(f"DELETE FROM chunk WHERE document_id IN ({owned})", (USER,))
    database.execute("DELETE FROM trace WHERE user_id = ?", (USER,))
    database.execute("DELETE FROM documents WHERE user_id = ?", (USER,))
    database.execute("DELETE FROM cache")  # no column says whose answer it was


def where_it_still_stands():
    """Looks into every column of every table, because the map may be incomplete."""
    found = []
    tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    for (table,) in tables.fetchall():
        for row in database.execute(f"SELECT * FROM {table}"):
            if any(PLANTED in str(value) for value in row):
                found.append(table)
    return ", ".join(found) or "nowhere"


use_the_service()
print("after use:         ", where_it_still_stands())
delete_the_user()
print("user row deleted:  ", where_it_still_stands())
delete_all_copies()
print("owner's copies too:", where_it_still_stands())
