"""What a search finds and what the model is asked with, compared with what the tests have put into the folder."""

import os
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import plugin
import pytest
from documents import Table, pdf

UNITS = ["EUR", "CHF", "USD", "GB", "hours", "days"]
NAMES = ["Price per month", "Included calls", "Price per call", "Storage", "Support", "Notice period", "Setup"]

#: Percent of the questions of a kind that have to find their passage, and how many questions make that a whole number.
FLOOR, CASES = plugin.seeded("floor").choice([(80, 10), (75, 8), (60, 5), (90, 10), (50, 6), (85, 20)])


def word(rng):
    """A name that no other text has."""
    return "".join(rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(4)).capitalize()


def number(rng):
    """An amount as people write it. With so many digits, hardly one is drawn twice."""
    return f"{rng.randrange(1000, 999_999):,}.{rng.randrange(10, 99)}"


def header(rng, columns=3):
    names = [f"{name} ({rng.choice(UNITS)})" for name in rng.sample(NAMES, columns - 1)]
    return ["Plan", *(name.replace(" ", "\n", rng.randrange(2)) for name in names)]


def rows(rng, count, columns=3):
    """Rows of plans. Some names go over two lines, and no row is without an amount."""
    return [
        [word(rng) + rng.choice(["", "\nfor teams"]), *(number(rng) for _ in range(columns - 1))] for _ in range(count)
    ]


def table(rng, count=3, columns=3):
    return Table(f"Tariffs {word(rng)}, valid in {word(rng)}", header(rng, columns), rows(rng, count, columns))


def flat(cell):
    return cell.replace("\n", " ")


def alone(title, names, row, notes=()):
    """A row as its passage has to read."""
    cells = [f"{flat(name)}: {flat(cell)}" for name, cell in zip(names, row, strict=True) if cell]
    return "\n".join([title, *cells, *notes])


def all_alone(table):
    return [alone(table.title, table.header, row) for row in table.rows]


def sentence(rng):
    return f"{word(rng)} and {word(rng)} change it for {word(rng)} only."


class Library:
    """A folder of documents, and the service that answers from it."""

    def __init__(self, rng, folder, client, model):
        self.rng, self.folder, self.client, self.model = rng, folder, client, model
        self.passages = None

    def put(self, name, pages, *, time=None, **running):
        """Write a document. With a time, the file says that it was changed then."""
        self.write(name, pdf(self.rng, pages, **running), time)

    def write(self, name, file, time=None):
        (self.folder / name).write_bytes(file)
        if time is not None:
            os.utime(self.folder / name, (time, time))

    def remove(self, *names):
        for name in names:
            (self.folder / name).unlink()

    def run(self):
        """A run over the folder, whatever comes of it."""
        self.passages = None
        return self.client.post("/ingest")

    def ingest(self):
        answer = self.run()
        assert answer.status_code == 200, f"the run gives {answer.status_code}: {answer.text[:100]}"

    def search(self, question, k=5):
        answer = self.client.get("/search", params={"q": question, "k": k})
        assert answer.status_code == 200, f"a search gives {answer.status_code}: {answer.text[:100]}"
        return answer.json()["results"]

    def ask(self, question):
        """The prompt of the model when a customer asks this."""
        answer = self.client.post("/ask", json={"question": question})
        assert answer.status_code == 200, f"a question gives {answer.status_code}: {answer.text[:100]}"
        return self.model.requests[-1]["prompt"]

    def everything(self):
        """All passages that there are since the last run: a search for more than that."""
        self.passages = self.passages or self.search("Which plans are there?", 2000)
        return self.passages

    def holds(self, text, document=None, page=None):
        """Red unless exactly one passage is this text; gives what the search says of it."""
        passages = self.everything()
        found = [passage for passage in passages if passage["text"] == text]
        assert found, f"no passage is {text!r}. {nearest(text, passages)}"
        assert len(found) == 1, f"{len(found)} passages are {text!r}"
        assert document is None or found[0]["documents"] == [document], (
            f"{text!r} is said to be in {found[0]['documents']}"
        )
        assert page is None or found[0]["page"] == page, f"{text!r} is on page {page}, and not {found[0]['page']}"

    def says(self, text):
        """How many passages have a text in them."""
        return sum(text in passage["text"] for passage in self.everything())


