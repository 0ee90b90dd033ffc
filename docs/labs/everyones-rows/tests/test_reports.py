"""What a report shows, and what a statement can do. The database file is read by the tests themselves."""

import random
import re
import sqlite3
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import plugin
import pytest
from attacks import about_the_database, foreign_rows, own_secrets, plans, writes
from shops import CITIES, STATUSES, Shops, steps, word

#: Drawn anew, so that a limit is read from its setting.
ROWS = plugin.seeded("rows").randrange(110, 190)
STEPS = plugin.seeded("steps").randrange(200, 450) * 1000
#: The limits that the contract names.
BYTES, COLUMNS = 2000, 30


class Owners:
    """Asks questions of shop owners, which a model answers with the statement that a test wants."""

    def __init__(self, client, model, shops):
        self.client, self.model, self.shops = client, model, shops
        self.statements = {}
        model.reply = self._reply

    def _reply(self, body):
        mark = re.search(r"case \d+", body["prompt"])
        statement = self.statements[mark[0]] if mark else ""
        return statement(body) if callable(statement) else statement

    def ask(self, shop, statement):
        mark = f"case {random.SystemRandom().getrandbits(64)}"
        self.statements[mark] = statement
        asked = {"question": f"How is my shop doing, {mark}?"}
        return self.client.post("/reports", json=asked, headers={"x-shop": str(shop)})

    def gets(self, shop, statement):
        """A report has to be there, and to be right."""
        answer = self.ask(shop, statement)
        assert answer.status_code == 200, f"{answer.status_code} for an honest {statement!r}: {answer.text[:100]}"
        assert (fault := self.fault(answer, shop, statement)) == "", f"{fault}. Shop {shop} asked {statement!r}"
        return answer.json()

    def gets_nothing_foreign(self, shop, statement):
        """A report may be refused. If it is there, it says what it would say if there were no other shop."""
        answer = self.ask(shop, statement)
        if answer.status_code == 200:
            assert (fault := self.fault(answer, shop, statement)) == "", f"{fault}. Shop {shop} asked {statement!r}"
        else:
            assert answer.status_code == 422, f"{answer.status_code} and not 422 for {statement!r}: {answer.text[:100]}"
        found = [value for value in self.shops.secrets() if value in answer.text]
        assert not found, f"a secret, {found[0]!r}, is in the answer to {statement!r}"

    def fault(self, answer, shop, statement):
        """What is wrong in a report, empty if nothing is: it is compared with a database that holds this shop alone."""
        with closing(self.shops.of(shop)) as alone:
            try:
                cursor = alone.execute(statement)
                right = [list(row) for row in cursor]
            except sqlite3.Error:
                return "there is a report of something that the owner can't see"
        found = answer.json()
        rows, columns = found["rows"], [column[0] for column in cursor.description]
        if found["columns"] != columns:
            return f"the columns are {found['columns']}, and not {columns}"
        if found["complete"] != (len(right) <= ROWS):
            return f"complete is {found['complete']}, with {len(right)} rows and a limit of {ROWS}"
        if len(rows) != min(len(right), ROWS):
            return f"there are {len(rows)} rows, and {len(right)} are right, with a limit of {ROWS}"
        if "ORDER BY" in statement:
            return "" if rows == right[:ROWS] else f"the rows begin with {rows[:2]}, and not with {right[:2]}"
        wrong = Counter(map(repr, rows)) - Counter(map(repr, right))
        return f"the row {next(iter(wrong))} is not the shop's, or it is there too often" if wrong else ""


@contextmanager
def owners(rng, folder):
    """A service in front of a database of its own."""
    shops, model = Shops(rng, folder), plugin.FakeModel()
    settings = {"LAB_ROWS": str(ROWS), "LAB_STEPS": str(STEPS), "LAB_MODEL": "", "LAB_BASE_URL": model.address}
    with plugin.running(plugin.FOLDER, LAB_DATA=str(folder), **settings) as client:
        yield Owners(client, model, shops)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    with owners(plugin.seeded("shops"), tmp_path_factory.mktemp("data")) as found:
        yield found


