"""What the accounting department may rely on when it acts on the service's answers, on the model's good days and bad ones.

Emails, values and failures are drawn anew in each run.
"""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from math import sqrt

import httpx
import plugin
import pytest
from draws import amount, another, empty, invoice, mail

DOWN = (503, {}, "overloaded")
#: What the service must take for a model that is down, and not for an answer.
FAILURES = [500, 502, 503, 529]


def says(number, sum_of_money):
    """What the model writes when it finds these values."""
    return json.dumps({"invoice": number, "amount": sum_of_money})


def extract(client, text):
    return client.post("/extract", json={"text": text})


def found_in(answer):
    return {key: answer.json().get(key, "no such key") for key in ("invoice", "amount")}


@pytest.fixture(autouse=True)
def _well_again(request):
    """Each test begins with a model that has answered; the breaker of an earlier test has had its pause."""
    if "faked" in request.fixturenames:
        fake, faked = request.getfixturevalue("fake"), request.getfixturevalue("faked")
        fake.reply = lambda body: says("TT-600", "9.90")
        for _ in range(20):
            if extract(faked, "Invoice TT-600: you charged 9.90 euros.").json().get("source") == "model":
                break
            time.sleep(0.2)
        fake.requests.clear()


def test_what_is_extracted_stands_in_the_mail(service, rng):
    """Valid JSON with an invoice that does not exist is booked like any other; nobody looks twice."""
    for text in (
        mail(rng)[0],
        mail(rng)[0],
        empty(rng),
        empty(rng),
        f"Order {rng.randrange(1000, 9999)}-C: no refund?",
    ):
        answer = extract(service, text)
        assert answer.status_code in (200, 422), f"{text} -> {answer.status_code} {answer.text}"
        if answer.status_code == 200:
            values = {answer.json()["invoice"], answer.json()["amount"]} - {None}
            assert values <= {*re.findall(r"[\w.,-]*\w", text)}, f"{text} -> {values}"


def test_a_value_is_a_whole_word_of_its_kind(faked, fake, rng):
    """Part of a number, or the amount in place of the invoice, occurs in the email and is wrong all the same."""
    right, paid = invoice(rng, letters=3, digits=4), amount(rng)
    neighbors = [invoice(rng, letters=n, digits=3) for n in (1, 4)] + [
        invoice(rng, letters=2, digits=n) for n in (1, 5)
    ]
    neighbors += [invoice(rng).lower(), invoice(rng).replace("-", "")]
    sums = [
        f"{rng.randint(1, 99)}.{rng.randint(1, 9)}",
        f"{rng.randint(1, 99)}.{rng.randint(100, 999)}",
        f"{paid[:-3]},50",
    ]
    text = f"{right} is paid: {paid} euros, not 1{paid}. See {', '.join(neighbors)}; {', '.join(sums)}."
    wrong = [
        (right[1:], paid),
        (right[:-1], paid),
        (right, paid[1:]),
        (right, "1" + paid[:-1]),
        (paid, right),
        (right, "euros"),
    ]
    wrong += [(number, paid) for number in neighbors] + [(right, other) for other in sums]
    for values in wrong:
        fake.reply = lambda body, values=values: says(*values)
        answer = extract(faked, text)
        assert answer.status_code == 422, f"{text} -> {answer.text}"


def test_a_value_of_any_agreed_form_is_found(faked, fake, rng):
    """A check that refuses good values sends a person to look for what the model had already found."""
    for letters, digits in ((2, 2), (2, 4), (3, 2), (3, 4)):
        number, paid = invoice(rng, letters, digits), rng.choice([f"0.{rng.randint(10, 99)}", amount(rng)])
        for text in (
            f"{number} {paid}",
            f"Refund ({number}), {paid}.",
            f'{paid}€ for "{number}"!',
            f"{paid}, {number}.",
        ):
            fake.reply = lambda body, number=number, paid=paid: says(number, paid)
            answer = extract(faked, text)
            assert (answer.status_code, found_in(answer)) == (200, {"invoice": number, "amount": paid}), text