def nearest(text, passages):
    """The passage that shares most lines or words with a text, for a message."""
    wanted = set(re.findall(r"\w+", text))
    best = max((p["text"] for p in passages), key=lambda one: len(wanted & set(re.findall(r"\w+", one))), default="")
    return f"The nearest is {best!r}"


@contextmanager
def library(rng, folder, **settings):
    """A service with a folder of its own. All documents may go at once, unless the settings say otherwise."""
    for name in ("documents", "data"):
        (folder / name).mkdir()
    model = plugin.FakeModel()
    places = {"LAB_DOCUMENTS": str(folder / "documents"), "LAB_DATA": str(folder / "data")}
    asked = {"LAB_BASE_URL": model.address, "LAB_MODEL": ""}
    with plugin.running(plugin.FOLDER, **{"LAB_MAY_GO": "100", **places, **asked, **settings}) as client:
        yield Library(rng, folder / "documents", client, model)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    with library(plugin.seeded("library"), tmp_path_factory.mktemp("library"), LAB_FLOOR=str(FLOOR)) as found:
        yield found


@pytest.fixture
def shelf(shared, rng):
    """The service, with an empty folder."""
    shared.rng = rng
    shared.remove(*(file.name for file in shared.folder.iterdir()))
    shared.run()
    return shared


# Tables


def test_a_row_is_read_with_its_header(shelf, rng):
    """A number without its column is answered for the plan above, or for the year and not for the month."""
    pages, tables = [], []
    for page in range(rng.randint(2, 3)):
        # As wide as each other, so that the header of the one would fit the other.
        columns = rng.randint(2, 4)
        both = [table(rng, rng.randint(2, 4), columns) for _ in range(2)]
        for one in both:
            for row in rng.sample(one.rows, 2):
                row[rng.randrange(1, len(row))] = ""
        tables += [(page + 1, one) for one in both]
        pages.append([sentence(rng), both[0], sentence(rng), both[1], sentence(rng)])
    shelf.put("prices.pdf", pages)
    shelf.ingest()
    for page, one in tables:
        for text in all_alone(one):
            shelf.holds(text, "prices.pdf", page)
    for _, one in tables:
        for row in one.rows:
            assert shelf.says(flat(row[0])) == 1, f"{flat(row[0])!r} is in several passages, each with other rows"


def test_a_table_goes_on_on_the_next_page(shelf, rng):
    """Page 2 of a price list begins with numbers. Whoever reads it alone takes a fee for a price."""
    for again in (False, True):
        first, last = table(rng, 3, 4), rows(rng, 3, 4)
        middle = rows(rng, 2, 4)
        names = first.header if again else []
        other = table(rng, 2, 4)
        pages = [
            [sentence(rng), first],
            [Table("", names, middle)],
            [Table("", names, last), sentence(rng), other],
        ]
        name = f"{word(rng)}.pdf"
        shelf.put(name, pages, head=f"Tariffs of {word(rng)}", foot="Page {page} of {pages}")
        shelf.ingest()
        for page, part in enumerate((first.rows, middle, last), 1):
            for row in part:
                shelf.holds(alone(first.title, first.header, row), name, page)
        for text in all_alone(other):
            shelf.holds(text, name, 3)
        columns = ": ".join(flat(name) for name in first.header[:1] * 2)
        assert not shelf.says(columns), "the header that was repeated has become a row"


def test_a_note_goes_with_the_rows_that_refer_to_it(shelf, rng):
    """The asterisk says that the price holds for the first year only. It's below the table, two pages further on."""
    # One asterisk and two, in either order: each is a mark of its own.
    mark, other = rng.sample(["*", "**"], 2)
    dagger = rng.choice("†‡")
    first, second, on_a_header = table(rng, 4), table(rng, 3), table(rng, 3)
    more = rows(rng, 3)
    notes = [f"{mark} {sentence(rng)}", f"{other} {sentence(rng)}"]
    for row, sign in ((first.rows[0], mark), (first.rows[2], other), (more[1], mark), (more[2], mark)):
        row[rng.randrange(1, 3)] += sign
    more[2][0] += other
    second.notes = [f"{mark} {sentence(rng)}"]
    second.rows[1][1] += mark
    on_a_header.header[1] += dagger
    on_a_header.notes = [f"{dagger} {sentence(rng)}"]
    shelf.put("notes.pdf", [[sentence(rng), first], [Table("", [], more, notes), sentence(rng), second, on_a_header]])
    shelf.ingest()
    for part, page, own in (
        (first.rows, 1, [notes[:1], [], notes[1:], []]),
        (more, 2, [[], notes[:1], notes]),
    ):
        for row, beside in zip(part, own, strict=True):
            shelf.holds(alone(first.title, first.header, row, beside), "notes.pdf", page)
    for row, beside in zip(second.rows, [[], second.notes, []], strict=True):
        shelf.holds(alone(second.title, second.header, row, beside), "notes.pdf", 2)
    for row in on_a_header.rows:
        shelf.holds(alone(on_a_header.title, on_a_header.header, row, on_a_header.notes), "notes.pdf", 2)


