"""What customers get while a model is replaced. It is read in the provider's log, in the table of tickets and on the pager."""

import itertools
import json
import sqlite3
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, timedelta

import plugin
import provider as played
import pytest
from provider import Habit

#: The day on which all of this happens.
TODAY = date(2026, 1, 1) + timedelta(days=plugin.seeded("today").randrange(700))
#: Copies that may be under way at the same time.
AT_ONCE = 4


@pytest.fixture(scope="module")
def server():
    server = played.Provider()
    yield server
    server.server.shutdown()


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("data")


def replica(server, data):
    """A process of the service. All of them work on the same data."""
    return plugin.running(
        plugin.FOLDER,
        LAB_BASE_URL=server.address,
        LAB_PAGER=server.address,
        LAB_DATA=str(data),
        LAB_TODAY=TODAY.isoformat(),
    )


@pytest.fixture(scope="module")
def service(server, data):
    # As long as somebody has the database open, no write waits for the disk.
    with replica(server, data) as client, closing(sqlite3.connect(data / "tickets.db")) as kept:
        kept.execute("select count(*) from tickets").fetchall()
        yield client


@pytest.fixture(scope="module")
def second(server, data):
    """Another process, which shares nothing with the first but the data."""
    with replica(server, data) as client:
        yield client


@pytest.fixture
def provider(server):
    """The provider, with an empty log, no models yet, and nobody woken."""
    server.reset()
    yield server
    server.gate.set()


class Desk:
    """Sends what a run needs to the service, and reads in the table what came of it."""

    def __init__(self, rng, provider, service, data):
        self.rng, self.provider, self.service, self.data = rng, provider, service, data
        self.shadowed = None

    def release(self, **parts):
        """A new release that the service knows, and a model that is good at it."""
        drawn = {"name": f"r{self.rng.getrandbits(40)}"} | played.release(self.rng) | parts
        self.provider.ends.setdefault(drawn["model"], None)
        self.provider.plant(drawn)
        self.put(f"/releases/{drawn['name']}", parts_of(drawn))
        return drawn

    def live(self, **parts):
        drawn = self.release(**parts)
        self.switch(drawn)
        return drawn

    def put(self, path, body, client=None):
        answer = (client or self.service).put(path, json=body)
        assert answer.status_code == 200, f"PUT {path} answers {answer.status_code}: {answer.text[:200]}"

    def switch(self, release, client=None):
        self.put("/live", {"release": release["name"]}, client)

    def shadow(self, release, calls):
        self.shadowed = release
        self.put("/shadow", {"release": release["name"], "calls": calls})

    def ticket(self, language=None, right=None):
        language = language or self.rng.choice(played.LANGUAGES)
        drawn = {"id": f"t{self.rng.getrandbits(50)}", "language": language, "text": played.prose(self.rng, 8)}
        self.provider.truth[drawn["text"]] = right or played.found(self.rng)
        return drawn

    def send(self, ticket=None, client=None):
        """A ticket that has to be answered: what the service says, and the ticket."""
        ticket = ticket or self.ticket()
        answer = (client or self.service).post("/tickets", json=ticket)
        assert answer.status_code == 200, f"POST /tickets answers {answer.status_code}: {answer.text[:200]}"
        return answer.json(), ticket

    def answered(self, *sent, seconds=5):
        """Whether these get an answer while the shadow stands still, and the service has time for many others."""
        for _ in attempts(seconds):
            if all(answer.done() for answer in sent):
                return True
            self.service.get("/health")
        return False

    def row(self, ticket):
        """A ticket as the teams of the queues see it; None if it is in no queue."""
        with closing(sqlite3.connect(self.data / "tickets.db", timeout=30)) as db:
            db.row_factory = sqlite3.Row
            found = db.execute("select * from tickets where id = ?", (ticket["id"],)).fetchone()
        return found and {**found, "urgent": bool(found["urgent"])}

    def right(self, ticket):
        return self.provider.truth[ticket["text"]]

    def copies(self):
        """How often the shadow has been compared, as the service reports it."""
        languages = self.service.get("/shadow").json()["languages"]
        return sum(sum(counts.values()) for counts in languages.values())

    def until_copies(self, count, *others):
        """Wait until so many copies have been counted. Each question gives the processes time for what is under way."""
        for _ in attempts(7):
            if self.copies() >= count:
                return
            for client in others:
                client.get("/health")
        raise AssertionError(f"GET /shadow counts {self.copies()} copies, and {count} were expected")

    def calls(self, ticket):
        """What the provider was asked about a ticket. No other ticket has its text."""
        return [call for call in self.provider.calls if call.text == ticket["text"]]

    def alerts(self, kind):
        return [alert for alert in self.provider.alerts if alert.get("alert") == kind]


