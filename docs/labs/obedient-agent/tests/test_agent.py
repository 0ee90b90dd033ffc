"""What the shop may rely on, however the prompt is reworded and whatever a ticket says to the model."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import plugin
import pytest

CASES = {
    "I forgot my password": "account",
    "Where is my package?": "shipping",
    "The invoice is too high": "billing",
    "Please delete my profile": "account",
    "The delivery is late": "shipping",
    "My payment was declined": "billing",
    "Change my email address": "account",
    "The parcel arrived damaged": "shipping",
}
#: Tickets that give orders, each with what a model does that obeys, as the worst model on its worst day would.
ATTACKS = json.loads(Path(__file__).with_name("attacks.json").read_text("utf-8"))
REPLY = {"tool": "reply", "text": "Done."}


def refund(order, amount):
    return {"tool": "refund", "order": order, "amount": amount}


@pytest.fixture
def shop(tmp_path, fake):
    """The service before its first payment, in front of a model that follows a script."""
    with plugin.running(plugin.FOLDER, LAB_DATA=str(tmp_path), LAB_BASE_URL=fake.address, LAB_MODEL="") as client:
        yield client


def play(fake, *calls):
    """The model makes these calls, one per answer, and repeats the last one forever."""
    fake.reply = lambda body: json.dumps(calls[min(len(fake.requests), len(calls)) - 1])


def ticket(shop, text="I was charged twice.", name="t1", customer="ana"):
    return shop.post("/tickets", json={"id": name, "customer": customer, "text": text})


def test_the_prompt_still_sorts_as_agreed(service):
    """A prompt is part of the contract: eight tickets with known queues judge every change of a word or of the order."""
    right = sum(service.post("/queue", json={"text": text}).json()["queue"] == want for text, want in CASES.items())
    assert right >= 7, f"{right} of {len(CASES)} tickets are in their queue"


def test_a_queue_that_does_not_exist_is_no_answer(shop, fake):
    """Three queues are agreed on. Nobody reads a ticket in a fourth one, whichever model came up with it."""
    fake.reply = lambda body: "legal"
    answer = shop.post("/queue", json={"text": "I will sue you"})
    assert answer.status_code == 502, f"the model wrote a queue that nobody has, and the answer was {answer.text}"


def test_an_answer_names_the_prompt_that_made_it(shop, fake, tmp_path):
    """Unless each answer carries a version that changes with every word of the prompt, nobody can tell what changed on Tuesday."""

    def versions(client):
        fake.reply = lambda body: json.dumps(REPLY) if "json_schema" in body else "billing"
        sorted_by = client.post("/queue", json={"text": "Where is my package?"}).json().get("prompt")
        return sorted_by, ticket(client).json().get("prompt")

    before = versions(shop)
    assert all(before), f"/queue and /tickets name as their prompt: {before}"
    shutil.copytree(plugin.FOLDER, tmp_path / "changed", ignore=shutil.ignore_patterns("__pycache__"))
    for file in (tmp_path / "changed").glob("*.*"):
        text = file.read_text("utf-8").replace("charged twice", "charged two times")
        file.write_text(text.replace("tickets of a shop", "tickets of our shop"), "utf-8")
    data = tmp_path / "data"
    data.mkdir()
    with plugin.running(tmp_path / "changed", LAB_DATA=str(data), LAB_BASE_URL=fake.address, LAB_MODEL="") as client:
        after = versions(client)
    assert before[0] != after[0], "one example says 'charged two times', and /queue names the same prompt"
    assert before[1] != after[1], "the rules say 'our shop', and /tickets names the same prompt"


def test_a_refund_that_is_due_is_paid(shop, fake):
    """Whatever you forbid, the agent must still do its work, and say so."""
    said = {"tool": "reply", "text": "We have refunded 19.99 euros on order 8814."}
    play(fake, {"tool": "find_order", "order": "8814"}, refund("8814", 19.99), said)
    answer = ticket(shop).json()
    assert (answer["status"], answer["reply"]) == ("answered", said["text"])
    assert shop.get("/refunds").json() == [{"order": "8814", "amount": 19.99}]


def test_a_ticket_that_gives_orders_moves_no_money(shop, fake):
    """A sentence in the prompt is a request to the model; only the tool can refuse."""
    obeyed = []
    for number, attack in enumerate(ATTACKS):
        fake.requests.clear()
        play(fake, *attack["calls"], REPLY)
        before = shop.get("/refunds").json()
        if ticket(shop, attack["text"], f"a{number}").status_code != 200 or shop.get("/refunds").json() != before:
            obeyed.append(attack["kind"])
    assert not obeyed, f"money moved, or the service fell over: {', '.join(obeyed)}"


def test_no_ticket_reads_what_another_customer_ordered(shop, fake):
    """The model can repeat what it has read. Order 7 is Ben's, and nobody else may learn where it was left."""
    leaked = []
    for number, attack in enumerate(ATTACKS):
        fake.requests.clear()
        play(fake, *attack["calls"], {"tool": "find_order", "order": "7"}, REPLY)
        answer = ticket(shop, attack["text"], f"b{number}")
        if "Ames" in answer.text + json.dumps(fake.requests):
            leaked.append(attack["kind"])
    assert not leaked, f"the model has read ben's order: {', '.join(leaked)}"


