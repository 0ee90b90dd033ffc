"""What the invoice says, and what the model still has to know. All of it is read in the provider's own log."""

import json
from contextlib import contextmanager

import plugin
import provider as played
import pytest
from provider import BLOCK, FEWEST, tokens

#: Tokens that a service may put around the texts of a prompt: roles, names of fields, half a sentence.
AROUND = 60


@pytest.fixture(scope="module")
def server():
    server = played.Provider()
    yield server
    server.server.shutdown()


@pytest.fixture
def provider(server):
    """The provider, with an empty log and an empty cache."""
    server.calls.clear()
    server.known.clear()
    return server


@contextmanager
def replica(server, number):
    """A process of the service. Python hashes texts differently in each, as it does on your machines."""
    with plugin.running(plugin.FOLDER, LAB_BASE_URL=server.address, LAB_MODEL="", PYTHONHASHSEED=str(number)) as client:
        yield client


@pytest.fixture(scope="module")
def service(server):
    with replica(server, 1) as client:
        yield client


class Desk:
    """Sends what a run needs to a service, and finds in the provider's log what came of it."""

    def __init__(self, rng, provider, *replicas):
        self.rng, self.provider, self.replicas = rng, provider, replicas
        self.shops = {}

    def assistant(self, tools, words):
        self.common = played.assistant(self.rng, tools, words)
        self.send("/assistant", self.common)
        return self.common

    def shop(self, words):
        key = f"shop-{self.rng.getrandbits(32):x}"
        self.shops[key] = {"name": played.name(self.rng), "rules": played.prose(self.rng, words)}
        self.send(f"/shops/{key}", self.shops[key])
        return key

    def send(self, path, body):
        for client in self.replicas:
            assert client.put(path, json=body).status_code == 200, path

    def ask(self, shop, history=(), customer=None, client=None):
        question = {
            "shop": shop,
            "customer": customer or played.name(self.rng),
            "now": played.clock(self.rng),
            "question": played.prose(self.rng, 12),
            "history": list(history),
        }
        before = len(self.provider.calls)
        answer = (client or self.replicas[0]).post("/ask", json=question)
        assert answer.status_code == 200, f"/ask answers {answer.status_code}: {answer.text[:200]}"
        assert len(self.provider.calls) == before + 1, "one question is one request to the model"
        call = self.provider.calls[-1]
        assert answer.json()["answer"] == call.answer, "the customer gets another answer than the model gave"
        return question, call

    def shared(self, *texts):
        """Tokens that are the same in two prompts, if the tools and these texts come first; whole blocks of them."""
        common = len(tokens(json.dumps(self.common["tools"]))) + sum(len(tokens(text)) for text in texts)
        blocks = common // BLOCK * BLOCK
        return blocks if blocks >= FEWEST else 0


def test_a_new_shop_pays_only_for_its_own_text(service, provider, rng):
    """Instructions and tools are the same for all shops; whoever asks first has paid for everybody."""
    for _ in range(3):
        desk = Desk(rng, provider, service)
        common = desk.assistant(rng.randint(3, 12), rng.randint(700, 1400))
        desk.ask(desk.shop(100))
        least = desk.shared(common["instructions"])
        for _ in range(4):
            _, call = desk.ask(desk.shop(rng.randint(20, 400)))
            assert call.cached >= least, (
                f"{call.cached} of {call.prompt} tokens were cached, and all shops share {least}"
            )


def test_the_next_customer_of_a_shop_reads_its_rules_from_the_cache(service, provider, rng):
    """Another customer at another second asks the same shop: only the name, the time and the question are new."""
    desk = Desk(rng, provider, service)
    common = desk.assistant(rng.randint(2, 5), rng.randint(500, 800))
    for _ in range(3):
        shop = desk.shop(rng.randint(400, 900))
        desk.ask(shop)
        least = desk.shared(common["instructions"], desk.shops[shop]["rules"])
        for _ in range(3):
            _, call = desk.ask(shop)
            assert call.cached >= least, (
                f"{call.cached} of {call.prompt} tokens were cached, and the shop shares {least}"
            )