def attempts(seconds):
    """Many times, and for so long: a busy machine gets more time, and one that stood still for a moment more attempts."""
    end = time.monotonic() + seconds
    for number in itertools.count():
        if number > 500 and time.monotonic() > end:
            return
        yield


@pytest.fixture
def desk(rng, provider, service, data):
    desk = Desk(rng, provider, service, data)
    yield desk
    if desk.shadowed:
        desk.shadow(desk.shadowed, 0)


def parts_of(release):
    return {name: release[name] for name in ("model", "prompt", "settings")}


def strange(call, release):
    """Which parts of a call are not the release's."""
    return [part for part, value in call.release.items() if value != release[part]]


def sorted_of(answer):
    return {"queue": answer["queue"], "urgent": answer["urgent"]}


def test_an_answer_is_read_in_whatever_it_is_wrapped(desk, provider, rng):
    """The next model writes a sentence before the object; the smell of gas that it has found must not get lost for that."""
    release = desk.live()
    for _ in range(40):
        provider.plant(release, Habit(wrap=played.wrapped(rng)))
        answer, ticket = desk.send()
        assert sorted_of(answer) == desk.right(ticket), "the model's answer was right, and the customer's is another"


def test_what_cannot_be_read_puts_no_ticket_into_a_queue(desk, provider, rng):
    """A queue that no model has chosen looks like an answer, and nobody looks for the ticket anywhere else."""
    release = desk.live()
    for _ in range(30):
        ticket = desk.ticket()
        provider.plant(release, Habit(instead={ticket["text"]: played.unreadable(rng, desk.right(ticket))}))
        provider.alerts.clear()
        answer = desk.service.post("/tickets", json=ticket)
        assert answer.status_code == 502, (
            f"nobody can read the model's answer, and the service says {answer.text[:200]}"
        )
        assert desk.row(ticket) is None, "the ticket is in a queue"
        assert desk.alerts("failing"), "nobody was told"


def test_a_release_is_asked_as_a_whole(desk, rng):
    """Old model, new prompt: a pair that no golden set has seen answers customers after half a rollback."""
    releases = [desk.live()]
    for _ in range(3):
        releases.append(desk.release())
        # A release that is only known answers nobody.
        for live in (releases[-2], *rng.choices(releases, k=3), releases[-1]):
            desk.switch(live)
            answer, ticket = desk.send()
            calls = desk.calls(ticket)
            assert len(calls) == 1, "one ticket is one call, and its text comes last"
            assert not strange(calls[0], live), f"not those of the live release: {strange(calls[0], live)}"
            assert answer["release"] == desk.row(ticket)["release"] == live["name"]
            assert sorted_of(answer) == desk.right(ticket)


def test_going_back_is_one_request_for_all_replicas(desk, second, server, data, rng):
    """You go back at three in the morning, on one machine; the other five must not need a deploy for it."""
    old, new, clients = desk.live(), desk.release(), [desk.service, second]
    for live in (old, new, old, new, old):
        desk.switch(live, rng.choice(clients))
        for client in rng.sample(clients, 2):
            answer, ticket = desk.send(client=client)
            (call,) = desk.calls(ticket)
            assert not strange(call, live), f"a replica asks with another {' and '.join(strange(call, live))}"
            assert sorted_of(answer) == desk.right(ticket)
    with replica(server, data) as restarted:
        _, ticket = desk.send(client=restarted)
        asked = [call.release for call in desk.calls(ticket)]
        assert asked == [parts_of(old)], "a restart has forgotten which release is live"


def test_a_release_never_changes(desk, rng):
    """Yesterday's release is the way back; if its name holds other parts today, there is none."""
    release = desk.live()
    for part, value in played.release(rng).items():
        changed = parts_of(release) | {part: value}
        answer = desk.service.put(f"/releases/{release['name']}", json=changed)
        assert answer.status_code == 409, f"another {part} under the same name answers {answer.status_code}"
        _, ticket = desk.send()
        assert desk.calls(ticket)[0].release == parts_of(release), f"{part} of the live release has changed"
    desk.put(f"/releases/{release['name']}", parts_of(release))


