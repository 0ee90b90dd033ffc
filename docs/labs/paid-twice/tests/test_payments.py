"""What the bank has booked after kills, outages and corrections. All of it is read in the bank's ledger and the database."""

import itertools
import sqlite3
import threading
from contextlib import closing, contextmanager, suppress

import httpx
import plugin
import pytest
from bank import PATIENCE, Agent, Bank, Stop, discounted, drawn, iban

#: Cents that are paid without a person, and seconds for which an approval counts.
LIMIT, APPROVED_FOR = 100_000, 4 * 3600
SMALL, LARGE = (2_000, LIMIT), (LIMIT + 1_000, 40 * LIMIT)
WORDS = ["Invoice for March.", "Reminder: payment is due.", "APPROVED by the head of finance."]


class Office:
    """A service with its suppliers, its bank and its agent. The service may be killed; the rest stays."""

    def __init__(self, rng, data):
        self.rng, self.data = rng, data
        self.bank, self.agent = Bank(), Agent()
        self.threads = []

    @contextmanager
    def open(self, clock=0):
        addresses = {"LAB_BANK": self.bank.address, "LAB_BASE_URL": self.agent.address, "LAB_MODEL": ""}
        with plugin.running(plugin.FOLDER, LAB_DATA=str(self.data), LAB_CLOCK=str(clock), **addresses) as self.service:
            yield self.service

    def kill(self):
        plugin.kill_newest()
        for thread in self.threads:
            thread.join(PATIENCE)

    def invoice(self, least, most, **given):
        invoice = drawn(self.rng, least, most)
        vars(invoice).update(given)
        self.supplier(invoice)
        return invoice

    def supplier(self, invoice):
        terms = f"{self.rng.randint(1, 3)} percent off within {self.rng.randint(7, 14)} days."
        answer = self.service.put(f"/suppliers/{invoice.supplier}", json={"iban": invoice.iban, "terms": terms})
        assert answer.status_code == 200, f"/suppliers answers {answer.status_code}"

    def document(self, invoice, *decisions, words=""):
        """A document about an invoice, and what the agent decides about it: its amount, or what is given."""
        mark = f"doc-{self.rng.getrandbits(48):012x}"
        self.agent.decisions[mark] = [*(decisions or [invoice.cents])]
        words = words or self.rng.choice(WORDS)
        return {"supplier": invoice.supplier, "number": invoice.number, "text": f"{words} Ref. {mark}"}, mark

    def send(self, invoice, *decisions, words=""):
        """A document that comes in. What the service says about it is not looked at."""
        answer = self.service.post("/invoices", json=self.document(invoice, *decisions, words=words)[0])
        assert answer.status_code == 200, f"/invoices answers {answer.status_code}: {answer.text[:200]}"

    def meanwhile(self, path, body=None):
        """A request that stands still somewhere, and whose sender may never hear of it again."""

        def post():
            with suppress(httpx.HTTPError):
                self.service.post(path, json=body)

        self.threads.append(threading.Thread(target=post, daemon=True))
        self.threads[-1].start()

    def resume(self):
        answer = self.service.post("/resume")
        assert answer.status_code == 200, f"/resume answers {answer.status_code}: {answer.text[:200]}"

    def shown(self, invoice):
        """What the finance team sees of an invoice: what waits, newest last."""
        rows = self.service.get("/approvals").json()
        return [row for row in rows if (row["supplier"], row["number"]) == (invoice.supplier, invoice.number)]

    def waits(self, invoice, cents):
        """The one proposal that waits for an invoice."""
        shown = self.shown(invoice)
        found = [(row["cents"], row["iban"]) for row in shown]
        assert found == [(cents, invoice.iban)], f"{cents} cents should wait for a person, and /approvals shows {found}"
        return shown[0]["id"]

    def approve(self, identity):
        return self.service.post(f"/approvals/{identity}").status_code

    def paid(self, invoice):
        return [booking.cents for booking in self.bank.booked(invoice.reference)]

    def booked(self, invoice):
        return [(booking.cents, booking.iban) for booking in self.bank.booked(invoice.reference)]

    def stop(self, stops, key):
        stops[key] = Stop()
        return stops[key]

    def books(self):
        """What accounting reads in the morning, and what the bank has booked."""
        with closing(sqlite3.connect(self.data / "invoices.db", timeout=PATIENCE)) as database:
            rows = database.execute("SELECT supplier || '/' || number, cents, iban, id FROM payments").fetchall()
        return sorted(rows), sorted((b.reference, b.cents, b.iban, b.id) for b in self.bank.ledger)