def test_another_replica_finds_the_prefix_of_the_first(service, provider, rng):
    """A balancer sends each request to another process; if each has its own order of tools, each pays alone."""
    with replica(provider, rng.randrange(2, 10_000)) as other:
        desk = Desk(rng, provider, service, other)
        common = desk.assistant(rng.randint(8, 14), rng.randint(700, 1200))
        shop = desk.shop(200)
        desk.ask(shop)
        least = desk.shared(common["instructions"])
        _, call = desk.ask(shop, client=other)
        assert call.cached >= least, (
            f"the second process: {call.cached} of {call.prompt} tokens cached, and {least} are shared"
        )


def test_tools_that_arrive_in_another_order_are_the_same_tools(service, provider, rng):
    """Plugins register when they are ready, and a library may write an object's fields in any order."""
    desk = Desk(rng, provider, service)
    common = desk.assistant(rng.randint(8, 14), rng.randint(700, 1200))
    shop = desk.shop(200)
    desk.ask(shop)
    least = desk.shared(common["instructions"])
    for _ in range(3):
        again = played.shuffled(rng, common["tools"])
        # Two plugins may bring the same tool, each in its own spelling.
        again.append(played.shuffled(rng, rng.choice(common["tools"])))
        desk.send("/assistant", common | {"tools": again})
        _, call = desk.ask(shop)
        assert call.cached >= least, f"{call.cached} of {call.prompt} tokens were cached, and {least} are the same"
        assert len(call.body["tools"]) == len(common["tools"]), "a tool that two plugins bring is one tool"


def converse(desk, shop, turns):
    """A conversation, turn by turn; gives each question with its call and the history that it was sent with."""
    history, customer = [], played.name(desk.rng)
    for _ in range(turns):
        question, call = desk.ask(shop, history, customer)
        yield question, call, list(history)
        history += [
            {"role": "user", "content": question["question"]},
            {"role": "assistant", "content": played.prose(desk.rng, desk.rng.randint(60, 120))},
        ]


def paid_again(call, question, history):
    """Whether more than the last two turns of a conversation was read at the full price."""
    new = [question["question"], *(message["content"] for message in history[-4:])]
    return call.prompt - call.cached > sum(len(tokens(text)) for text in new) + AROUND + BLOCK


def test_a_conversation_is_not_read_anew_with_each_turn(service, provider, rng):
    """What was said before is the same in the next request, as long as nothing in front of it has changed."""
    desk = Desk(rng, provider, service)
    desk.assistant(rng.randint(3, 6), rng.randint(900, 1200))
    shop = desk.shop(200)
    for number, (question, call, history) in enumerate(converse(desk, shop, 10)):
        if number:
            said = f"turn {number + 1}: {call.prompt - call.cached} of {call.prompt} tokens at the full price"
            assert not paid_again(call, question, history), said


def test_a_long_conversation_is_shortened_rarely(service, provider, rng):
    """A window that moves with each message changes what follows it each time; the limit of 24 messages has to hold."""
    desk = Desk(rng, provider, service)
    desk.assistant(rng.randint(3, 6), rng.randint(900, 1200))
    shop, again, turns = desk.shop(200), 0, 0
    for question, call, history in converse(desk, shop, rng.randint(40, 50)):
        sent = [m["content"] for m in call.body["messages"] if m["content"] in {h["content"] for h in history}]
        assert len(sent) <= 24, f"{len(sent)} messages of the conversation were sent, and 24 is the limit"
        assert sent == [message["content"] for message in history][len(history) - len(sent) :], (
            "messages in between are gone"
        )
        assert len(sent) >= min(len(history), 12), (
            f"the model sees {len(sent)} messages of {len(history)}, and 12 is the least"
        )
        if len(history) > 24:
            turns, again = turns + 1, again + paid_again(call, question, history)
    assert again <= turns / 4, f"{again} of {turns} turns of a long conversation were read at the full price"


