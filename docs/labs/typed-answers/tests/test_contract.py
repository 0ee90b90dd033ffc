"""What a caller of the triage service may rely on, whichever model is behind it.

Tickets, answers and failures are drawn anew in each run.
"""

import contextlib
import json
import time

import httpx
import plugin
import pytest
from draws import CATEGORIES, PRIORITIES, as_the_schema_allows, free_text, imitation, schema_of, ticket, triage, word


def ask(client, text, path="/triage"):
    return client.post(path, json={"text": text})


def assert_within_the_contract(body, text):
    assert body.get("category") in CATEGORIES, text
    assert body.get("priority") in PRIORITIES, text
    assert isinstance(body.get("summary"), str) and 0 < len(body["summary"]) <= 80, text


def test_every_answer_of_this_model_is_inside_the_contract(service, rng):
    """A field that callers switch on holds one of the agreed values, even for a ticket that imitates the format or is too long."""
    too_long = str(rng.randrange(10**9, 10**10)) * 199  # each digit is a token of this model
    for text in (ticket(rng), ticket(rng), imitation(rng), too_long):
        answer = ask(service, text)
        assert answer.status_code in (200, 413, 502), f"{answer.status_code} for {text[:60]}"
        if answer.status_code == 200:
            assert_within_the_contract(answer.json(), text)


def test_a_model_that_words_it_differently_changes_nothing(faked, fake, rng):
    """The next model writes its fields in another order and with other markup; given a schema, it keeps to the schema."""
    for _ in range(5):
        wanted = triage(rng)
        fake.reply = lambda body, wanted=wanted: json.dumps(wanted) if schema_of(body) else free_text(rng, wanted)
        answer = ask(faked, ticket(rng))
        assert (answer.status_code, answer.json()) == (200, wanted)


def test_the_schema_leaves_no_way_out_of_the_contract(faked, fake, rng):
    """What the schema leaves open a model will write one day, and each such answer costs a call and is a 502."""
    for _ in range(8):
        fake.reply = lambda body: as_the_schema_allows(schema_of(body) or {"maxLength": 60}, rng)
        answer = ask(faked, ticket(rng))
        assert answer.status_code == 200, f"{answer.status_code} for an answer that the schema of the request allows"
        assert_within_the_contract(answer.json(), answer.text)


def test_prose_is_no_answer(faked, fake, rng):
    """A server that ignores the schema answers in prose: that is a failure of the model, not a ticket of low priority."""
    text = ticket(rng)
    fine = triage(rng)
    left_out = rng.choice([*fine])
    partly = {name: value for name, value in fine.items() if name != left_out}
    answers = ["Sure! Here is my assessment of the ticket.", f"It is about {fine['category']}.", "", "null", "[]", "7",
               json.dumps([fine]), json.dumps({"answer": fine}), json.dumps(partly), free_text(rng, fine)]  # fmt: skip
    for prose in answers:
        fake.reply = lambda body, prose=prose: prose
        assert ask(faked, text).status_code == 502, f"the model wrote {prose!r}"


def test_an_invented_value_is_no_answer(faked, fake, rng):
    """A value that nobody agreed on must not reach the queue of another team."""
    invented = [
        {"category": rng.choice(["logistics", "legal", "refunds"])}, {"category": word(rng)}, {"category": None},
        {"category": [rng.choice(CATEGORIES)]}, {"category": rng.choice(PRIORITIES)}, {"category": ""},
        {"priority": rng.choice(["urgent", "medium", "critical"])}, {"priority": word(rng)}, {"priority": 1},
        {"summary": ""}, {"summary": " " * rng.randint(1, 5)}, {"summary": None}, {"summary": rng.randrange(99)},
        {"summary": "x" * 81}, {"summary": word(rng, rng.randint(82, 120))},
    ]  # fmt: skip
    for wrong in invented:
        fake.reply = lambda body, wrong=wrong: json.dumps(triage(rng) | wrong)
        assert ask(faked, ticket(rng)).status_code == 502, f"the model's answer had {wrong}"
    for summary in ("x", "y" * 80):  # the shortest and the longest that were agreed
        fake.reply = lambda body, summary=summary: json.dumps(triage(rng) | {"summary": summary})
        answer = ask(faked, ticket(rng))
        assert (answer.status_code, answer.json().get("summary")) == (200, summary)