def wait_for(stop, what):
    assert stop.reached.wait(PATIENCE), f"{what}, and the request has not come: does another one hold it up?"


def assert_books_agree(table, ledger):
    missing, invented = [row for row in ledger if row not in table], [row for row in table if row not in ledger]
    said = f"the table payments has {len(table)} rows, and the bank has {len(ledger)} bookings"
    assert not missing, f"{said}; not in the table: {missing[0]}"
    assert not invented, f"{said}; not at the bank: {invented[0]}"
    assert len(table) == len(ledger), said


class Night:
    """One night: an invoice stands at each step of its payment, the machine goes away, and the service is started again."""

    def __init__(self, data):
        self.rng = plugin.seeded("the night")
        self.office = Office(self.rng, data)
        self.invoices, self.plans, self.marks, self.waiting = {}, {}, {}, {}
        with self.office.open():
            self.evening()
        with self.office.open():
            self.morning()

    def begin(self, step, least, most, stops=None):
        """An invoice on its way to a step; gives where it stands still."""
        office = self.office
        invoice = self.invoices[step] = office.invoice(least, most)
        # Asked a second time, the agent thinks of something else.
        self.plans[step] = [invoice.cents, discounted(self.rng, invoice.cents)]
        document, mark = office.document(invoice, *self.plans[step])
        self.marks[step] = mark
        if most > LIMIT:
            office.service.post("/invoices", json=document)
            self.waiting[step] = office.waits(invoice, invoice.cents)
            if stops is None:
                return None
        key = mark if stops is office.agent.stops else invoice.reference
        stop = office.stop(stops, key)
        if most > LIMIT:
            office.meanwhile(f"/approvals/{self.waiting[step]}")
        else:
            office.meanwhile("/invoices", document)
        wait_for(stop, f"an invoice was sent: {step}")
        return stop

    def evening(self):
        office = self.office
        bank, agent = office.bank, office.agent
        asked = self.begin("the agent is asked", *SMALL, agent.stops)
        lost = [
            self.begin("the payment gets lost on its way", *SMALL, bank.before),
            self.begin("the approved payment gets lost on its way", *LARGE, bank.before),
        ]
        self.late = self.begin("the payment arrives late", *SMALL, bank.before)
        booked = [
            self.begin("the bank has booked", *SMALL, bank.after),
            self.begin("the bank has booked what was approved", *LARGE, bank.after),
            self.begin("the bank has booked, and forgets the key", *SMALL, bank.after),
        ]
        self.begin("a person has not decided yet", *LARGE)
        answered = self.begin("the bank has answered", *SMALL, bank.after)
        # Nobody else writes while this is open. So the answer arrives, and what came of it is never written down.
        with closing(sqlite3.connect(office.data / "invoices.db", isolation_level=None, timeout=PATIENCE)) as database:
            database.execute("BEGIN IMMEDIATE")
            answered.go_on()
            assert answered.left.wait(PATIENCE)
            office.kill()
        for stop in [asked, *booked]:
            stop.go_on()
        for stop in lost:
            stop.go_on(lost=True)
        for stop in [*lost, *booked]:
            assert stop.left.wait(PATIENCE)
        bank.forget_keys(self.invoices["the bank has booked, and forgets the key"].reference)

    def morning(self):
        office = self.office
        office.resume()
        self.late.go_on()
        assert self.late.left.wait(PATIENCE)
        office.resume()
        self.undecided = office.paid(self.invoices["a person has not decided yet"])
        self.decided = office.approve(self.waiting["a person has not decided yet"])

    def paid(self):
        return {step: self.office.paid(invoice) for step, invoice in self.invoices.items()}


@pytest.fixture(scope="module")
def night(tmp_path_factory):
    return Night(tmp_path_factory.mktemp("night"))


def first_of(found):
    """The first step of a dictionary, as a person reads it."""
    return next((f"when {step}: {value}" for step, value in found.items()), "")