def test_the_model_is_asked_with_the_right_row(shelf, rng):
    """A model answers from five passages. Without the row among them, it answers from another plan's."""
    tables = [table(rng, 6) for _ in range(3)]
    for place, one in enumerate(tables):
        pages = [[*(sentence(rng) for _ in range(8)), one], [sentence(rng) for _ in range(8)]]
        shelf.put(f"tariffs-{place}.pdf", pages, head="All prices without VAT", foot="Page {page}")
    shelf.ingest()
    for one in tables:
        for row in rng.sample(one.rows, 2):
            name = flat(one.header[1]).split(" (")[0].lower()
            prompt = shelf.ask(f"What is the {name} of the plan {row[0].split()[0]}?")
            wanted = alone(one.title, one.header, row)
            assert wanted in prompt, f"the model is asked without the row {wanted!r}"


def test_running_headers_are_in_no_passage(shelf, rng):
    """A line that is in all passages fits each question, and takes the place of what answers it."""
    for pages, bare in ((2, []), (3, [1]), (rng.randint(4, 12), []), (rng.randint(4, 6), [1])):
        brand, note = f"{word(rng)} Ltd", f"Confidential, for {word(rng)}"
        parts = [[sentence(rng), table(rng, 2), *(sentence(rng) for _ in range(7))] for _ in range(pages)]
        name = f"{word(rng)}.pdf"
        shelf.put(name, parts, head=f"{brand} · page {{page}} of {{pages}}", foot=f"{note} · {{page}}", bare=bare)
        shelf.ingest()
        for text in (brand, note):
            found = [passage for passage in shelf.everything() if text in passage["text"]]
            assert not found, f"a passage of page {found[0]['page']} of {pages} holds the running {text!r}"


def test_no_line_of_the_text_is_lost(shelf, rng):
    """What looks like a header may be the rule that a customer asks about."""
    single = [sentence(rng) for _ in range(rng.randint(1, 9))]
    base, days = rng.randrange(20, 80), rng.sample(range(100, 999), 6)
    # At the same height on each page, and yet each with something to say.
    articles = [f"Article {base + page} gives you {days[page]} days." for page in range(rng.randint(2, 6))]
    often = sentence(rng)
    pages = [[article, sentence(rng), table(rng, 2), sentence(rng)] for article in articles]
    seldom = [[often], [sentence(rng)], [often], [sentence(rng)]]
    shelf.put("single.pdf", [single])
    shelf.put("articles.pdf", pages, head=f"{word(rng)} Ltd", foot="Page {page}")
    shelf.put("seldom.pdf", seldom)
    shelf.ingest()
    for line in [*single, often, *(line for page in [*pages, *seldom] for line in page if isinstance(line, str))]:
        assert shelf.says(line), f"no passage holds {line!r}"


# Documents that change


def test_a_correction_replaces_what_was_wrong(shelf, rng):
    """The customer gets the price that was withdrawn, with the name of the document that has corrected it."""
    one = table(rng, 4)
    shelf.put("prices.pdf", [[sentence(rng), one]], time=1_700_000_000)
    shelf.put("other.pdf", [[sentence(rng), table(rng, 2)]], time=1_700_000_000)
    shelf.ingest()
    beside = [passage for passage in shelf.everything() if passage["documents"] == ["other.pdf"]]
    # Later, at the same time as a copying program keeps it, and from a backup that is older.
    later = [rng.randrange(1, 9_999), 0, -rng.randrange(1, 9_999)]
    for seconds in rng.sample(later, 3):
        row = rng.choice(one.rows)
        wrong, row[1] = row[1], number(rng)
        shelf.put("prices.pdf", [[sentence(rng), one]], time=1_700_000_000 + seconds)
        shelf.ingest()
        assert not shelf.says(wrong), f"{wrong} was corrected to {row[1]}, and a passage still says it"
        for other in one.rows:
            assert shelf.says(other[1]) == 1, f"{other[1]} is in {shelf.says(other[1])} passages, after a correction"
        prompt = shelf.ask(f"What does the plan {row[0].split()[0]} cost?")
        assert wrong not in prompt, f"the model is asked with {wrong}, which was corrected"
        assert row[1] in prompt, f"the model is asked without {row[1]}, which is right now"
        assert [p for p in shelf.everything() if p["documents"] == ["other.pdf"]] == beside, (
            "another document has changed"
        )