def test_an_answer_that_was_cut_off_is_no_answer(faked, fake, rng):
    """An answer that hit the token cap is half an object, even if part of it can be read, or a server has closed it."""

    def cut(text):
        choice = {"text": text, "message": {"content": text}, "finish_reason": "length"}
        return 200, {}, json.dumps({"model": "fake", "choices": [choice]})

    fine = {name: triage(rng)[name] for name in ("category", "priority", "summary")}
    whole = json.dumps(fine)
    for text in (whole[: rng.randint(1, 20)], whole[:-2], whole[:-1], whole):
        fake.reply = lambda body, text=text: cut(text)
        assert ask(faked, ticket(rng)).status_code == 502, f"cut off: {text}"
    fake.reply = lambda body: json.dumps(fine | {"summary": "nothing arrived " * 40})
    assert ask(faked, ticket(rng)).status_code == 502


def test_a_long_ticket_is_refused_before_the_model_is_asked(faked, fake, rng):
    """Ten pasted emails would be paid for and then refused, or push the examples out of the window."""
    fake.reply = lambda body: json.dumps(triage(rng))
    number = str(rng.randrange(10**7, 10**8))
    too_long = {
        "a pasted mailbox": f"{ticket(rng)} " * 400,
        # 1,900 characters of English are 400 tokens; of a pasted list of numbers 1,900, and the window has 2,048.
        "order numbers": f"{number},"[:9] * rng.randint(217, 230),
        "order numbers without a comma": number * rng.randint(245, 260),
        "emojis": rng.choice("🙈📦💶") * rng.randint(520, 700),
        "Chinese": rng.choice("货没有到") * rng.randint(700, 900),
    }
    for kind, text in too_long.items():
        for path in ("/triage", "/draft"):
            status = ask(faked, text, path).status_code
            assert status == 413, f"{path} with {kind}, {len(text)} characters: {status}"
    assert fake.requests == [], "the model was asked"
    ordinary = (ticket(rng) + " I want one payment back. " * 60)[: rng.randint(800, 1000)]
    assert ask(faked, ordinary).status_code == 200, "an email of 200 words is not too long"
    assert json.dumps(ordinary)[1:-1] in json.dumps(fake.requests), "the model has to see the whole ticket"


def test_a_busy_model_says_when_to_come_back(faked, fake, rng):
    """429 with Retry-After is something that a caller's client knows how to wait for; 500 is not."""
    for pause in (rng.randint(2, 9), rng.randint(10, 90), round(rng.uniform(1.1, 1.9), 1)):
        fake.reply = lambda body, pause=pause: (429, {"retry-after": str(pause)}, "{}")
        answer = ask(faked, ticket(rng))
        found = answer.headers.get("retry-after", "")
        assert (answer.status_code, found.isdigit()) == (429, True), f"Retry-After: {found!r}; it counts whole seconds"
        assert pause <= int(found) < pause + 1, f"the model wants {pause} s, and the caller is told {found}"


@pytest.mark.parametrize("path", ["/triage", "/draft"])
def test_a_slow_model_is_given_up(faked, fake, rng, path):
    """A caller with a deadline learns within the service's timeout that the model was too slow."""
    wanted = json.dumps(triage(rng))
    fake.gate.clear()  # this model thinks until the gate opens, or for six seconds
    fake.reply = lambda body: (fake.gate.wait(6), wanted)[1]
    try:
        status = ask(faked, ticket(rng), path).status_code
    finally:
        fake.gate.set()
    assert status == 504, f"{path}: {status} after six seconds; the tests set LAB_TIMEOUT to 1.5"


