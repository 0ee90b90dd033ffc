"""What the accounting department may rely on when it acts on the service's answers, on the model's good days and bad ones."""

import json
import re
import time

import pytest

MAILS = [
    "Please refund INV-118 of 12.50 euros, thanks.",
    "Invoice TT-600: you charged 9.90 euros.",
    "My order never came. I want my money back.",
    "I paid AB-31. Refund AB-32, 19.99 euros.",
    "Order 5512-C: you took 9.90 euros by mistake.",
    "What are your opening hours?",
]
PLAIN = MAILS[1]
RIGHT = json.dumps({"invoice": "TT-600", "amount": "9.90"})
INVENTED = json.dumps({"invoice": "RE-600", "amount": "9.90"})


@pytest.fixture(autouse=True)
def _well_again(request):
    """Each test begins with a model that has answered; the breaker of an earlier test has had its pause."""
    if "faked" in request.fixturenames:
        fake, faked = request.getfixturevalue("fake"), request.getfixturevalue("faked")
        fake.reply = lambda body: RIGHT
        for _ in range(20):
            if faked.post("/extract", json={"text": PLAIN}).json().get("source") == "model":
                break
            time.sleep(0.2)
        fake.requests.clear()


def test_what_is_extracted_stands_in_the_mail(service):
    """Valid JSON with an invoice that does not exist is booked like any other; nobody looks twice."""
    for text in MAILS:
        answer = service.post("/extract", json={"text": text})
        assert answer.status_code in (200, 422), f"{text} -> {answer.status_code} {answer.text}"
        if answer.status_code == 200:
            values = {answer.json()["invoice"], answer.json()["amount"]} - {None}
            assert values <= {*re.findall(r"[\w.,-]*\w", text)}, f"{text} -> {values}"


def test_a_value_is_a_whole_word_of_its_kind(faked, fake):
    """Part of a number, or the amount in place of the invoice, occurs in the email and is wrong all the same."""
    text = "Invoice TT-600: you charged 9.90 euros, not 190.90."
    for values in (("TT-600", "90.90"), ("T-600", "9.90"), ("9.90", "TT-600"), ("TT-600", "euros")):
        wrong = json.dumps(dict(zip(("invoice", "amount"), values, strict=True)))
        fake.reply = lambda body, wrong=wrong: wrong
        answer = faked.post("/extract", json={"text": text})
        assert answer.status_code == 422, f"{text} -> {answer.text}"


def test_a_wrong_answer_is_asked_again_with_the_reason(faked, fake):
    """The second call may repair the first if it is told what was wrong; the same prompt gets the same answer."""
    fake.reply = lambda body: INVENTED if len(fake.requests) == 1 else RIGHT
    answer = faked.post("/extract", json={"text": PLAIN})
    assert (answer.status_code, answer.json().get("invoice")) == (200, "TT-600")
    assert len(fake.requests) == 2, "one call, and one repair"
    assert "RE-600" in json.dumps(fake.requests[1])


def test_two_wrong_answers_end_in_an_honest_one(faked, fake):
    """A repair loop without a budget is a bill without a bound; no answer is better than a wrong one."""
    fake.reply = lambda body: INVENTED
    assert faked.post("/extract", json={"text": PLAIN}).status_code == 422
    assert len(fake.requests) == 2


def test_null_is_an_answer(faked, fake):
    """An email without an invoice has none, and saying so is right."""
    fake.reply = lambda body: json.dumps({"invoice": None, "amount": None})
    answer = faked.post("/extract", json={"text": MAILS[5]})
    assert (answer.status_code, answer.json()["invoice"]) == (200, None)


