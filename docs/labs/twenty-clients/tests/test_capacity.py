"""What twenty clients may rely on, and what a worker needs to survive them.

Lengths, prompts and limits are drawn anew in each run. Memory, computing time and the workers themselves are looked up
in the operating system, not in /stats.
"""

import os
import signal
import socket
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import plugin
import pytest
from measure import first_tokens, prompts
from outside import computing_of, empty_worker, memory_of, watched, workers_of

#: Words of one token each.
WORDS = ["cache", "queue", "index", "token", "batch", "worker", "memory", "river", "garden", "paper"]
#: What a worker may have, and what Python itself may take for the work on top: matrices of one step, requests, threads.
LIMIT, ASIDE = 48_000_000, 35_000_000


def prompt(length, rng):
    """A text of this many tokens."""
    return " ".join(rng.choices(WORDS, k=length))


def post(client, text, max_tokens):
    try:
        return client.post("/generate", json={"prompt": text, "max_tokens": max_tokens})
    except httpx.TimeoutException:
        pytest.fail("no answer after a minute: the service hangs, or is too slow")


def at_once(client, requests):
    """The answers to requests that are sent at the same time, each a prompt and a cap."""
    with ThreadPoolExecutor(len(requests)) as pool:
        return [*pool.map(lambda request: post(client, *request), requests)]


def draw(rng, count, lengths, caps):
    return [(prompt(rng.randint(*lengths), rng), rng.randint(*caps)) for _ in range(count)]


def start(**settings):
    """The service with two fresh workers of 48 MB each."""
    return plugin.running(plugin.FOLDER, **{"WORKER_MEMORY": str(LIMIT), "QUEUE": "64", "LAB_TIMEOUT": "55"} | settings)


@pytest.fixture(scope="module")
def fresh():
    """The service, and what the processes of its workers took before the first request."""
    with start() as client:
        yield client, [memory_of(pid) for pid in workers_of(client)]


@pytest.fixture(scope="module")
def box(fresh):
    """The service. It takes seconds to start, so most tests share one."""
    return fresh[0]


@pytest.fixture(scope="module")
def roomy():
    """The same with plenty of memory, for tests that look at something else."""
    with start(WORKER_MEMORY="400000000") as client:
        yield client


@pytest.fixture(scope="module")
def small():
    """The same with room for 1,000 to 1,900 tokens: 2 KiB each, and at most 12 MB for the weights."""
    with start(WORKER_MEMORY="14100000", LAB_TIMEOUT="25") as client:
        yield client


def test_the_weights_leave_room_for_the_cache(fresh):
    """In 8 bits the weights take a quarter of the space; what the conversion needs counts too."""
    client, processes = fresh
    fixed = max(worker["fixed"] for worker in client.get("/stats").json())
    taken = max(processes) - empty_worker()
    assert fixed <= 12_000_000, f"{fixed / 1e6:.1f} MB are taken before the first request, and 12 would do"
    assert taken <= 17_000_000, f"the process takes {taken / 1e6:.1f} MB before the first request, and 17 would do"


def test_twenty_clients_get_their_answers(box, rng):
    """What does not fit has to wait. A worker that dies takes everybody's requests with it."""
    before = workers_of(box)
    for _ in range(2):
        requests = draw(rng, rng.randint(20, 24), (800, 1000), (100, 130))
        answers = at_once(box, requests)
        assert Counter(a.status_code for a in answers) == {200: len(requests)}
        assert [len(a.json()["tokens"]) for a in answers] == [cap for _, cap in requests]
    assert workers_of(box) == before, "a worker was killed"


def test_no_worker_takes_more_memory_than_there_is(box, rng, request):
    """Memory is counted in tokens before a request starts, the answer included: after that it is too late."""
    with watched(box) as peaks:
        answers = at_once(box, draw(rng, 56, (1800, 1950), (30, 50)))
    assert Counter(a.status_code for a in answers) == {200: len(answers)}
    assert workers_of(box) == {*peaks}, "a worker was killed"
    taken = max(peaks.values()) - empty_worker()
    assert taken <= LIMIT + ASIDE, f"a worker took {taken / 1e6:.0f} MB, and its machine has 48"
    reported = max(worker["peak"] for worker in box.get("/stats").json())
    assert reported <= LIMIT, f"a worker's own count went up to {reported / 1e6:.0f} MB"
    small = request.getfixturevalue("small")  # with 32-bit weights it can't even start
    before = workers_of(small)
    answers = at_once(small, draw(rng, 24, (20, 40), (190, 220)))  # short questions with long answers
    assert Counter(a.status_code for a in answers) == {200: len(answers)}
    assert workers_of(small) == before, "a worker was killed while answers grew"