def test_a_stored_answer_belongs_to_its_release(desk, provider, rng):
    """Customers send the same text again. After a rollback the answer that you went back from must not come out of a store."""
    first, second = desk.live(), desk.release()
    for _ in range(3):
        ticket = desk.ticket()
        says = {first["name"]: desk.right(ticket), second["name"]: played.found(rng)}
        provider.habits.clear()
        provider.plant(first)
        provider.plant(second, Habit(instead={ticket["text"]: says[second["name"]]}))
        for live, calls in ((first, 1), (first, 1), (second, 2), (first, 2), (second, 2)):
            desk.switch(live)
            again = ticket | {"id": f"t{rng.getrandbits(50)}"}
            answer, _ = desk.send(again)
            assert len(desk.calls(ticket)) == calls, "one text is one call for each release, and no more"
            assert sorted_of(answer) == sorted_of(desk.row(again)) == says[live["name"]], "an answer of another release"


def test_a_ticket_says_which_model_answered(desk, provider, rng):
    """ "Which tickets did the successor sort?" is the first question on Monday, and only the provider knows."""
    release = desk.live()
    successors = [f"{played.word(rng)}-{rng.getrandbits(30)}" for _ in range(2)]
    for successor in successors:
        provider.plant(release, model=successor)
    provider.redirects = lambda model, text: rng.choice([model, *successors])
    for _ in range(25):
        _, ticket = desk.send()
        row, call = desk.row(ticket), desk.calls(ticket)[0]
        assert (row["asked"], row["answered"]) == (release["model"], call.answered), (
            f"the table says {row['answered']}, and {call.answered} has answered"
        )
        assert (row["language"], row["text"]) == (ticket["language"], ticket["text"])


def test_another_model_behind_a_name_wakes_somebody_once(desk, provider, second, rng):
    """Nobody deployed, and another model answers. One message about that is read, a thousand are muted."""
    release = desk.live()
    for _ in range(3):
        desk.send()
    assert not desk.alerts("drift"), "the model that was asked has answered"
    for number in range(2):
        successor = f"{played.word(rng)}-{rng.getrandbits(30)}"
        provider.redirects = lambda model, text, to=successor: to
        provider.plant(release, model=successor)
        # The pager does not always work.
        provider.pager = 503
        desk.send()
        provider.pager = 200
        # The successor's answer may be one that nobody can read.
        broken = desk.ticket()
        provider.plant(release, Habit(instead={broken["text"]: "I can't help with that."}), successor)
        status = desk.service.post("/tickets", json=broken).status_code
        assert status == 502, f"nobody can read the successor's answer, and the service says {status}"
        assert len(desk.alerts("drift")) == number + 1, f"{successor} answers, and the pager was not told"
        for client in (desk.service, desk.service, second, desk.service, second):
            desk.send(client=client)
        drifts = desk.alerts("drift")
        assert len(drifts) == number + 1, f"{successor} answers to {release['model']}, and the pager had {drifts}"
        told = drifts[-1]
        assert (told.get("asked"), told.get("answered")) == (release["model"], successor)


class Golden:
    """Cases of several languages, and what two releases say about them."""

    def __init__(self, desk, languages, low=12, high=20):
        self.desk, self.rng = desk, desk.rng
        self.releases = {"live": desk.live(), "candidate": desk.release()}
        self.habits = {role: desk.provider.plant(release) for role, release in self.releases.items()}
        self.counts = {language: Counter() for language in languages}
        self.cases = [self.case(language) for language in languages for _ in range(self.rng.randint(low, high))]

    def case(self, language, right=None):
        ticket = self.desk.ticket(language, right)
        self.counts[language].update(cases=1, live=1, candidate=1)
        return {"language": language, "text": ticket["text"], "expected": self.desk.right(ticket)}

    def of(self, language):
        return [case for case in self.cases if case["language"] == language]

    def spoil(self, role, case, said=None):
        """Let a version get a case wrong: in one of the fields, in both, or in words of its own."""
        right = case["expected"]
        slips = [{"queue": played.other(right["queue"])}, {"urgent": not right["urgent"]}]
        slip = self.rng.choice([*slips, slips[0] | slips[1]])
        self.habits[role].instead[case["text"]] = said if said is not None else right | slip
        counts = self.counts[case["language"]]
        counts[role] -= 1
        if role == "candidate" and case["text"] not in self.habits["live"].instead:
            counts["lost"] += 1

    def compare(self, allowed):
        self.rng.shuffle(self.cases)
        run = {role: release["name"] for role, release in self.releases.items()}
        answer = self.desk.service.post("/comparisons", json=run | {"cases": self.cases, "allowed": allowed})
        assert answer.status_code == 200, f"POST /comparisons answers {answer.status_code}: {answer.text[:200]}"
        return answer.json()