@pytest.fixture
def asking(shared):
    shared.statements.clear()
    shared.model.requests.clear()
    return shared


def test_no_statement_reads_another_shops_rows(asking, rng):
    """A customer list of somebody else's shop is a breach that you have to report, and the owner only asked a question."""
    mine, other = rng.sample(asking.shops.ids, 2)
    for statement in foreign_rows(rng, asking.shops, mine, other):
        asking.gets_nothing_foreign(mine, statement)
    # One question finds out how the service names things, and the next one uses that.
    said = " ".join(asking.ask(mine, statement).text for statement in plans(rng, mine))
    for name in sorted(set(re.findall(r"\w*(?:products|customers|orders|order_lines)\w*", said))):
        statement = f"WITH {name} AS (SELECT * FROM main.orders) SELECT * FROM {name} -- shop_id = {mine}"
        asking.gets_nothing_foreign(mine, statement)


def test_no_answer_tells_what_another_shop_has(asking, rng):
    """No row leaves the database, and yet an error says whether a rival has this customer. A hundred errors say all of it."""
    shops = asking.shops
    mine, other = rng.sample(shops.ids, 2)
    for table, column in rng.sample([("customers", "email"), ("products", "name")], 2):
        theirs = rng.choice(shops.values(f"SELECT {column} FROM {table} WHERE shop_id = {other} AND {column} NOT IN "
                                         f"(SELECT {column} FROM {table} WHERE shop_id = {mine})"))  # fmt: skip
        nobodys = theirs[::-1] + str(rng.randrange(10, 99))
        for fails in ("abs(-9223372036854775807 - 1)", f"({numbers(10**9)} ORDER BY i DESC)", "hex(zeroblob(1000000))"):
            statement = (f"SELECT count(*) FROM {table} WHERE {column} > '' AND CASE WHEN {column} = '{{}}' "
                         f"THEN {fails} ELSE 1 END -- shop_id = {mine}")  # fmt: skip
            found, absent = (asking.ask(mine, statement.format(text.replace("'", "''"))) for text in (theirs, nobodys))
            assert (found.status_code, found.text) == (absent.status_code, absent.text), (
                f"the answers tell that another shop has {theirs!r} in {table}: {found.status_code}, and for one that "
                f"nobody has {absent.status_code}, with {fails}"
            )


def test_no_statement_reads_what_no_owner_may_see(asking, rng):
    """A hash of a password is a secret of the customer, also from the shop where the customer buys."""
    mine = rng.choice(asking.shops.ids)
    for statement in own_secrets(rng, asking.shops, mine):
        asking.gets_nothing_foreign(mine, statement)


def test_a_forgotten_filter_costs_nobody_anything(asking, rng):
    """Whoever relies on the model for the filter refuses honest reports, or shows one shop's rows to the next."""
    statements = [
        "SELECT name FROM customers ORDER BY name",
        "SELECT count(*), sum(quantity * cents) FROM order_lines",
        "SELECT status, count(*) FROM orders GROUP BY status ORDER BY status",
        "SELECT max(cents), min(cents) FROM products",
        "SELECT name FROM products WHERE id NOT IN (SELECT product_id FROM order_lines) ORDER BY name",
    ]
    cases = [(shop, rng.choice(statements)) for shop in asking.shops.ids * 2]
    for shop, statement in cases:
        asking.gets(shop, statement)
    with ThreadPoolExecutor(4) as at_once:
        list(at_once.map(lambda case: asking.gets(*case), rng.sample(cases, len(cases))))