def test_rounded_weights_say_nearly_the_same(roomy, rng):
    """Nine of ten first tokens match those of the unrounded weights."""
    texts = prompts(rng, 60)
    found = [post(roomy, text, 1).json()["tokens"] for text in texts]
    same = sum(tokens == [token] for tokens, token in zip(found, first_tokens(texts), strict=True))
    assert same / len(texts) >= 0.9, f"{same} of {len(texts)} first tokens are the same"


def test_requests_share_a_pass_over_the_weights(roomy, rng):
    """Each step reads all weights, and one step for ten requests costs far less than ten steps."""
    text, cap = prompt(rng.randint(20, 40), rng), rng.randint(60, 80)
    workers = workers_of(roomy)

    def cost(count):
        """Seconds of computing for each of so many requests."""
        before = sum(map(computing_of, workers))
        assert {a.status_code for a in at_once(roomy, [(text, cap)] * count)} == {200}
        return (sum(map(computing_of, workers)) - before) / count

    cost(2)  # what happens once
    alone, together = sum(cost(1) for _ in range(4)) / 4, cost(32)
    assert together <= 0.6 * alone, (
        f"an answer of {cap} tokens takes {alone:.2f} s of computing alone, and {together:.2f} s among 32"
    )


def test_long_requests_do_not_all_meet_in_one_worker(rng):
    """Requests are not equal. Counted in tokens, no worker may get two thirds of the work."""
    first = rng.randint(0, 1)
    with start(WORKER_MEMORY="400000000") as client, ThreadPoolExecutor(10) as pool:
        idle = {pid: memory_of(pid) for pid in workers_of(client)}
        with watched(client) as peaks:
            answers = []
            for number in range(10):
                # Every other request is a long one. The next is sent when this one has been given to a worker.
                length = 1700 if number % 2 == first else 20
                answers.append(pool.submit(post, client, prompt(length, rng), 300))
                wait_until_given(client, number + 1, answers)
            assert [a.result().status_code for a in answers] == [200] * 10
    taken = [peaks[pid] - idle[pid] for pid in idle]
    assert max(taken) / sum(taken) <= 0.7, f"MB that each worker took: {[round(share / 1e6) for share in taken]}"


def test_a_short_request_runs_beside_long_ones(box, rng):
    """A cache is as long as its request can become. Sized for the longest, eight requests fill a worker, and the ninth waits."""
    before = given(box)
    with ThreadPoolExecutor(30) as pool:
        answers = [pool.submit(post, box, *request) for request in draw(rng, 30, (30, 60), (150, 170))]
        wait_until_given(box, before + 16, answers)
        passing_time(box)
        assert post(box, prompt(20, rng), 2).status_code == 200
        done = sum(a.done() for a in answers)
        assert {a.result().status_code for a in answers} == {200}
    assert done <= 8, f"a request for two tokens came back when {done} of 30 answers of 150 were complete"


def test_a_long_request_is_not_overtaken_for_ever(box, rng):
    """Short requests always find room. If they may overtake, a long one waits for as long as they come."""
    before = given(box)
    with ThreadPoolExecutor(40) as pool:
        full = [pool.submit(post, box, prompt(1800, rng), 60 + 4 * number) for number in range(26)]
        wait_until_given(box, before + 16, full)
        with sent(box, prompt(2000, rng), 20) as long:
            short = [pool.submit(post, box, prompt(20, rng), 1) for _ in range(12)]
            assert {a.result().status_code for a in short} == {200}
            passing_time(box)
            overtaken = not any(a.done() for a in full)
            long.settimeout(60)
            assert b" 200 " in long.recv(20)
        assert {a.result().status_code for a in full} == {200}
    assert not overtaken, "twelve short requests were answered before there was room for the long one that came first"


def given(client):
    """How many requests have been given to workers."""
    return sum(worker["requests"] for worker in client.get("/stats").json())