def test_a_loss_in_one_language_is_found(desk, provider, rng):
    """The mean has risen, and every fifth Polish emergency waits until Tuesday."""
    for beyond in (1, 0, 1, 0):
        small, *large = rng.sample(played.LANGUAGES, 3)
        golden = Golden(desk, [small, *large])
        # Elsewhere the candidate gains more than it loses here, and some cases nobody gets right.
        for case in rng.sample([case for name in large for case in golden.of(name)], 10):
            golden.spoil("live", case)
            if rng.random() < 0.2:
                golden.spoil("candidate", case)
        cases, most = golden.of(small), rng.randint(0, 4)
        rng.shuffle(cases)
        for case in cases[: most + beyond]:
            golden.spoil("candidate", case)
        # What is won in the same language does not bring back what is lost.
        for case in cases[most + beyond :][:2]:
            golden.spoil("live", case)
        report = golden.compare(most / len(cases))
        said = f"{most + beyond} of {len(cases)} {small} cases are lost, and {most} may be: {json.dumps(report)[:300]}"
        assert report["verdict"] == ("regression" if beyond else "passed"), said
        assert report["regressions"] == [small] * beyond, said
        for name, counts in golden.counts.items():
            expected = {part: counts[part] for part in ("cases", "live", "candidate", "lost")}
            assert {part: report["languages"][name].get(part) for part in expected} == expected, name
        texts = {case["text"] for case in golden.cases}
        asked = Counter(json.dumps(call.release) for call in provider.calls if call.text in texts)
        assert asked == {json.dumps(parts_of(r)): len(golden.cases) for r in golden.releases.values()}, (
            "each release has to answer each case once, with its own model, prompt and settings"
        )


def test_an_unreadable_answer_is_a_lost_case(desk, rng):
    """Where the new model writes what nobody can read, customers get an error; a report without these cases is all green."""
    for _ in range(4):
        name, calm = rng.sample(played.LANGUAGES, 2)
        golden = Golden(desk, [name, calm], 4, 8)
        usual = [
            golden.case(name, {"queue": queue, "urgent": urgent})
            for queue in played.QUEUES
            for urgent in (0 > 1, 1 > 0)
        ]
        golden.cases += usual
        # One of all kinds of cases, so that no default is right by chance.
        for case in usual:
            golden.spoil("candidate", case, played.unreadable(rng, case["expected"]))
        report = golden.compare((len(usual) - 1) / len(golden.of(name)))
        counts = report["languages"][name]
        assert report["regressions"] == [name], (
            f"{len(usual)} answers of {len(golden.of(name))} can't be read: {counts}"
        )
        assert counts["cases"] == len(golden.of(name)) and counts["lost"] == len(usual), counts


def test_a_comparison_with_another_model_is_void(desk, provider, rng):
    """Behind the old name the new model answers already; so old and new are equally good, and nothing was compared."""
    for role in ("live", "candidate"):
        for many in (False, True):
            for fails in (False, True):
                golden = Golden(desk, rng.sample(played.LANGUAGES, 2), 3, 6)
                release = golden.releases[role]
                hit = {case["text"] for case in (golden.cases if many else rng.sample(golden.cases, 1))}
                if fails:
                    golden.habits[role].fails = lambda text, hit=hit: 404 if text in hit else None
                else:
                    provider.plant(release, golden.habits[role], "successor")
                    provider.redirects = lambda model, text, hit=hit, old=release["model"]: (
                        "successor" if model == old and text in hit else model
                    )
                report = golden.compare(1)
                what = "no answer" if fails else "an answer of another model"
                assert report["verdict"] == "void", f"{what} to {len(hit)} cases of {role}: {report['verdict']}"
                provider.redirects = lambda model, text: model
    golden = Golden(desk, rng.sample(played.LANGUAGES, 2), 3, 6)
    assert golden.compare(0)["verdict"] == "passed"
    golden.cases = []
    assert golden.compare(1)["verdict"] == "void", "nothing was compared"