def test_a_wrong_answer_is_asked_again_with_the_reason(faked, fake, rng):
    """The second call may repair the first if it is told what was wrong; the same prompt gets the same answer."""
    for wrong in ("invoice", "amount"):
        text, number, paid = mail(rng)
        right = {"invoice": number, "amount": paid}
        invented = another(rng, {"invoice": invoice, "amount": amount}[wrong], number, paid)
        fake.requests.clear()
        answers = [json.dumps(right | {wrong: invented}), json.dumps(right)]
        fake.reply = lambda body, answers=answers: answers[len(fake.requests) > 1]
        answer = extract(faked, text)
        assert (answer.status_code, found_in(answer)) == (200, right)
        assert len(fake.requests) == 2, "one call, and one repair"
        first, second = ((body.get("prompt") or body["messages"][-1]["content"]) for body in fake.requests)
        assert second.count(invented) > first.count(invented), f"the second request does not name {invented}"
        assert text in second, "the second request has to hold the email"


def test_two_wrong_answers_end_in_an_honest_one(faked, fake, rng):
    """A repair loop without a budget is a bill without a bound; no answer is better than a wrong one."""
    text, number, paid = mail(rng)
    fake.reply = lambda body: says(another(rng, invoice, number), paid)
    assert extract(faked, text).status_code == 422
    assert len(fake.requests) == 2


def test_an_answer_of_another_shape_is_a_wrong_answer(faked, fake, rng):
    """A server that ignores the schema answers with something else, which is neither an extraction nor an error of ours."""
    text, number, paid = mail(rng)
    shapes = ["I see no invoice.", "null", "[]", "7", json.dumps([number, paid]), json.dumps({"invoice": number}), "{}",
              json.dumps({"number": number, "amount": paid}), says([number], paid), says(number, float(paid)),
              says({"invoice": number}, paid)]  # fmt: skip
    for shape in shapes:
        fake.requests.clear()
        fake.reply = lambda body, shape=shape: shape
        answer = extract(faked, text)
        assert answer.status_code == 422, f"the model wrote {shape}: {answer.status_code} {answer.text}"
        assert len(fake.requests) == 2, "one call, and one repair"


def test_null_is_an_answer(faked, fake, rng):
    """An email without an invoice has none, and saying so is right."""
    text, number, paid = mail(rng)
    for values in ((None, None), (number, None), (None, paid)):
        fake.reply = lambda body, values=values: says(*values)
        answer = extract(faked, text)
        assert (answer.status_code, found_in(answer)) == (200, dict(zip(("invoice", "amount"), values, strict=True)))


def test_a_model_that_finds_nothing_is_allowed_to_say_so(faked, fake, rng):
    """Under a schema that forbids null a model has to invent, so the second request has to allow it."""

    def honest(body):
        schema = json.dumps(body.get("json_schema") or body.get("response_format") or {})
        return says(None, None) if '"null"' in schema else says(invoice(rng), amount(rng))

    fake.reply = honest
    answer = extract(faked, empty(rng))
    assert (answer.status_code, answer.text and found_in(answer)) == (200, {"invoice": None, "amount": None})


def test_a_busy_model_gets_the_pause_that_it_asks_for(faked, fake, rng):
    """A client that ignores Retry-After is one that the provider has to defend itself against."""
    text, number, paid = mail(rng)
    wanted = round(rng.uniform(1.1, 1.8), 2)
    times = []

    def busy(body):
        times.append(time.monotonic())
        return (429, {"retry-after": str(wanted)}, "{}") if len(times) == 1 else says(number, paid)

    fake.reply = busy
    assert extract(faked, text).status_code == 200
    pause = times[1] - times[0]
    assert pause >= wanted, f"Retry-After is {wanted} s, and the second call came after {pause:.2f} s"


def test_nobody_is_kept_waiting_for_a_pause_of_minutes(faked, fake, rng):
    """A caller has a deadline. When the model wants minutes, the answer comes from the rules, and the model is not asked again."""
    text = mail(rng)[0]
    fake.reply = lambda body: (429, {"retry-after": str(rng.randint(120, 900))}, "{}")
    try:
        answer = faked.post("/extract", json={"text": text}, timeout=20)
    except httpx.TimeoutException:
        pytest.fail("the caller still waits after 20 seconds")
    assert (answer.status_code, answer.json().get("source")) == (200, "rules")
    assert len(fake.requests) == 1, "asked again before the pause was over"