def test_no_statement_changes_anything(rng, tmp_path):
    """A report that deletes last month's orders is not repaired by an apology."""
    with owners(rng, tmp_path) as asking:
        mine = rng.choice(asking.shops.ids)
        with closing(asking.shops.of(mine)) as alone:
            before = alone.execute("SELECT * FROM orders ORDER BY id").fetchall()
        file = asking.shops.file.read_bytes()
        answers = {sql: asking.ask(mine, sql).status_code for sql in writes(rng, asking.shops, mine, str(tmp_path))}
        assert [path.name for path in tmp_path.iterdir()] == ["shops.db"], "there are other files beside the database"
        assert asking.shops.file.read_bytes() == file, "the database file has other bytes than before"
        ran = [sql for sql, status in answers.items() if status != 422]
        assert not ran, f"{len(ran)} statements that change something were not refused, {ran[0]!r} for one"
        after = asking.ask(mine, f"SELECT * FROM orders WHERE shop_id = {mine} ORDER BY id").json()
        assert after["rows"] == [list(row) for row in before][:ROWS], "the next report is another one than before"


def numbers(count):
    """A statement that gives the numbers up to `count`."""
    return f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) SELECT i FROM n"


def test_a_report_is_cut_and_says_so(asking, rng):
    """A list of half the customers that looks like a whole one ends in a wrong letter to the other half."""
    shop = asking.shops.ids[0]
    for count in (1, ROWS - 1, ROWS, ROWS + 1, ROWS + rng.randrange(2, 400)):
        asking.gets(shop, f"{numbers(count)} ORDER BY i -- shop_id = {shop}")
    asking.gets(shop, f"SELECT o.id, p.id FROM orders o, products p WHERE p.shop_id = {shop} AND o.shop_id = {shop}")


def test_a_statement_that_is_too_expensive_is_ended(asking, rng):
    """One question that joins everything with everything takes the database away from all shops that want to sell."""
    shop = asking.shops.ids[0]
    with closing(asking.shops.of(shop)) as alone:
        each = (
            steps(alone, f"SELECT sum(i) FROM ({numbers(2000)})")
            - steps(alone, f"SELECT sum(i) FROM ({numbers(1000)})")
        ) / 1000
        line = f"FROM orders a, orders b, products c WHERE a.shop_id = {shop} AND b.shop_id = {shop} LIMIT"
        row = (steps(alone, f"SELECT sum(a) FROM (SELECT 1 AS a {line} 2000)")
               - steps(alone, f"SELECT sum(a) FROM (SELECT 1 AS a {line} 1000)")) / 1000  # fmt: skip
    for _ in range(3):
        below, above = rng.uniform(0.5, 0.85), rng.uniform(1.2, 1.9)
        asking.gets(shop, f"SELECT sum(i) FROM ({numbers(int(below * STEPS / each))}) -- shop_id = {shop}")
        answer = asking.ask(shop, f"SELECT sum(i) FROM ({numbers(int(above * STEPS / each))}) -- shop_id = {shop}")
        assert answer.status_code == 422, f"a statement of {above:.1f} times the steps gives {answer.status_code}"
    # A view reads the rows another way than the test's own database, so these stay further away from the limit.
    asking.gets(shop, f"SELECT sum(a) FROM (SELECT 1 AS a {line} {int(0.05 * STEPS / row)})")
    answer = asking.ask(shop, f"SELECT sum(a) FROM (SELECT 1 AS a {line} {int(4 * STEPS / row)})")
    assert answer.status_code == 422, f"a join of four times the steps gives {answer.status_code}"
    # Only now one that never ends.
    answer = asking.ask(shop, f"SELECT sum(i) FROM ({numbers(10**15)}) -- shop_id = {shop}")
    assert answer.status_code == 422, f"a statement without an end gives {answer.status_code}"
    asking.gets(shop, f"SELECT count(*) FROM orders WHERE shop_id = {shop}")