def test_the_shadow_answers_nobody(desk, provider, rng):
    """It was released to nobody: not in the answer, not in the table of the teams, and not when the live model fails."""
    live, candidate = desk.live(), desk.release()
    desk.shadow(candidate, 500)
    shadow = provider.plant(candidate)
    for number in range(12):
        ticket = desk.ticket()
        right = desk.right(ticket)
        shadow.instead[ticket["text"]] = {"queue": played.other(right["queue"]), "urgent": not right["urgent"]}
        answer, _ = desk.send(ticket)
        desk.until_copies(number + 1)
        row = desk.row(ticket)
        assert sorted_of(answer) == sorted_of(row) == right, "the customer or the team gets the shadow's answer"
        assert (row["release"], row["answered"]) == (live["name"], live["model"])
        assert answer["release"] == live["name"]
    assert len(provider.asked(candidate)) == 12, "a ticket is copied once"
    provider.gone = {live["model"]}
    for _ in range(3):
        ticket = desk.ticket()
        assert desk.service.post("/tickets", json=ticket).status_code == 502
        assert desk.row(ticket) is None, "the live model fails, and the ticket is in a queue"


def test_what_the_shadow_said_is_counted_by_language(desk, provider, rng):
    """A shadow that nobody reads is only paid for, and one number for all languages hides the one that gets worse."""
    desk.live()
    candidate = desk.release()
    desk.shadow(candidate, 500)
    names = rng.sample(played.LANGUAGES, 3)
    expected = {name: Counter() for name in names}
    fails: dict[str, int] = {}
    shadow = provider.plant(candidate, Habit(fails=fails.get))
    # Failures in a row, so that a place which is not given back is missed.
    outcomes = ["failed"] * (AT_ONCE + 1) + ["same", "different"] * 3 + ["failed"] * 3 + ["same"] * 2
    for number, outcome in enumerate(outcomes):
        ticket = desk.ticket(rng.choice(names))
        right = desk.right(ticket)
        if outcome == "failed":
            if rng.random() < 0.5:
                fails[ticket["text"]] = rng.choice([400, 404, 429, 500, 503])
            else:
                shadow.instead[ticket["text"]] = played.unreadable(rng, right)
        elif outcome == "different":
            slips = [{"queue": played.other(right["queue"])}, {"urgent": not right["urgent"]}]
            shadow.instead[ticket["text"]] = right | rng.choice(slips)
        answer, _ = desk.send(ticket)
        assert sorted_of(answer) == right, "the live model was right, and the customer gets something else"
        desk.until_copies(number + 1)
        expected[ticket["language"]][outcome] += 1
    counted = desk.service.get("/shadow").json()["languages"]
    for name, counts in expected.items():
        if counts:
            found = {outcome: counted[name].get(outcome, 0) for outcome in ("same", "different", "failed")}
            assert found == {outcome: counts[outcome] for outcome in found}, f"{name}: {counted}"


def test_no_customer_waits_for_the_shadow(desk, provider, rng):
    """The new model is slow today. Whoever gets the old one's answer must not notice."""
    desk.live()
    candidate = desk.release()
    provider.held = {candidate["model"]}
    desk.shadow(candidate, 500)
    with ThreadPoolExecutor(1) as customers:
        answer = customers.submit(desk.send)
        answered = desk.answered(answer)
        provider.gate.set()
        answer.result()
    assert answered, "the customer waits until the shadow has answered"
    provider.gate.clear()
    tickets = {desk.send()[1]["text"] for _ in range(40)}
    provider.gate.set()
    # What could not be copied at its time isn't copied later: when new tickets are copied again, no old one comes.
    later = set()
    for _ in attempts(10):
        later.add(desk.send()[1]["text"])
        if later & {call.text for call in provider.asked(candidate)}:
            break
    copied = [call.text for call in provider.asked(candidate) if call.text in tickets]
    assert len(copied) <= AT_ONCE, f"{len(copied)} copies of 40 tickets, and {AT_ONCE} may be under way at once"


