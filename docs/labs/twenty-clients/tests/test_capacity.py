"""What twenty clients may rely on, and what a worker needs to survive them."""

import json
import os
import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import plugin
import pytest

#: Prompts, and the token that the decoder continues them with in 32-bit floats.
REFERENCE = json.loads(Path(__file__).with_name("reference.json").read_text("utf-8"))
WORDS = ["cache", "queue", "index", "token", "batch", "tenant", "replica"]


def prompt(length, shift=0):
    """A text of about this many tokens."""
    return " ".join(WORDS[(i + shift) % len(WORDS)] for i in range(length))


def post(client, length, max_tokens, shift=0):
    return client.post("/generate", json={"prompt": prompt(length, shift), "max_tokens": max_tokens})


def at_once(client, count, length, max_tokens):
    """The same request from this many clients at the same time."""
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(lambda shift: post(client, length, max_tokens, shift), range(count)))


@pytest.fixture
def box():
    """The service with two fresh workers of 48 MB each."""
    with plugin.running(plugin.FOLDER, WORKER_MEMORY="48000000", QUEUE="64") as client:
        yield client


@pytest.fixture
def roomy():
    """The same with plenty of memory, for tests that look at something else."""
    with plugin.running(plugin.FOLDER, WORKER_MEMORY="400000000", QUEUE="64") as client:
        yield client


def test_twenty_clients_get_their_answers(box):
    """What does not fit has to wait. A worker that dies takes everybody's requests with it."""
    for _ in range(2):
        answers = at_once(box, 20, 900, 150)
        assert Counter(a.status_code for a in answers) == {200: 20}
        assert {len(a.json()["tokens"]) for a in answers} == {150}


def test_no_worker_takes_more_memory_than_there_is(box):
    """Memory is counted in tokens before a request starts: after that it is too late."""
    at_once(box, 30, 700, 100)
    for worker in box.get("/stats").json():
        assert worker["restarts"] == 0, f"killed for memory {worker['restarts']} times"
        assert worker["peak"] <= worker["limit"]


def test_the_weights_leave_room_for_the_cache(box):
    """In 8 bits the weights take a quarter of the space; what the conversion needs counts too."""
    fixed = max(worker["fixed"] for worker in box.get("/stats").json())
    assert fixed <= 12_000_000, f"{fixed / 1e6:.1f} MB are taken before the first request, and 12 would do"


def test_rounded_weights_say_nearly_the_same(roomy):
    """Nine of ten first tokens match those of the unrounded weights."""
    same = 0
    for text, token in REFERENCE:
        answer = roomy.post("/generate", json={"prompt": text, "max_tokens": 1}).json()
        same += answer["tokens"] == [token]
    assert same / len(REFERENCE) >= 0.9


def test_requests_share_a_pass_over_the_weights(roomy):
    """Each step reads all weights, and one step for ten requests costs far less than ten steps."""
    at_once(roomy, 10, 50, 300)
    passes = sum(worker["passes"] for worker in roomy.get("/stats").json())
    assert passes <= 0.6 * 10 * 300, f"{passes} passes for ten answers of 300 tokens"


def test_long_requests_do_not_all_meet_in_one_worker(roomy):
    """Requests are not equal. Counted in tokens, no worker may get two thirds of the work."""
    with ThreadPoolExecutor(8) as pool:
        answers = []
        for number in range(8):
            # Every other request is a long one. The next is sent when this one has been given to a worker.
            answers.append(pool.submit(post, roomy, 900 if number % 2 == 0 else 20, 700))
            while sum(worker["requests"] for worker in roomy.get("/stats").json()) <= number:
                assert not answers[-1].done() or answers[-1].result().status_code == 200, answers[-1].result().text
        assert [a.result().status_code for a in answers] == [200] * 8
    given = [worker["tokens"] for worker in roomy.get("/stats").json()]
    assert max(given) / sum(given) <= 0.66, f"tokens given to each worker: {given}"


def test_what_can_never_fit_is_refused_at_once(box):
    """Waiting does not help a request that is longer than the context."""
    assert post(box, 2100, 20).status_code == 413
    assert post(box, 20, 20).status_code == 200


def test_a_full_queue_says_when_to_come_back():
    """A queue without an end only makes everybody late; whoever is turned away needs to know when to come back."""
    with plugin.running(plugin.FOLDER, WORKER_MEMORY="48000000", QUEUE="2") as client:
        answers = at_once(client, 60, 1000, 300)
        assert {a.status_code for a in answers} == {200, 503}
        assert all(float(a.headers["retry-after"]) > 0 for a in answers if a.status_code == 503)


def test_a_worker_that_dies_costs_no_answer(roomy):
    """A generation can be repeated: the other worker answers, and a new one starts."""
    os.kill(roomy.get("/stats").json()[0]["pid"], signal.SIGKILL)
    assert [post(roomy, 20, 5).status_code for _ in range(4)] == [200] * 4
    assert sum(worker["restarts"] for worker in roomy.get("/stats").json()) == 1