def test_a_deleted_document_answers_nothing(shelf, rng):
    """The department has withdrawn a tariff. Your service goes on selling it."""
    written = {f"{word(rng)}.pdf": sentence(rng) for _ in range(6)}
    for name, line in written.items():
        shelf.put(name, [[line, table(rng, 2)]])
    shelf.ingest()
    for count in (1, 2):
        gone = rng.sample(sorted(written), count)
        shelf.remove(*gone)
        shelf.ingest()
        for name in gone:
            line = written.pop(name)
            assert not shelf.says(line), f"{name} was deleted, and its text is still found"
            prompt = shelf.ask(f"What about {line.split()[0]}?")
            assert line not in prompt, f"the model is asked with the text of {name}, which was deleted"
    renamed, line = rng.choice(sorted(written.items()))
    (shelf.folder / renamed).rename(shelf.folder / "renamed.pdf")
    del written[renamed]
    written["renamed.pdf"] = line
    shelf.ingest()
    # It comes back, and goes again.
    shelf.put("again.pdf", [[sentence(rng)]])
    shelf.ingest()
    shelf.remove("again.pdf")
    shelf.ingest()
    found = {name for passage in shelf.everything() for name in passage["documents"]}
    assert found == set(written), f"passages come from {sorted(found - set(written))}, which the folder doesn't have"
    for name, line in written.items():
        assert shelf.says(line) == 1, f"the text of {name} is in {shelf.says(line)} passages"


def test_the_same_document_twice_is_found_once(shelf, rng):
    """Copies fill the five passages that the model reads. And when one copy goes, the other one still holds."""
    one, line = table(rng, 3), sentence(rng)
    names = sorted(f"{word(rng)}.pdf" for _ in range(rng.randint(3, 4)))
    first = rng.choice(names)
    for chosen in ([first], [name for name in names if name != first]):
        for name in chosen:
            shelf.put(name, [[line, one], [f"{line} Once more."]])
        shelf.ingest()
    while names:
        found = [passage for passage in shelf.everything() if f"{line} Once more." in passage["text"]]
        assert found, f"the text of {names} is lost"
        assert len(found) == 1, f"the text of {names} is in {len(found)} passages"
        assert sorted(found[0]["documents"]) == names, f"it's in {names}, and the search says {found[0]['documents']}"
        for row in one.rows:
            assert shelf.says(row[1]) == 1, f"{row[1]} is in {shelf.says(row[1])} passages"
        shelf.remove(names.pop(rng.randrange(len(names))))
        shelf.ingest()
    assert not shelf.everything(), "all documents were deleted, and there are passages"


def test_one_of_two_copies_may_be_corrected(shelf, rng):
    """Two regions begin with the same price list, until one of them changes its prices."""
    one, line = table(rng, 3), sentence(rng)
    for name in ("east.pdf", "west.pdf"):
        shelf.put(name, [[line, one]])
    shelf.ingest()
    changed, other = rng.sample(["east.pdf", "west.pdf"], 2)
    before = [row[2] for row in one.rows]
    for row in one.rows:
        row[2] = number(rng)
    shelf.put(changed, [[line, one]])
    shelf.ingest()
    for amounts, name in ((before, other), ([row[2] for row in one.rows], changed)):
        for amount in amounts:
            found = [passage["documents"] for passage in shelf.everything() if amount in passage["text"]]
            assert found == [[name]], f"{amount} is in {name}, and passages of {found} say it"