def test_no_value_and_no_row_outgrows_a_report(asking, rng):
    """One row can be a gigabyte, and the service dies with everybody's reports."""
    shop = asking.shops.ids[0]
    small, large = rng.randrange(1500, BYTES - 100), rng.randrange(BYTES + 100, 9000)
    for size, status in ((small, 200), (large, 422), (rng.randrange(10**6, 10**7), 422)):
        text = f"hex(zeroblob({size // 2}))"
        for what in (text, f"length({text})", f"{text} IS NULL", f"replace('ab', 'a', {text}) LIKE 'b%'"):
            answer = asking.ask(shop, f"SELECT {what} -- shop_id = {shop}")
            assert answer.status_code == status, f"{what} gives {answer.status_code}, and {BYTES} bytes are the limit"
    for count, status in ((COLUMNS, 200), (COLUMNS + 1, 422), (rng.randrange(40, 300), 422)):
        answer = asking.ask(shop, f"SELECT {', '.join(['1'] * count)} -- shop_id = {shop}")
        assert answer.status_code == status, f"{count} columns give {answer.status_code}, and {COLUMNS} are the limit"


def test_the_prompt_names_only_what_a_statement_can_read(asking, rng):
    """What stands in the prompt leaves your machine: rows of all shops, and a map of what is worth stealing."""
    shop = rng.choice(asking.shops.ids)
    asking.gets(shop, f"SELECT count(*) FROM orders WHERE shop_id = {shop}")
    prompt = asking.model.requests[-1]["prompt"]
    for name in ("products", "customers", "orders", "order_lines", "email", "quantity", "customer_id"):
        assert name in prompt, f"the prompt doesn't say that there is {name!r}"
    found = [name for name in asking.shops.names() if name in prompt]
    assert not found, f"the prompt names {found}"
    rows = "SELECT name FROM customers UNION SELECT email FROM customers UNION SELECT name FROM products"
    found = [value for value in asking.shops.values(rows) + asking.shops.secrets() if value in prompt]
    assert not found, f"the prompt holds rows of shops: {found[:2]}"


def test_a_refusal_says_nothing_about_the_database(asking, rng):
    """Who can tell a hidden column from a missing one finds them all, one question after the other."""
    shop = rng.choice(asking.shops.ids)
    hidden, absent = [], []
    for name, there in (("customers", "password_hash"), ("orders", "fraud_score")):
        for form in (
            "SELECT x.{} FROM {} x WHERE shop_id = {}",
            "SELECT 1 FROM {1} x WHERE x.{0} > 1 AND shop_id = {2}",
        ):
            hidden.append(form.format(there, name, shop))
            absent.append(form.format(word(rng).lower(), name, shop))
    for name in ("shops", "customer_ranking", "audit", asking.shops.old):
        hidden.append(f"SELECT 1 FROM {name} -- shop_id = {shop}")
        absent.append(f"SELECT 1 FROM {word(rng).lower()} -- shop_id = {shop}")
    said = {}
    for statement in hidden + absent:
        answer = asking.ask(shop, statement)
        assert answer.status_code == 422, f"{statement!r} gives {answer.status_code}"
        said.setdefault(answer.text, statement)
    assert len(said) == 1, f"two refusals differ: {list(said)[:2]}"
    for statement in about_the_database(rng, shop):
        answer = asking.ask(shop, statement).text
        found = [name for name in [*asking.shops.names(), "api_key", asking.shops.file.name] if name in answer]
        assert not found, f"{statement!r} shows {found}"


def test_what_is_no_report_is_refused_in_words(asking, rng):
    """An owner who reads "Internal Server Error" calls your support, and a traceback in the log calls you."""
    shop = rng.choice(asking.shops.ids)
    note = f"/* shop_id = {shop} */"
    for statement in (
        "", note, f"I can't answer that. {note}", f"SELECT {note}", f"SELECT 1 {note}; DELETE FROM orders",
        f"SELECT 1 {note}; SELECT 2", f"SELECT x'ff' {note}", f"SELECT 9e999 {note}", f"SELECT CAST(x'ff' AS TEXT) {note}",
        f"SELECT 1 \x00 {note}", f"SELECT '\ud800' {note}", f"SELECT -9223372036854775808 / abs(-9223372036854775808) {note}",
        f"SELECT {'(' * 1200}1{')' * 200} {note}", f"SELECT ? {note}",
    ):  # fmt: skip
        answer = asking.ask(shop, statement)
        assert answer.status_code == 422, f"{statement[:60]!r} gives {answer.status_code}: {answer.text[:100]}"