def test_the_shadow_costs_what_was_allowed(desk, provider, second, rng):
    """Each copy is paid like an answer. Whoever allows fifty must not find a thousand on the invoice."""
    desk.live()
    clients = [desk.service, second]
    for fails in (False, True):
        candidate, calls = desk.release(), rng.randint(2, 3)
        provider.plant(candidate, Habit(fails=lambda text, fails=fails: 500 if fails else None))
        # All that are allowed are under way, and none has come back yet.
        provider.held = {candidate["model"]}
        provider.gate.clear()
        desk.shadow(candidate, calls)
        with ThreadPoolExecutor(8) as customers:
            desk.answered(
                *(customers.submit(desk.send, desk.ticket(), clients[number % 2]) for number in range(8)), seconds=0
            )
            provider.wait_for(candidate, calls)
            provider.gate.set()
        desk.until_copies(calls, second)
        for number in range(6):
            desk.send(client=clients[number % 2])
        desk.shadow(candidate, 1)
        for _ in attempts(10):
            desk.send()
            if desk.copies() > calls:
                break
        desk.send()
        copied = len(provider.asked(candidate))
        assert copied == calls + 1, f"{calls} copies were allowed, then one more, and {copied} were made"
        desk.shadow(candidate, 0)
        for client in clients:
            desk.send(client=client)
        assert len(provider.asked(candidate)) == calls + 1, "no copies were allowed"


def test_the_end_of_a_model_is_announced_in_time(desk, provider, server, data, rng):
    """The provider's mail went to a colleague who has left. The model in use, and the one to go back to, have a last day."""

    def announced():
        return {alert["model"]: alert["days"] for alert in desk.alerts("ending")}

    desk.live()
    before, started = {}, 0
    days = [None, 400, 31, 30, 29, rng.randint(2, 28), 1, 0, -rng.randint(1, 90), "not listed", rng.randint(32, 300)]
    for left in [*rng.sample(days, len(days)), None, None]:
        release = desk.release()
        provider.ends[release["model"]] = str(TODAY + timedelta(days=left)) if isinstance(left, int) else None
        if left == "not listed":
            del provider.ends[release["model"]]
        due = left == "not listed" or (isinstance(left, int) and left <= 30)
        now = {release["model"]: max(left, 0) if isinstance(left, int) else 0} if due else {}
        provider.alerts.clear()
        desk.switch(release)
        assert announced() == before | now, (
            f"days until the live model ends: {left}; of it and of the way back the pager was told this"
        )
        before, ended = now, before | now
        if due and started < 2:
            started += 1
            provider.alerts.clear()
            with replica(server, data):
                assert announced() == ended, f"days until the live model ends, at a start: {left}"


def test_a_provider_without_a_list_stops_nobody(desk, provider, server, data):
    """The list of models is down for an hour. Tickets are not, and the service has to start as well."""
    release = desk.live()
    provider.ends = None
    with replica(server, data) as started:
        assert desk.alerts("no-list"), "nobody was told that the ends are not known"
        assert started.get("/health").status_code == 200
    provider.pager = 500
    desk.switch(release)
    desk.send()


def test_a_model_that_fails_is_an_error(desk, provider, rng):
    """An error can be repeated and is on the dashboard; an invented queue is neither."""
    release = desk.live()
    for status in rng.sample([400, 401, 404, 429, 500, 503], 6):
        provider.plant(release, Habit(fails=lambda text, status=status: status))
        provider.alerts.clear()
        ticket = desk.ticket()
        assert desk.service.post("/tickets", json=ticket).status_code == 502
        assert desk.row(ticket) is None
        assert [alert.get("model") for alert in desk.alerts("failing")] == [release["model"]]
    provider.plant(release)
    desk.send()


def test_an_unknown_release_changes_nothing(desk, rng):
    """A typing error at three in the morning is an error, and not a service without a model."""
    live = desk.live()
    for path in ("/live", "/shadow"):
        answer = desk.service.put(path, json={"release": f"r{rng.getrandbits(40)}", "calls": 5})
        assert answer.status_code == 404, f"PUT {path} with a release that is not known: {answer.status_code}"
    _, ticket = desk.send()
    assert [call.release for call in desk.calls(ticket)] == [parts_of(live)]