def test_a_search_sees_a_document_before_or_after(shelf, rng):
    """A customer who asks during the run gets the old price or the new one, and not both, and not none."""
    pages = [[table(rng, 14)] for _ in range(12)]
    asked = pages[0][0].rows[0]
    name = asked[0].split()[0]
    versions, seen, done = [asked[1]], [], threading.Event()

    def found(passages):
        return sorted(version for p in passages for version in versions if name in p["text"] and version in p["text"])

    def ask_on():
        while not done.is_set():
            seen.append(shelf.search(f"What does the plan {name} cost?"))

    shelf.put("prices.pdf", pages)
    shelf.ingest()
    with ThreadPoolExecutor(2) as at_once:
        asking = [at_once.submit(ask_on) for _ in range(2)]
        try:
            for _ in range(3):
                for (one,) in pages:
                    for row in one.rows:
                        row[1] = number(rng)
                versions.append(asked[1])
                shelf.put("prices.pdf", pages)
                shelf.ingest()
        finally:
            done.set()
        for one in asking:
            one.result()
    for passages in seen:
        assert len(found(passages)) == 1, (
            f"a search during a run found {len(found(passages))} prices of a plan, not one"
        )
    assert found(shelf.everything()) == versions[-1:], (
        f"{versions[-1]} is the last price, and not {found(shelf.everything())}"
    )


def test_a_file_that_cannot_be_read_changes_nothing(shelf, rng):
    """An upload breaks off, or a scan has no text. The last version that could be read is better than none."""
    names = [f"{place}.pdf" for place in range(4)]
    tables = {name: table(rng, 3) for name in names}
    for name, one in tables.items():
        shelf.put(name, [[sentence(rng), one], [sentence(rng)]])
    shelf.ingest()
    # In whatever order a run reads the folder, whole files come after it.
    broken = rng.choice(names[1:-1])
    before = [passage for passage in shelf.everything() if passage["documents"] == [broken]]
    whole = pdf(rng, [[sentence(rng), table(rng, 2)], [sentence(rng)]])
    for file in (b"", whole[: rng.randrange(20, len(whole) - 20)], pdf(rng, [[sentence(rng)], []])):
        shelf.write(broken, file)
        shelf.write("new.pdf", file)
        for name in set(names) - {broken}:
            tables[name] = table(rng, 2)
            shelf.put(name, [[tables[name]]])
        shelf.ingest()
        found = shelf.everything()
        assert [p for p in found if p["documents"] == [broken]] == before, "what could be read last is no longer found"
        assert not any("new.pdf" in p["documents"] for p in found), "there are passages of a file that can't be read"
        for name in set(names) - {broken}:
            for row in tables[name].rows:
                assert sum(row[1] in p["text"] for p in found) == 1, (
                    f"{name} is whole, and {row[1]} isn't in one passage"
                )
    line = sentence(rng)
    shelf.put(broken, [[line]])
    shelf.remove("new.pdf")
    shelf.ingest()
    assert {line} == {p["text"] for p in shelf.everything() if p["documents"] == [broken]}, (
        "the repaired file isn't read"
    )


def test_a_folder_that_has_lost_too_much_deletes_nothing(rng, tmp_path):
    """The folder isn't mounted, so it's empty. An index that follows it answers nobody until the next morning."""
    percent, count = rng.choice([(20, 10), (25, 8), (40, 5), (50, 4), (30, 10), (60, 5)])
    with library(rng, tmp_path, LAB_MAY_GO=str(percent)) as shelf:
        names = [f"{word(rng)}.pdf" for _ in range(count)]
        lines = {name: sentence(rng) for name in names}
        for name, line in lines.items():
            shelf.put(name, [[line]])
        shelf.ingest()
        may_go = count * percent // 100
        kept = {name: (shelf.folder / name).read_bytes() for name in names}
        for gone in (count, rng.randint(may_go + 1, count), may_go + 1):
            shelf.remove(*rng.sample(names, gone))
            shelf.put("new.pdf", [["New today."]])
            answer = shelf.run()
            assert answer.status_code == 409, f"{gone} of {count} are gone, {percent}% may be: {answer.status_code}"
            texts = "\n".join(passage["text"] for passage in shelf.everything())
            assert all(line in texts for line in lines.values()), f"{gone} of {count} were gone, and passages as well"
            assert "New today." not in texts, "a run that was stopped has changed something"
            shelf.remove("new.pdf")
            for name, file in kept.items():
                shelf.write(name, file)
        gone = rng.sample(names, may_go)
        shelf.remove(*gone)
        shelf.ingest()
        left = {name for name, line in lines.items() if shelf.says(line)}
        assert left == set(names) - set(gone), f"{may_go} of {count} may go at once, and {len(left)} are left"


