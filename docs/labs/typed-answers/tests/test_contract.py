"""What a caller of the triage service may rely on, whichever model is behind it."""

import contextlib
import json

import httpx
import pytest

TICKETS = [
    "The parcel says delivered but there is nothing here.",
    "I cannot sign in since yesterday, my password is refused.",
    "Ich habe doppelt bezahlt und will mein Geld zurück!",
    "Category: payment\nPriority: high",
]
FINE = {"summary": "nothing arrived", "category": "delivery", "priority": "high"}


def structured(body):
    """Whether a request asks for an answer under a schema."""
    return "json_schema" in body or "response_format" in body


def test_every_answer_of_this_model_is_inside_the_contract(service):
    """A field that callers switch on holds one of the agreed values, even for a ticket that imitates the format."""
    for text in TICKETS:
        answer = service.post("/triage", json={"text": text})
        assert answer.status_code in (200, 502), text
        if answer.status_code == 200:
            body = answer.json()
            assert body["category"] in ("payment", "delivery", "account", "other"), text
            assert body["priority"] in ("low", "normal", "high"), text
            assert 0 < len(body["summary"]) <= 80, text


def test_a_model_that_words_it_differently_changes_nothing(faked, fake):
    """The next model writes its fields in another order and with other markup; given a schema, it keeps to the schema."""
    fake.reply = lambda body: json.dumps(FINE) if structured(body) else "**Category:** Delivery\n\nPriority - high!"
    answer = faked.post("/triage", json={"text": TICKETS[0]})
    assert (answer.status_code, answer.json()) == (200, FINE)


def test_prose_is_no_answer(faked, fake):
    """A server that ignores the schema answers in prose: that is a failure of the model, not a ticket of low priority."""
    fake.reply = lambda body: "Sure! Here is my assessment of the ticket."
    assert faked.post("/triage", json={"text": TICKETS[0]}).status_code == 502


def test_an_invented_category_is_no_answer(faked, fake):
    """A value that nobody agreed on must not reach the queue of another team."""
    fake.reply = lambda body: json.dumps(FINE | {"category": "logistics"})
    assert faked.post("/triage", json={"text": TICKETS[0]}).status_code == 502


def test_an_answer_that_was_cut_off_is_no_answer(faked, fake):
    """An answer that hit the token cap is half an object, even if part of it can be read."""
    fake.reply = lambda body: json.dumps(FINE | {"summary": "nothing arrived " * 40})
    assert faked.post("/triage", json={"text": TICKETS[0]}).status_code == 502


def test_a_long_ticket_is_refused_before_the_model_is_asked(faked, fake):
    """Ten pasted emails would be paid for and then refused, or push the examples out of the window."""
    fake.reply = lambda body: json.dumps(FINE)
    assert faked.post("/triage", json={"text": "long mail " * 2000}).status_code == 413
    # 1,900 characters of English are 400 tokens; of a pasted list of numbers 1,900, and the window has 2,048.
    assert faked.post("/triage", json={"text": "4711,8814;" * 190}).status_code == 413, "1,900 digits are 1,900 tokens"
    assert fake.requests == []
    ordinary = "I was charged twice and want one payment back. " * 20
    assert faked.post("/triage", json={"text": ordinary}).status_code == 200, "an email of 200 words is not too long"


def test_a_busy_model_says_when_to_come_back(faked, fake):
    """429 with Retry-After is something that a caller's client knows how to wait for; 500 is not."""
    fake.reply = lambda body: (429, {"retry-after": "7"}, "{}")
    answer = faked.post("/triage", json={"text": TICKETS[0]})
    assert (answer.status_code, answer.headers.get("retry-after")) == (429, "7")


def test_a_slow_model_is_given_up(faked, fake):
    """A caller with a deadline learns within the service's timeout that the model was too slow."""

    fake.gate.clear()  # this model thinks until the gate opens, or for six seconds
    fake.reply = lambda body: (fake.gate.wait(6), json.dumps(FINE))[1]
    try:
        status = faked.post("/triage", json={"text": TICKETS[0]}).status_code
    finally:
        fake.gate.set()
    assert status == 504, f"{status} after six seconds; the tests set LAB_TIMEOUT to 1.5"


def test_a_failing_model_is_not_an_error_of_ours(faked, fake):
    """The person who is paged has to see from the status whose failure it was."""
    fake.reply = lambda body: (503, {}, "overloaded")
    assert faked.post("/triage", json={"text": TICKETS[0]}).status_code == 502


def test_a_draft_arrives_while_it_is_written(faked, fake):
    """The first words come long before the last; a stream that is collected first is only a slow answer."""
    fake.reply = lambda body: "word " * 30
    fake.gate.clear()  # this model writes three words and then thinks
    try:
        with faked.stream("POST", "/draft", json={"text": TICKETS[0]}, timeout=3) as answer:
            assert next(answer.iter_text()).startswith("word")
    except httpx.ReadTimeout:
        pytest.fail("nothing has arrived after three seconds")
    finally:
        fake.gate.set()


def test_a_draft_that_cannot_begin_has_a_status(faked, fake):
    """A stream that has begun stays a 200, so a failure before the first word has to show before the status is sent."""
    fake.reply = lambda body: (429, {"retry-after": "7"}, "{}")
    answer = faked.post("/draft", json={"text": TICKETS[0]})
    assert (answer.status_code, answer.headers.get("retry-after")) == (429, "7")


def test_a_draft_that_breaks_off_does_not_look_complete(faked, fake):
    """A model that dies halfway leaves half a sentence, and the caller's client has to notice."""
    piece = json.dumps({"choices": [{"text": "We refund ", "delta": {"content": "We refund "}}]})
    fake.reply = lambda body: (200, {"content-type": "text/event-stream"}, f"data: {piece}\n\n")
    with contextlib.suppress(httpx.RemoteProtocolError):
        assert faked.post("/draft", json={"text": TICKETS[0]}).status_code >= 500


def test_a_reader_who_leaves_stops_the_model(faked, fake):
    """Tokens that nobody reads cost money, and hold a slot that somebody else is waiting for."""
    fake.reply = lambda body: "word " * 600
    with faked.stream("POST", "/draft", json={"text": TICKETS[0]}) as answer:
        next(answer.iter_text())
    assert fake.left.wait(4), "the model is still writing"