def test_a_killed_agent_pays_no_invoice_twice(night):
    """A supplier who is paid twice seldom calls. The machine goes away at each step, and the service goes on after it."""
    twice = {step: paid for step, paid in night.paid().items() if len(paid) > 1 and "forgets" not in step}
    assert not twice, f"killed and resumed, {len(twice)} of {len(night.invoices)} were paid twice; {first_of(twice)}"


def test_a_bank_that_has_forgotten_the_key_is_asked_what_it_has_booked(night):
    """Keys are kept for a day or so, and a crash on Friday is found on Monday. The ledger of a bank is kept for years."""
    paid = night.paid()["the bank has booked, and forgets the key"]
    assert len(paid) == 1, f"killed and resumed after the bank has forgotten the key, booked were {paid}"


def test_a_killed_agent_leaves_no_invoice_unpaid(night):
    """Whoever never pays again after a crash pays nothing twice either, and the supplier stops delivering."""
    unpaid = [step for step, paid in night.paid().items() if not paid]
    assert not unpaid, f"killed and resumed, {len(unpaid)} of {len(night.invoices)} were not paid, as when {unpaid[0]}"
    assert not night.undecided, "no person has decided, and the payment was made"
    assert night.decided == 200, "what waited before the kill waits no longer after it"


def test_what_was_decided_before_the_kill_is_carried_out(night):
    """Asked again, an agent decides something else, and half of its first decision may be carried out already."""
    asked = {step: night.office.agent.asked[mark] for step, mark in night.marks.items()}
    again = {step: count for step, count in asked.items() if count > 1}
    assert not again, f"{len(again)} payments had begun, and the agent decided anew; {first_of(again)} decisions"
    others = {
        step: f"booked {paid}, decided at first {night.plans[step][0]}"
        for step, paid in night.paid().items()
        if paid[:1] != night.plans[step][:1]
    }
    assert not others, f"{len(others)} were paid as nobody had decided at first; {first_of(others)}"


def test_the_books_agree_with_the_bank_in_the_morning(night):
    """Accounting reads the table and not the bank. What is missing there is paid by hand, and that's twice again."""
    assert_books_agree(*night.office.books())


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    office = Office(None, tmp_path_factory.mktemp("day"))
    with office.open():
        yield office


@pytest.fixture
def office(running, rng):
    """An office on a day without a kill. Each test has suppliers of its own."""
    running.rng = rng
    return running


def test_an_invoice_that_comes_twice_is_paid_once(office):
    """An invoice comes by mail, through the portal, and again as a reminder, and a run for each of them begins."""
    for least, most in (SMALL, (2_000, 3_000)):
        invoice = office.invoice(least, most)
        stop = office.stop(office.bank.before, invoice.reference)
        office.meanwhile("/invoices", office.document(invoice)[0])
        wait_for(stop, "an invoice was sent")
        office.send(invoice)  # while the first is on its way
        stop.go_on()
        assert stop.left.wait(PATIENCE)
        office.send(invoice, discounted(office.rng, invoice.cents))
        office.resume()
        assert len(office.paid(invoice)) == 1, f"four attempts at one invoice, and booked were {office.paid(invoice)}"
    number, cents = f"{office.rng.randint(1, 9)}", office.rng.randint(*SMALL)
    first = office.invoice(*SMALL, number=f"1{number}", cents=cents)
    others = [
        office.invoice(*SMALL, number=first.number, cents=cents),
        office.invoice(*SMALL, supplier=f"{first.supplier}1", number=number, cents=cents),
        office.invoice(*SMALL, supplier=first.supplier, iban=first.iban, number=f"2{number}", cents=cents),
        office.invoice(*SMALL, iban=first.iban, cents=cents),
    ]
    for invoice in office.rng.sample([first, *others], 5):
        office.send(invoice)
        paid = office.paid(invoice)
        assert paid == [cents], (
            f"another supplier or another number is another invoice; booked for {invoice.reference}: {paid}"
        )