def test_a_failing_model_is_asked_three_times_at_most(faked, fake, rng):
    """Ten immediate attempts by every caller turn a hiccup into an outage."""
    pauses = []
    for status in rng.sample(FAILURES, 3):
        times = []
        fake.reply = lambda body, times=times, status=status: times.append(time.monotonic()) or (status, {}, "{}")
        extract(faked, empty(rng))
        assert 1 <= len(times) <= 3, f"asked {len(times)} times for one email"
        pauses += [later - earlier for earlier, later in pairwise(times)]
    assert not pauses or min(pauses) >= 0.1, f"a pause of {min(pauses):.3f} s is none"


def test_a_request_that_is_refused_is_not_repeated(faked, fake, rng):
    """The same request is refused again, and a refusal says nothing about the next email, so the model is not left alone."""
    for status in (400, 401, 404, 422, 400, 404):
        fake.requests.clear()
        fake.reply = lambda body, status=status: (status, {}, "{}")
        assert extract(faked, empty(rng)).status_code == 503
        assert len(fake.requests) == 1, f"the model's server says {status}, and was asked {len(fake.requests)} times"


def test_while_the_model_is_down_rules_answer_what_they_can(faked, fake, rng):
    """The plainest emails need no model; for the others the caller learns when to come back."""
    fake.reply = lambda body: (rng.choice(FAILURES), {}, "{}")
    text, number, paid = mail(rng)
    plain = extract(faked, text)
    assert (plain.status_code, plain.json()) == (200, {"invoice": number, "amount": paid, "source": "rules"})
    second, more = another(rng, invoice, number), another(rng, amount, paid)
    others = [empty(rng), f"{number} and {second}: {paid} euros.", f"{number}: {paid} or {more} euros?",
              f"{number} is not paid.", f"I paid {paid} euros.", f"{number.lower()}: {paid} euros."]  # fmt: skip
    for text in others:
        answer = extract(faked, text)
        assert answer.status_code == 503, f"{text} -> {answer.text}"
        assert answer.headers.get("retry-after", "").isdigit(), "Retry-After is in whole seconds"
        assert int(answer.headers["retry-after"]) >= 1


def test_a_model_that_stays_down_is_left_alone_and_tried_again(faked, fake, rng):
    """After five failed emails in a row, callers get their answer at once, and the model gets time to recover."""
    text, number, paid = mail(rng)
    fake.reply = lambda body: DOWN
    for _ in range(5):
        extract(faked, text)
    spared = 0
    for _ in range(10):  # on a slow machine one of them may come after the pause, and try
        asked = len(fake.requests)
        assert extract(faked, text).status_code == 200
        spared += len(fake.requests) == asked
    assert spared, "ten more emails, and each time the service asked a model that is known to be down"
    fake.reply = lambda body: says(number, paid)
    for _ in range(30):
        if extract(faked, text).json()["source"] == "model":
            return
        time.sleep(0.1)
    pytest.fail(
        "the model has been back for three seconds, and nobody asks it: is the pause the half second of LAB_COOLDOWN?"
    )


@pytest.fixture
def guarded(fake):
    """The service with a pause that is longer than a test."""
    with plugin.running(plugin.FOLDER, LAB_BASE_URL=fake.address, LAB_MODEL="", LAB_COOLDOWN="300") as client:
        yield client


def test_only_five_failures_in_a_row_open_the_breaker(guarded, fake, rng):
    """A breaker that opens too early turns one bad minute into half a minute for everybody; one that opens late guards nobody."""
    text, number, paid = mail(rng)

    def send(reply):
        """Whether the model was asked for this email."""
        fake.requests.clear()
        fake.reply = lambda body: reply
        return bool(answer := extract(guarded, text)) and bool(fake.requests) and answer

    for _ in range(6):
        assert send(says(another(rng, invoice, number), paid)), "wrong answers are answers, and the model is not down"
    for _ in range(4):
        assert send(DOWN), "fewer than five emails have failed"
    assert send(says(number, paid)), "four emails have failed, not five"
    for _ in range(5):
        assert send(DOWN), "fewer than five emails have failed since the model last answered"
    began = time.monotonic()
    while time.monotonic() - began < 1:
        assert not send(says(number, paid)), "five emails have failed, the pause is 300 seconds, and the model is asked"
    answer = extract(guarded, empty(rng))
    assert answer.status_code == 503
    assert 1 < int(answer.headers["retry-after"]) <= 300, (
        "the pause is 300 seconds: who comes back at once comes in vain"
    )