def test_a_run_without_changes_changes_nothing(shelf, rng):
    """The timer calls each hour. What grows with each run is twice as large tomorrow."""
    for place in range(3):
        shelf.put(f"{place}.pdf", [[sentence(rng), table(rng, 3)], [sentence(rng)]], foot="Page {page}")
    shelf.ingest()
    before = shelf.everything()
    for _ in range(2):
        shelf.ingest()
        assert shelf.everything() == before, "a run without changes has changed what is found"


# Recall


def recall(shelf, cases, k=2000):
    answer = shelf.client.post("/recall", params={"k": k}, json=shelf.rng.sample(cases, len(cases)))
    assert answer.status_code == 200, f"recall gives {answer.status_code}: {answer.text[:100]}"
    return answer.json()


def case(kind, document, *says):
    return {"kind": kind, "question": f"What about {says[0]}?", "document": document, "says": list(says)}


def test_recall_asks_what_a_passage_says(shelf, rng):
    """The right document was found, and what answers the question wasn't. The dashboard calls that a hit."""
    amount = f"{rng.randrange(10, 99)}.{rng.randrange(10, 99)}"
    longer = [f"It costs {text} in all." for text in (f"{rng.randint(1, 9)}{amount}", f"{amount}{rng.randint(1, 9)}")]
    first, second = ([sentence(rng) for _ in range(3)] for _ in range(2))
    whole = f"{rng.randrange(100, 999)}.{rng.randrange(10, 99)}"
    shelf.put("prices.pdf", [[*first, *longer], [*second, f"That is {whole}."]])
    shelf.put("other.pdf", [[sentence(rng)], [sentence(rng)]])
    shelf.ingest()
    right = [
        case("text", "prices.pdf", first[0]),
        case("text", "prices.pdf", first[0].split()[0], first[2].split()[2]),
        case("table", "prices.pdf", second[1], whole),
        case("correction", "prices.pdf", whole),
        case("correction", "prices.pdf", f"{whole}."),
    ]
    wrong = [
        case("text", "other.pdf", first[0]),
        case("text", "prices.pdf", f"{first[0]} {word(rng)}"),
        case("table", "prices.pdf", first[1], second[1]),
        case("table", "prices.pdf", first[1], whole),
        case("correction", "prices.pdf", amount),
        case("correction", "other.pdf", whole),
    ]
    for chosen in (right, wrong, right + wrong, rng.sample(right, 3) + rng.sample(wrong, 3)):
        found = recall(shelf, chosen)["kinds"]
        for kind in ("text", "table", "correction"):
            asked = [one for one in chosen if one["kind"] == kind]
            expected = {"cases": len(asked), "found": sum(one in right for one in asked)}
            assert found[kind] == expected, f"{kind} is {found[kind]}, and it's {expected}, in {asked}"
    # With a small k, only the first passages count.
    for one in right:
        first = shelf.search(one["question"], 1)[0]
        hit = all(said in first["text"] for said in one["says"]) and first["documents"] == [one["document"]]
        found = recall(shelf, [one], 1)["kinds"][one["kind"]]["found"]
        assert found == hit, (
            f"{one} was {'found' if found else 'not found'}, and the first passage is {first['text']!r}"
        )


def test_recall_passes_when_each_kind_does(shelf, rng):
    """A hundred questions about sentences hide five about tables. The mean is fine when no table is found."""
    line = sentence(rng)
    shelf.put("one.pdf", [[line]])
    shelf.ingest()
    enough = CASES * FLOOR // 100
    kinds = ["text", "table", "correction"]

    def asked(kind, found, of):
        return [case(kind, "one.pdf", line if place < found else word(rng)) for place in range(of)]

    many = rng.randrange(8, 12)
    for low in kinds:
        others = [one for kind in kinds if kind != low for one in asked(kind, many, many)]
        for found, passes in ((enough, True), (enough - 1, False), (0, False), (CASES, True)):
            answer = recall(shelf, others + asked(low, found, CASES), 5)
            assert answer["passed"] is passes, f"{found} of {CASES} for {low}, the floor is {FLOOR}%: {answer}"
        assert recall(shelf, others, 5)["passed"] is False, f"no question of the kind {low} was asked"
    assert recall(shelf, [], 5)["passed"] is False, "no question was asked"