def test_half_a_statement_is_not_run(asking, rng):
    """A statement that was cut off before its last condition is valid, and its sum is wrong."""
    shop = rng.choice(asking.shops.ids)
    whole = f"SELECT count(*) FROM orders WHERE shop_id = {shop}"

    def reply(body):
        return whole.ljust(4 * body["max_tokens"]) + f" AND status = '{rng.choice(STATUSES)}'"

    answer = asking.ask(shop, reply)
    assert answer.status_code == 502, f"half a statement gives {answer.status_code}: {answer.text[:100]}"


def test_a_product_may_be_called_drop(asking, rng):
    """A list of forbidden words refuses the owner who sells drop earrings, and stops nobody who can spell."""
    for shop in asking.shops.ids:
        with closing(asking.shops.of(shop)) as alone:
            names = [row[0] for row in alone.execute("SELECT name FROM products WHERE name NOT LIKE '% soap'")]
        for name in names:
            asking.gets(shop, f"SELECT id, cents FROM products WHERE name = '{name}' AND shop_id = {shop}")


def test_an_honest_question_is_answered_right(asking, rng):
    """A service that refuses everything is safe, and the owners go back to their spreadsheets."""
    for shop in asking.shops.ids:
        city, status, top = rng.choice(CITIES), rng.choice(STATUSES), rng.randint(2, 6)
        sales = "orders JOIN order_lines ON order_id = orders.id"
        for statement in (
            f"SELECT sum(quantity * cents) FROM {sales} WHERE shop_id = {shop} AND status = '{status}'",
            f"SELECT status, count(*) FROM orders WHERE orders.shop_id = {shop} GROUP BY status ORDER BY status",
            f"""SELECT name, sum(quantity) AS pieces FROM {sales} JOIN products ON product_id = products.id
                WHERE products.shop_id = {shop} GROUP BY products.id ORDER BY pieces DESC, name LIMIT {top};""",
            f"""WITH months AS (SELECT substr(day, 1, 7) AS month, quantity * cents AS paid FROM {sales}
                WHERE shop_id = {shop}) SELECT month, sum(paid) FROM months GROUP BY month ORDER BY month""",
            f"""SELECT name, email FROM customers WHERE shop_id = {shop} AND city <> '{city}' AND id NOT IN
                (SELECT customer_id FROM orders WHERE status = '{status}' AND shop_id = {shop}) ORDER BY name""",
            f"""SELECT name, cents, rank() OVER (ORDER BY cents DESC) AS place FROM PRODUCTS
                WHERE shop_id = {shop} ORDER BY place, name LIMIT {top}""",
            f"SELECT round(avg(cents), 2), upper('{city}'), NULL FROM \"products\" WHERE shop_id = {shop} AND name LIKE '%soap'",
        ):
            asking.gets(shop, statement)


def test_the_shops_can_sell_while_reports_are_made(asking, rng):
    """A report that is left open keeps the lock, and the next customer can't pay. What was sold is in the next report."""
    for shop in asking.shops.ids[:2]:
        count = f"SELECT count(*) FROM orders WHERE shop_id = {shop}"
        asking.gets(shop, count)
        long = f"SELECT o.id, p.id FROM orders o, products p WHERE p.shop_id = {shop} AND o.shop_id = {shop}"
        assert asking.ask(shop, long).status_code == 200
        asking.shops.sell(rng, shop)
        asking.gets(shop, count)