def test_after_the_pause_one_email_tries_for_all(fake, rng):
    """A model that recovers is not helped by everybody who has waited for it."""
    text = mail(rng)[0]
    with plugin.running(plugin.FOLDER, LAB_BASE_URL=fake.address, LAB_MODEL="", LAB_COOLDOWN="3") as client:
        fake.reply = lambda body: DOWN
        for _ in range(5):
            extract(client, text)
        time.sleep(3.1)
        fake.requests.clear()
        with ThreadPoolExecutor(12) as pool:
            answers = [*pool.map(lambda _: extract(client, text), range(12))]
    assert {answer.json().get("source") for answer in answers} == {"rules"}
    # Three for each email that tries; on a slow machine the next pause may end before all have come.
    assert 1 <= len(fake.requests) <= 9, f"twelve emails asked a model that has been down {len(fake.requests)} times"


def evaluate(faked, cases):
    keys = ("text", "invoice", "amount")
    return faked.post("/evaluate", json=[dict(zip(keys, case, strict=True)) for case in cases]).json()


def test_an_evaluation_compares_with_what_a_person_found(faked, fake, rng):
    """Valid is not right, and refused is not wrong: the three are counted apart, and an invention is never counted as right."""
    cases, answers = [], {}
    wanted = {"right": rng.randint(1, 4), "wrong": 0, "refused": rng.randint(1, 4)}
    for _ in range(wanted["right"]):
        text, number, paid = mail(rng)
        answers[text] = says(number, paid)
        cases.append((text, number, paid))
    for _ in range(wanted["refused"]):
        text, number, paid = mail(rng)
        answers[text] = says(another(rng, invoice, number), paid)  # is in no email, so the service refuses it
        cases.append((text, number, paid))
    kinds = ["the other invoice", "the other amount", "nothing", "something"]
    for key in kinds + rng.sample(kinds, rng.randint(0, 3)):
        text, number, paid = mail(rng)
        second, more = another(rng, invoice, number), another(rng, amount, paid)
        text += f" This is not about {second} or {more}."
        found, truth = {
            "the other invoice": ((second, paid), (number, paid)), "the other amount": ((number, more), (number, paid)),
            "nothing": ((None, None), (number, paid)), "something": ((number, paid), (None, None)),
        }[key]  # fmt: skip
        answers[text] = says(*found)
        cases.append((text, *truth))
        wanted["wrong"] += 1
    rng.shuffle(cases)

    def reply(body):
        prompt = body.get("prompt") or body["messages"][-1]["content"]
        return answers[max(answers, key=lambda text: prompt.rfind(text))]

    fake.reply = reply
    found = evaluate(faked, cases)
    assert {key: found[key] for key in wanted} == wanted


def test_twenty_of_twenty_is_not_certainty(faked, fake, rng):
    """An evaluation without failures has an interval too: the true share can be as low as 84 percent."""
    text, number, paid = mail(rng)
    fake.reply = lambda body: says(number, paid)
    sizes = [(20, 20), (1, 1), (rng.randint(5, 9), 0)]
    sizes += [(cases, rng.randint(1, cases - 1)) for cases in (rng.randint(2, 9), rng.randint(10, 40))]
    for cases, right in sizes:
        wrong = another(rng, amount, paid)
        found = evaluate(faked, [(text, number, paid)] * right + [(text, number, wrong)] * (cases - right))
        share = right / cases
        assert -1e-9 <= found["low"] <= share <= found["high"] <= 1 + 1e-9, f"{right} of {cases}: {found}"
        for bound in (found["low"], found["high"]):
            # A bound is a share at which this result would be 1.96 standard errors away.
            error = 1.96 * sqrt(max(bound * (1 - bound), 0) / cases)
            assert abs(abs(bound - share) - error) < 0.003, f"{right} of {cases}: {found}"