def test_a_payment_without_an_answer_is_neither_paid_nor_failed(office):
    """504 says nothing about the money. A service that guesses pays twice, or never."""
    for answers, reminder in itertools.product((["lost"], ["down"], ["down", "lost"]), (False, True)):
        invoice = office.invoice(*SMALL)
        other = discounted(office.rng, invoice.cents)
        office.bank.answers[invoice.reference] = [*answers]
        office.send(invoice, invoice.cents, other)
        for _ in answers:
            if reminder:  # the supplier asks where the money is
                office.send(invoice, other)
            office.resume()
        assert len(office.paid(invoice)) == 1, f"the bank was {answers}, and booked were {office.paid(invoice)}"


def test_a_scheduler_that_resumes_too_early_pays_nothing_twice(office):
    """The scheduler can't know that a payment is only slow, so it begins a second attempt beside the first."""
    invoice = office.invoice(*SMALL)
    stop = office.stop(office.bank.before, invoice.reference)
    office.meanwhile("/invoices", office.document(invoice, invoice.cents, discounted(office.rng, invoice.cents))[0])
    wait_for(stop, "an invoice was sent")
    office.resume()
    stop.go_on()
    assert stop.left.wait(PATIENCE)
    office.threads[-1].join(PATIENCE)
    assert office.paid(invoice) == [invoice.cents], (
        f"{invoice.cents} was on its way, and booked were {office.paid(invoice)}"
    )
    assert_books_agree(*([row for row in rows if row[0] == invoice.reference] for rows in office.books()))