def wait_until_given(client, count, answers):
    """Until so many requests have been given to workers."""
    while given(client) < count:
        for answer in answers:
            assert not answer.done() or answer.result().status_code == 200, answer.result().text


def passing_time(client):
    """A few round trips: who connects later is answered later."""
    for _ in range(20):
        client.get("/health")


def sent(client, text, max_tokens):
    """The connection of a request that has reached the service, and for whose answer nobody waits yet."""
    body = client.build_request("POST", "/generate", json={"prompt": text, "max_tokens": max_tokens}).content
    connection = socket.create_connection((client.base_url.host, client.base_url.port))
    head = (
        f"POST /generate HTTP/1.1\r\nhost: lab\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    connection.sendall(head.encode() + body)
    passing_time(client)
    return connection


def test_what_can_never_fit_is_refused_at_once(roomy, rng, request):
    """Waiting does not help a request that is longer than the context, or than all the memory there is."""
    fits = rng.randint(1900, 2040)
    for length, cap, status in (
        (2048, 1, 413), (2047, 1, 200), (fits, 2048 - fits, 200), (fits, 2049 - fits, 413), (1, 3000, 413),
        (rng.randint(2100, 4000), 20, 413), (20, 20, 200),
    ):  # fmt: skip
        found = post(roomy, prompt(length, rng), cap).status_code
        assert found == status, f"{length} tokens and {cap} more of 2048: {found}"
    small = request.getfixturevalue("small")
    assert post(small, prompt(rng.randint(1850, 1950), rng), 60).status_code == 413, "does not fit into 14.1 MB"
    assert post(small, prompt(rng.randint(700, 900), rng), 60).status_code == 200, "fits into 14.1 MB"


def test_a_full_queue_says_when_to_come_back(rng):
    """A queue without an end only makes everybody late; whoever is turned away needs to know when to come back."""
    queue, count = rng.randint(10, 24), 60
    with start(QUEUE=str(queue)) as client:
        answers = at_once(client, draw(rng, count, (1900, 1920), (100, 120)))
    statuses = Counter(a.status_code for a in answers)
    assert {*statuses} == {200, 503}, f"{count} at once, {queue} may wait, about 18 run: {dict(statuses)}"
    # Eight of 2,040 tokens fit into each worker, even if its weights take 12 MB.
    assert statuses[200] >= 16 + queue, (
        f"16 can run and {queue} can wait, and only {statuses[200]} of {count} were served"
    )
    assert all(float(a.headers["retry-after"]) > 0 for a in answers if a.status_code == 503)


def test_a_timeout_gives_no_room_away_that_is_in_use(rng):
    """A caller who gives up does not stop the worker. If the room counts as free, the next requests kill it."""
    with start(LAB_TIMEOUT="0.5") as client:
        before = workers_of(client)
        for _ in range(3):
            statuses = {a.status_code for a in at_once(client, draw(rng, 22, (1300, 1400), (550, 570)))}
            assert statuses <= {200, 503, 504}, f"{statuses}: who waits too long gets 504"
            assert workers_of(client) == before, "a worker was killed"
        # When the workers are done, there is room again.
        idle, computed = 0, 0.0
        while post(client, prompt(1900, rng), 1).status_code != 200:
            so_far = sum(map(computing_of, before))
            idle = 0 if so_far > computed else idle + 1
            computed = so_far
            assert idle < 6, "the workers have nothing to do any more, and the room never came back"
        assert workers_of(client) == before, "a worker was killed"


def test_a_worker_that_dies_costs_no_answer(rng):
    """A generation can be repeated: the other worker answers, and a new one starts."""
    with start(WORKER_MEMORY="400000000") as client:
        first, second = sorted(workers_of(client))
        os.kill(first, signal.SIGKILL)
        assert [post(client, prompt(20, rng), 5).status_code for _ in range(4)] == [200] * 4
        assert len(workers_of(client)) == 2, "no new worker has started"
        with ThreadPoolExecutor(8) as pool:
            so_far = given(client)
            answers = [pool.submit(post, client, prompt(20, rng), 120) for _ in range(8)]
            wait_until_given(client, so_far + 8, answers)
            os.kill(second, signal.SIGKILL)  # while it works
            assert [a.result().status_code for a in answers] == [200] * 8
        assert len(workers_of(client) - {first, second}) == 2, "two workers died, and not both are new"