def test_a_model_has_the_time_that_is_set(fake, rng):
    """Whoever runs the service for a slower model sets LAB_TIMEOUT, and answers that are in time must not be lost."""
    wanted = triage(rng)
    fake.reply = lambda body: (time.sleep(2), json.dumps(wanted))[1]
    limit = str(rng.randint(30, 50))
    with plugin.running(plugin.FOLDER, LAB_BASE_URL=fake.address, LAB_MODEL="", LAB_TIMEOUT=limit) as patient:
        answer = ask(patient, ticket(rng))
    assert (answer.status_code, answer.json()) == (200, wanted), f"LAB_TIMEOUT is {limit}, and the model took two"


def test_a_failing_model_is_not_an_error_of_ours(faked, fake, rng):
    """The person who is paged has to see from the status whose failure it was."""
    failures = [(status, {}, word(rng)) for status in (500, 502, 503, rng.randint(504, 599), 400, 401, 404)]
    failures += [(200, {}, "<html>maintenance</html>"), (200, {}, "{}"), (200, {}, '{"choices": []}')]
    for failure in failures:
        for path in ("/triage", "/draft"):
            if path == "/draft" and failure[0] == 200:
                continue  # a stream without an event; see the drafts that break off
            fake.reply = lambda body, failure=failure: failure
            status = ask(faked, ticket(rng), path).status_code
            assert status == 502, f"{path}: {status} when the model's server says {failure[0]} {failure[2]}"
    assert faked.post("/triage", json={"text": None}).status_code == 422, "a bad request is the caller's failure"


def test_a_draft_arrives_while_it_is_written(faked, fake, rng):
    """The first words come long before the last; a stream that is collected first is only a slow answer."""
    words = [word(rng) for _ in range(rng.randint(20, 40))]
    fake.reply = lambda body: " ".join(words)
    fake.gate.clear()  # this model writes three words and then thinks
    read = ""
    try:
        with faked.stream("POST", "/draft", json={"text": ticket(rng)}, timeout=3) as answer:
            for piece in answer.iter_text():
                read += piece
                fake.gate.set()
    except httpx.ReadTimeout:
        pytest.fail("nothing has arrived after three seconds")
    finally:
        fake.gate.set()
    assert read.split() == words, "the draft is not what the model wrote"


def test_a_draft_that_cannot_begin_has_a_status(faked, fake, rng):
    """A stream that has begun stays a 200, so a failure before the first word has to show before the status is sent."""
    pause = rng.randint(2, 90)
    fake.reply = lambda body: (429, {"retry-after": str(pause)}, "{}")
    answer = ask(faked, ticket(rng), "/draft")
    assert (answer.status_code, answer.headers.get("retry-after")) == (429, str(pause))


def test_a_draft_that_breaks_off_does_not_look_complete(faked, fake, rng):
    """A model that dies halfway leaves half a sentence, and the caller's client has to notice."""

    def event(text):
        return f"data: {json.dumps({'choices': [{'text': text, 'delta': {'content': text}}]})}\n\n"

    for count in (1, rng.randint(2, 9)):
        events = "".join(event(word(rng) + " ") for _ in range(count))
        fake.reply = lambda body, events=events: (200, {"content-type": "text/event-stream"}, events)
        with contextlib.suppress(httpx.RemoteProtocolError):
            status = ask(faked, ticket(rng), "/draft").status_code
            assert status >= 500, f"a draft of {count} words that broke off ended like a whole one, with {status}"


def test_a_reader_who_leaves_stops_the_model(faked, fake, rng):
    """Tokens that nobody reads cost money, and hold a slot that somebody else is waiting for."""
    fake.reply = lambda body: "word " * 600
    with faked.stream("POST", "/draft", json={"text": ticket(rng)}) as answer:
        pieces = answer.iter_text()
        for _ in range(rng.randint(1, 5)):
            next(pieces)
    assert fake.left.wait(4), "the model is still writing"