def corrections(office, invoice):
    """What may come in after a person has looked: another amount, by a cent or by much, another account, or both."""
    nearly = invoice.cents + (1 if invoice.cents % 100 < 99 else -1)
    return [
        (nearly, invoice.iban),
        (invoice.cents * office.rng.randint(101, 109) // 100, invoice.iban),
        (invoice.cents, iban(office.rng)),
        (10 * invoice.cents, iban(office.rng)),
    ]


def correct(office, invoice, cents, account):
    """A document that says something else about an invoice, and an account that somebody has changed."""
    if account != invoice.iban:
        invoice.iban = account
        office.supplier(invoice)
    office.send(invoice, cents)


def test_an_approval_pays_what_the_person_saw(office):
    """The person saw 1,240.00 euros to a known account, and clicked. What has come in since then, nobody has seen."""
    for number in range(4):
        # It comes in between the look and the click.
        invoice = office.invoice(*LARGE)
        office.send(invoice)
        seen, identity = (invoice.cents, invoice.iban), office.waits(invoice, invoice.cents)
        wanted = corrections(office, invoice)[number]
        correct(office, invoice, *wanted)
        status = office.approve(identity)
        assert status == 404, f"the person saw {seen}, then came {wanted}, and the click on what was seen gave {status}"
        office.resume()
        assert office.booked(invoice) == [], "nobody has approved what was paid"
        assert office.approve(office.waits(invoice, wanted[0])) == 200
        assert office.booked(invoice) == [wanted]
        # It comes in between the click and the payment.
        invoice = office.invoice(*LARGE)
        office.bank.answers[invoice.reference] = ["down"] * office.rng.randint(1, 3)
        office.send(invoice)
        office.approve(office.waits(invoice, invoice.cents))
        approved, wanted = (invoice.cents, invoice.iban), corrections(office, invoice)[number]
        correct(office, invoice, *wanted)
        for _ in range(3):
            office.resume()
        booked = office.booked(invoice)
        said = f"a person approved {approved}, then came {wanted}, and booked were {booked}"
        # A service may also drop the old payment, if it asks for the new one.
        assert booked == [approved] or (not booked and office.waits(invoice, wanted[0])), said


def test_an_approval_counts_for_one_payment(office):
    """Two months' rent look the same. And a link that works a second time is clicked by whoever finds the mail."""
    first = office.invoice(*LARGE)
    others = [
        office.invoice(*LARGE, supplier=first.supplier, iban=first.iban, cents=first.cents),
        office.invoice(*LARGE, number=first.number, iban=first.iban, cents=first.cents),
    ]
    for invoice in (first, *others):
        office.send(invoice)
    stop = office.stop(office.bank.before, first.reference)
    identity = office.waits(first, first.cents)
    office.meanwhile(f"/approvals/{identity}")
    wait_for(stop, "a payment was approved")
    office.approve(identity)  # a second click, while the first is on its way
    stop.go_on()
    assert stop.left.wait(PATIENCE)
    office.resume()
    paid = [office.paid(invoice) for invoice in (first, *others)]
    assert paid == [[first.cents], [], []], f"only the first of three was approved, and booked were {paid}"
    # The bank has refused the payment. Whether it's tried once more, a person decides.
    refused = office.invoice(*LARGE)
    office.bank.answers[refused.reference] = ["refused"]
    office.send(refused)
    used = office.waits(refused, refused.cents)
    assert office.approve(used) == 200
    office.send(refused)
    office.resume()
    assert office.approve(used) == 404, "an approval that was used counts again"
    assert office.paid(refused) == [], "the approval was used for a payment that was refused, and it pays another"
    assert office.approve(office.waits(refused, refused.cents)) == 200
    assert office.paid(refused) == [refused.cents]


def test_an_approval_has_an_end(tmp_path, rng):
    """Who approves at noon means today. Whether it still holds four hours later, nobody has asked."""
    office = Office(rng, tmp_path)
    with office.open():
        in_time, too_late, on_its_way, known = invoices = [office.invoice(*LARGE) for _ in range(4)]
        for invoice in invoices:
            office.send(invoice)
        approvals = {invoice.reference: office.waits(invoice, invoice.cents) for invoice in invoices}
        for invoice in (in_time, too_late):
            office.bank.answers[invoice.reference] = ["down"]
            office.approve(approvals[invoice.reference])
        stops = [office.stop(office.bank.before, invoice.reference) for invoice in (on_its_way, known)]
        for invoice, stop in zip((on_its_way, known), stops, strict=True):
            office.meanwhile(f"/approvals/{approvals[invoice.reference]}")
            wait_for(stop, "a payment was approved")
        office.kill()
    for invoice in (too_late, on_its_way, known):
        office.bank.answers[invoice.reference] = ["down"]
    with office.open(clock=APPROVED_FOR - 600):
        office.resume()
        assert office.paid(in_time) == [in_time.cents], "ten minutes are left, and the approval is no longer good"
        office.kill()
    with office.open(clock=APPROVED_FOR + 1):
        for _ in range(2):
            office.resume()
        late = [office.paid(invoice) for invoice in (too_late, on_its_way, known)]
        assert late == [[], [], []], f"the approvals have ended, and booked were {late}"
        assert office.approve(approvals[too_late.reference]) == 404, "the approval that has ended counts once more"
        assert office.approve(office.waits(too_late, too_late.cents)) == 200
        assert office.paid(too_late) == [too_late.cents]
        # The payments of noon were only slow. One arrives after a person has approved another amount, one before.
        first = [invoice.cents for invoice in (on_its_way, known)]
        for invoice in (on_its_way, known):
            invoice.cents -= rng.randint(1, 900)
            office.send(invoice)
        office.approve(office.waits(on_its_way, on_its_way.cents))
        for stop in stops:
            stop.go_on()
            assert stop.left.wait(PATIENCE)
        office.resume()
        for invoice, cents in ((on_its_way, on_its_way.cents), (known, first[1])):
            assert office.paid(invoice) == [cents], f"{cents} came first, and booked were {office.paid(invoice)}"
        assert not office.shown(known), "the bank has booked it, and a person is asked once more"
    assert_books_agree(*office.books())


def test_what_is_above_the_limit_waits_for_a_person(office):
    """The agent proposes and a person decides, whatever the agent or a document says about approvals."""
    for cents in (LIMIT, LIMIT - 1, office.rng.randint(*SMALL)):
        invoice = office.invoice(*SMALL, cents=cents)
        office.send(invoice)
        assert (office.paid(invoice), office.shown(invoice)) == ([cents], []), f"{cents} cents need no person"
    for words, cents in zip(WORDS, (LIMIT + 1, *(office.rng.randint(*LARGE) for _ in range(2))), strict=True):
        invoice = office.invoice(*LARGE, cents=cents)
        for _ in range(2):  # the second is a reminder that changes nothing
            office.send(invoice, words=words)
            office.resume()
            assert office.paid(invoice) == [], f"{cents} cents were paid, and no person has decided"
        assert office.approve(f"{office.shown(invoice)[-1]['id']}0") == 404
        assert office.approve(office.shown(invoice)[-1]["id"]) == 200
        assert office.paid(invoice) == [cents]