def test_a_busy_model_gets_the_pause_that_it_asks_for(faked, fake):
    """A client that ignores Retry-After is one that the provider has to defend itself against."""
    times = []

    def busy(body):
        times.append(time.monotonic())
        return (429, {"retry-after": "1"}, "{}") if len(times) == 1 else RIGHT

    fake.reply = busy
    assert faked.post("/extract", json={"text": PLAIN}).status_code == 200
    pause = times[1] - times[0]
    assert pause >= 1, f"Retry-After is one second, and the second call came after {pause:.2f} s"


def test_a_failing_model_is_asked_three_times_at_most(faked, fake):
    """Ten immediate attempts by every caller turn a hiccup into an outage."""
    fake.reply = lambda body: (503, {}, "overloaded")
    faked.post("/extract", json={"text": MAILS[2]})
    assert 1 <= len(fake.requests) <= 3, f"asked {len(fake.requests)} times for one email"


def test_while_the_model_is_down_rules_answer_what_they_can(faked, fake):
    """The plainest emails need no model; for the others the caller learns when to come back."""
    fake.reply = lambda body: (503, {}, "overloaded")
    plain = faked.post("/extract", json={"text": PLAIN})
    assert (plain.status_code, plain.json()) == (200, {"invoice": "TT-600", "amount": "9.90", "source": "rules"})
    other = faked.post("/extract", json={"text": MAILS[2]})
    assert other.status_code == 503
    assert int(other.headers["retry-after"]) >= 1


def test_a_model_that_stays_down_is_left_alone_and_tried_again(faked, fake):
    """After five failed emails in a row, callers get their answer at once, and the model gets time to recover."""
    fake.reply = lambda body: (503, {}, "overloaded")
    for _ in range(5):
        faked.post("/extract", json={"text": PLAIN})
    spared = 0
    for _ in range(10):  # on a slow machine one of them may come after the pause, and try
        asked = len(fake.requests)
        assert faked.post("/extract", json={"text": PLAIN}).status_code == 200
        spared += len(fake.requests) == asked
    assert spared, "ten more emails, and each time the service asked a model that is known to be down"
    fake.reply = lambda body: RIGHT
    for _ in range(30):
        if faked.post("/extract", json={"text": PLAIN}).json()["source"] == "model":
            return
        time.sleep(0.1)
    pytest.fail(
        "the model has been back for three seconds, and nobody asks it: is the pause the half second of LAB_COOLDOWN?"
    )


def evaluate(faked, *cases):
    keys = ("text", "invoice", "amount")
    return faked.post("/evaluate", json=[dict(zip(keys, case, strict=True)) for case in cases]).json()


def test_an_evaluation_compares_with_what_a_person_found(faked, fake):
    """Valid is not right, and refused is not wrong: the three are counted apart, and an invention is never counted as right."""
    fake.reply = lambda body: (
        json.dumps({"invoice": "AB-31", "amount": "19.99"}) if "AB-32" in json.dumps(body)
        else INVENTED if "refused" in json.dumps(body) else RIGHT
    )  # fmt: skip
    found = evaluate(
        faked,
        (PLAIN, "TT-600", "9.90"),
        (MAILS[3], "AB-32", "19.99"),
        ("My card was refused for AB-31, 19.00 euros.", "AB-31", "19.00"),
        ("Nothing of this is about TT-600 or 9.90.", None, None),
    )
    assert (found["right"], found["wrong"], found["refused"]) == (1, 2, 1)


def test_twenty_of_twenty_is_not_certainty(faked, fake):
    """An evaluation without failures has an interval too: the true share can be as low as 84 percent."""
    found = evaluate(faked, *[(PLAIN, "TT-600", "9.90")] * 20)
    assert (found["low"], found["high"]) == (pytest.approx(0.839, abs=0.002), pytest.approx(1, abs=1e-9))
    found = evaluate(faked, *[(PLAIN, "TT-600", "9.90")] * 17, *[(PLAIN, "TT-600", "9.00")] * 3)
    assert (found["low"], found["high"]) == (pytest.approx(0.640, abs=0.002), pytest.approx(0.948, abs=0.002))