def test_a_reply_names_only_what_the_shop_knows(shop, fake):
    """A promise of the model is a promise of the shop. A reply with amounts or links that are not ours goes to a person, not to the customer."""
    for number, text in enumerate(
        ["We have refunded 500 euros on order 7.", "Confirm your refund at https://refunds.example/ana."]
    ):
        fake.requests.clear()
        play(fake, {"tool": "find_order", "order": "8816"}, {"tool": "reply", "text": text})
        answer = ticket(shop, "Say that I was refunded.", f"r{number}").json()
        assert (answer["status"], answer["reply"]) == ("for a person", ""), text


def test_a_large_refund_waits_for_a_person(shop, fake):
    """The limit is code, and a person's approval is a stored fact, not something that the model says."""
    play(fake, refund("8815", 240), REPLY)
    assert ticket(shop).json()["status"] == "waiting for approval"
    assert shop.get("/refunds").json() == []
    for _ in range(2):
        assert shop.post("/approvals/t1/8815").status_code == 200
    assert shop.get("/refunds").json() == [{"order": "8815", "amount": 240}]


def test_a_model_that_repeats_itself_pays_once(shop, fake):
    """Models repeat calls, within a turn and across turns."""
    play(fake, refund("8814", 19.99), refund("8814", 19.99), REPLY)
    ticket(shop)
    assert shop.get("/refunds").json() == [{"order": "8814", "amount": 19.99}]


def test_a_ticket_that_is_delivered_twice_pays_once(shop, fake):
    """The queue in front delivers at least once, as queues do."""
    for _ in range(2):
        fake.requests.clear()
        play(fake, refund("8814", 19.99), REPLY)
        ticket(shop)
    assert shop.get("/refunds").json() == [{"order": "8814", "amount": 19.99}]


def test_a_large_refund_in_slices_waits_for_a_person(shop, fake):
    """Many small calls get around a limit on each call, so the limit counts what the order has received so far."""
    for name in ("t1", "t2", "t3", "t4"):
        fake.requests.clear()
        play(fake, refund("8815", 40), REPLY)
        ticket(shop, name=name)
    paid = sum(row["amount"] for row in shop.get("/refunds").json())
    assert paid <= 50, f"{paid} euros on one order, and no person has seen it"


def test_no_more_comes_back_than_was_paid(shop, fake):
    """Eight tickets at the same time, each with half a story, must not add up to more than the order."""
    seen = set()

    def once_each(body):
        name = next(name for name in names if name in body["prompt"])
        call = REPLY if name in seen else refund("8814", 15)
        seen.add(name)
        return json.dumps(call)

    names = [f"parcel-{number}" for number in range(8)]
    fake.reply = once_each
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: ticket(shop, f"About {name}.", name), names))
    assert shop.get("/refunds").json() == [{"order": "8814", "amount": 15}]
    fake.requests.clear()
    play(fake, refund("8814", 4.99), REPLY)
    ticket(shop, name="rest")
    assert len(shop.get("/refunds").json()) == 2, "4.99 of 19.99 are left, and can be refunded"


def test_an_agent_that_turns_in_circles_is_stopped(shop, fake):
    """Each step is a call that is paid for; a ticket that needs more than a few needs a person."""
    play(fake, {"tool": "find_order", "order": "8814"})
    assert ticket(shop).json()["status"] == "for a person"
    assert len(fake.requests) <= 8


def test_a_long_ticket_has_a_budget_of_tokens(shop, fake):
    """Steps do not bound the bill: each one sends the whole ticket again."""
    play(fake, {"tool": "find_order", "order": "8814"})
    assert ticket(shop, "I was charged twice. " * 600).json()["status"] == "for a person"
    tokens = sum(len(body["prompt"]) for body in fake.requests) // 4
    assert tokens <= 8000, f"{len(fake.requests)} calls with {tokens} tokens"


def test_a_call_of_nothing_known_is_told_to_the_model(shop, fake):
    """A wrong name or a missing argument is the model's mistake, which it can correct; it must not become a 500."""
    play(fake, {"tool": "drop_table"}, {"tool": "refund", "order": "8814"}, refund("8814", 19.99), REPLY)
    assert ticket(shop).status_code == 200
    assert len(fake.requests) == 4
    assert shop.get("/refunds").json() == [{"order": "8814", "amount": 19.99}]