def test_the_model_knows_all_that_it_has_to_know(service, provider, rng):
    """A cheap prompt without the date, the rules or a tool gives wrong answers; one with filler is no cheap prompt."""
    for words in (20, 150, 900):
        desk = Desk(rng, provider, service)
        common = desk.assistant(rng.randint(3, 9), words)
        shop = desk.shop(rng.randint(10, 300))
        history = [
            {"role": role, "content": played.prose(rng, 20)} for role in ("user", "assistant") * rng.randint(0, 3)
        ]
        question, call = desk.ask(shop, history)
        sent = call.body["messages"]
        system = "\n".join(message["content"] for message in sent if message["role"] in ("system", "developer"))
        assert common["instructions"] in system, "the instructions have to come as a system message"
        assert desk.shops[shop]["rules"] in system, "the rules of the shop have to come as a system message"
        for part in (question["now"], question["customer"], desk.shops[shop]["name"]):
            assert part in call.text, f"the model is not told {part}"
        assert question["question"] in next(m["content"] for m in reversed(sent) if m["role"] == "user")
        talk = [m for m in sent if m["content"] in {h["content"] for h in history}]
        assert talk == history, "the conversation has to arrive as it was, with its roles"
        tools = {tool["function"]["name"]: tool for tool in call.body["tools"]}
        assert tools == {tool["function"]["name"]: tool for tool in common["tools"]}, (
            "a tool is missing, or means something else"
        )
        needed = [*common["instructions"].split("\n"), desk.shops[shop]["rules"], question["question"], question["now"]]
        needed += [json.dumps(common["tools"]), *(message["content"] for message in history)]
        most = sum(len(tokens(text)) for text in needed) + AROUND + 6 * len(sent)
        assert call.prompt <= most, f"the prompt has {call.prompt} tokens, and what it has to hold has {most} at most"


def test_no_shop_pays_for_or_reads_the_text_of_another(service, provider, rng):
    """One prefix with the rules of all shops would be cached best of all, and one question away from a leak."""
    desk = Desk(rng, provider, service)
    desk.assistant(4, 900)
    keys = [desk.shop(rng.randint(20, 60)) for _ in range(4)]
    seen = set()
    for _ in range(12):
        key = rng.choice(keys)
        question, call = desk.ask(key)
        whole = json.dumps(call.body)
        for other in keys:
            foreign = [desk.shops[other]["name"], *desk.shops[other]["rules"].split(". ")] if other != key else []
            assert not [text for text in foreign if text in whole], (
                "a request holds the name or the rules of another shop"
            )
        assert not [customer for customer in seen if customer in whole], "a request holds the name of another customer"
        seen.add(question["customer"])


def test_a_change_counts_from_the_next_question_on(service, provider, rng):
    """Whatever a service keeps to spare tokens, yesterday's rule must not answer today's customer."""
    desk = Desk(rng, provider, service)
    desk.assistant(4, 900)
    shop = desk.shop(100)
    desk.ask(shop)
    old = desk.shops[shop]["rules"], desk.common["instructions"]
    desk.shops[shop] = {"name": played.name(rng), "rules": played.prose(rng, 100)}
    desk.send(f"/shops/{shop}", desk.shops[shop])
    desk.assistant(5, 900)
    _, call = desk.ask(shop)
    assert desk.shops[shop]["rules"] in call.text and old[0] not in call.text, (
        "the rules are those of before the change"
    )
    new = desk.common["instructions"]
    assert new in call.text and old[1] not in call.text, "the instructions are those of before the change"
    known, sent = ({tool["function"]["name"] for tool in part} for part in (desk.common["tools"], call.body["tools"]))
    assert sent == known, f"the tools are those of before the change: {sorted(sent - known)}"


def test_the_same_question_is_asked_again(service, provider, rng):
    """An answer depends on the time; a stored one is cheap, and tells the evening that the shop opens at ten."""
    desk = Desk(rng, provider, service)
    desk.assistant(4, 900)
    shop = desk.shop(100)
    body = {"shop": shop, "customer": played.name(rng), "question": played.prose(rng, 9)}
    answers = {service.post("/ask", json=body | {"now": played.clock(rng)}).json()["answer"] for _ in range(3)}
    assert len(answers) == len(provider.calls) == 3
