"""What the exported spans say, against what the provider bills. Nothing is asked of the service itself."""

import hashlib
import json
import random
import re
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import plugin
from collector import Collector
from provider import KINDS, Provider, Reply

ALIAS = "m-latest"
#: Milliseconds between two batches, unless a test wants others.
SOON = 50


@dataclass(frozen=True)
class Tenant:
    name: str
    key: str


@dataclass(frozen=True)
class Asked:
    """A question, with the trace that its spans have to be in."""

    tenant: Tenant
    question: str
    customer: str
    trace_id: str


def word(rng):
    """A word that occurs nowhere else."""
    return "".join(rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(5))


class Month:
    """A month of a service: what was asked, what the provider has billed, and which spans have arrived."""

    def __init__(self, rng, provider, collector, client):
        self.rng, self.provider, self.collector, self.client = rng, provider, collector, client
        self.unlisted, *self.models = [f"m-2026-{month:02}" for month in rng.sample(range(1, 13), 5)]
        self.asked = []
        self.new_prices()

    def new_prices(self):
        """Another price list, for the provider and for the service, which has not heard of the newest model.

        The alias has a price as well, that of no version which answers today.
        """
        rng, prices = self.rng, {}
        for model in (self.unlisted, *self.models):
            cached = rng.randint(50, 400)
            fresh = cached * rng.randint(3, 10) + rng.randrange(cached)
            prices[model] = {"input": fresh, "cached_input": cached, "output": fresh * rng.randint(3, 8)}
        prices[ALIAS] = {kind: price * 3 // 5 for kind, price in prices[self.models[0]].items()}
        self.provider.prices = prices
        # A dollar for a million tokens is 1,000 nanodollars for one.
        listed = {
            model: {kind: f"{price[kind] / 1000:.3f}" for kind in KINDS}
            for model, price in prices.items()
            if model != self.unlisted
        }
        assert self.client.put("/prices", json=listed).status_code == 200, "PUT /prices"

    def tenant(self):
        rng = self.rng
        tenant = Tenant(f"tenant-{word(rng)}", f"sk-{rng.getrandbits(96):024x}")
        answer = self.client.put(f"/tenants/{tenant.name}", json={"key": tenant.key})
        assert answer.status_code == 200, "PUT /tenants"
        return tenant

    def reply(self, words=None, **more):
        """An answer with drawn numbers of tokens, of a drawn version of the model."""
        rng = self.rng
        said = [word(rng) for _ in range(rng.randint(4, 12) if words is None else words)]
        prompt = rng.randint(1200, 20_000)
        drawn = {
            "model": rng.choice(self.models),
            "words": said,
            "prompt": prompt,
            "cached": 128 * rng.randint(1, prompt // 128),
            "reasoning": rng.randint(50, 3000),
            "each": [rng.randint(1, 40) for _ in said],
        }
        return Reply(**drawn | more)

    def empty(self):
        """An answer without a word: all that the model was allowed to write went into reasoning."""
        return self.reply(0)

    def busy(self):
        return self.reply(0, status=self.rng.choice([429, 500, 503]))

    def plan(self, tenant, *replies):
        rng = self.rng
        customer = f"{word(rng)}.{word(rng)}@{word(rng)}.example"
        question = f"{word(rng).capitalize()} {word(rng)} for {customer}, order {rng.getrandbits(40)}?"
        asked = Asked(tenant, question, customer, f"{rng.getrandbits(128):032x}")
        self.provider.planned[question] = list(replies)
        self.asked.append(asked)
        return asked

    def sent(self, asked):
        body = {"tenant": asked.tenant.name, "customer": asked.customer, "question": asked.question}
        return {"json": body, "headers": {"traceparent": f"00-{asked.trace_id}-00f067aa0ba902b7-01"}}

    def answer(self, tenant, *replies):
        """Ask for a whole answer. The replies are those of the provider, one for each time that it is asked."""
        asked = self.plan(tenant, *replies)
        self.check_answer(replies, self.client.post("/answer", **self.sent(asked)))
        return asked

    def check_answer(self, replies, answer):
        if replies[-1].status == 200 and replies[-1].words:
            assert answer.status_code == 200, f"/answer gives {answer.status_code}: {answer.text[:200]}"
            assert answer.json()["answer"] == " ".join(replies[-1].words), "the customer gets another answer"
        else:
            assert answer.status_code == 502, f"the model gave no answer, and /answer gives {answer.status_code}"

    def stream(self, tenant, reply):
        """Ask for a stream and read it, or leave it when the reply says so."""
        asked = self.plan(tenant, reply)
        heard, end = [], ""
        with self.client.stream("POST", "/stream", **self.sent(asked)) as answer:
            assert answer.status_code == 200, f"/stream gives {answer.status_code}"
            if reply.leaves != 0:
                for line in answer.iter_lines():
                    if line.startswith("event: "):
                        end = line.removeprefix("event: ")
                    elif line.startswith("data: ") and not end:
                        heard.append(json.loads(line.removeprefix("data: "))["text"].strip())
                        if len(heard) == reply.leaves:
                            break
        if reply.leaves is None:
            assert (heard, end) == (reply.words[: reply.breaks], "done" if reply.breaks is None else "failed")
        (call,) = self.calls(asked)
        assert call.closed.wait(20), "the provider still writes"
        if reply.leaves is not None:
            assert call.cut, "the customer has left, and the model writes on: the provider bills all of it"
        return asked

    def calls(self, *asked):
        """What the provider's log has for questions."""
        questions = [one.question for one in asked]
        return [call for call in self.provider.calls if call.body["messages"][-1]["content"] in questions]

    def spans(self, asked):
        return self.collector.of(asked.trace_id)

    def wait(self):
        """Ask a plain question, and wait until its spans arrive: what ended before was exported too, or never will be."""
        asked = self.answer(self.tenant(), self.reply())
        came = self.collector.wait(asked.trace_id)
        assert not self.collector.faults, self.collector.faults[0]
        assert came, "no span of a plain answer arrives, and a batch is due every OTEL_BSP_SCHEDULE_DELAY milliseconds"

    def check_contract(self):
        """Nothing was saved or added on the way: each question went to the provider as often as planned."""
        for asked in self.asked:
            assert not self.provider.planned[asked.question], (
                "the provider was asked less often than it would have taken"
            )
            for call in self.calls(asked):
                assert call.reply.status != 418, "the provider was asked once more for an answer that was there"
                assert call.key == asked.tenant.key, "a question was asked with the key of another tenant"

    def billed(self, *asked):
        """Each call that costs something, with its span. Red when a call has no span."""
        for one in asked:
            calls = self.calls(one)
            for number, call in enumerate(calls, 1):
                if not call.billed:
                    continue
                spans = [span for span in self.spans(one) if span["gen_ai.response.id"] == call.id]
                assert spans, (
                    f"no span in the trace has the gen_ai.response.id {call.id}, and the provider bills it: request "
                    f"{number} of {len(calls)} for a question, {call.reply.prompt} tokens in, {call.output} out"
                )
                assert len(spans) == 1, f"{len(spans)} spans have the gen_ai.response.id {call.id}"
                yield call, spans[0]

    def check_tokens(self, *asked):
        for call, span in self.billed(*asked):
            check(span, call, "gen_ai.usage.input_tokens", call.reply.prompt)
            check(span, call, "gen_ai.usage.output_tokens", call.output)

    def costs(self):
        """The cost on all spans, in nanodollars by tenant."""
        sums = Counter()
        for span in self.collector.spans.values():
            if (cost := span["app.cost.nano_usd"]) is not None:
                assert type(cost) is int, f"app.cost.nano_usd is {cost!r}, and money is an integer here"
                sums[span["app.tenant"]] += cost
        return sums

    def check_invoice(self):
        """The sums over the spans are the lines of the invoice, to the nanodollar."""
        invoice, costs = self.provider.invoice(), self.costs()
        for tenant in {asked.tenant.name: asked.tenant for asked in self.asked}.values():
            due, counted = invoice[tenant.key], costs[tenant.name]
            assert counted == due, (
                f"{tenant.name}: the invoice says {due / 1e9:.6f} dollars, and the spans say {counted / 1e9:.6f}"
            )
        assert sum(costs.values()) == sum(invoice.values()), "spans cost something that belongs to no tenant"


def check(span, call, attribute, value):
    found = span[attribute]
    assert found == value and type(found) is type(value), f"{attribute} of {call.id} is {found!r}, and it was {value!r}"


@contextmanager
def played(rng, *, delay=SOON, wait=True):
    """A month with a service of its own, which is stopped in order at the end of the block."""
    provider, collector = Provider(random.Random(rng.random())), Collector()
    settings = {
        "LAB_BASE_URL": provider.address, "LAB_MODEL": ALIAS,
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.address, "OTEL_BSP_SCHEDULE_DELAY": str(delay),
    }  # fmt: skip
    with plugin.running(plugin.FOLDER, **settings) as client:
        month = Month(rng, provider, collector, client)
        yield month
        if wait:
            month.wait()
    assert not collector.faults, collector.faults[0]
    month.check_contract()


def test_each_attempt_that_was_billed_has_a_span(rng):
    """A reasoning model that runs out of room is paid for, and asked again. Three attempts are three calls on the invoice."""
    with played(rng) as month:
        tenant, asked = month.tenant(), []
        for failures in (0, 1, 2):
            failed = [rng.choice([month.empty, month.busy])() for _ in range(failures)]
            asked.append(month.answer(tenant, *failed, month.reply()))
        asked.append(month.answer(tenant, month.empty(), month.empty(), month.reply()))
        asked.append(month.answer(tenant, month.empty(), month.busy(), month.empty()))
    month.check_tokens(*asked)
    for one in asked:
        spans, calls = month.spans(one), month.calls(one)
        assert len(spans) == len(calls), f"the model was asked {len(calls)} times, and {len(spans)} spans say so"
        unbilled = [span for span in spans if not span["gen_ai.response.id"]]
        failed = [call for call in calls if not call.billed]
        assert len(unbilled) == len(failed)
        for span in unbilled:
            assert span["error.type"] and not span["gen_ai.usage.input_tokens"], (
                "a refused call has a reason and no usage"
            )


def test_cached_and_reasoning_tokens_are_parts_of_the_whole(rng):
    """A cached token costs a fraction, and a reasoning token is output that nobody sees. Who adds them up pays twice."""
    with played(rng) as month:
        asked = [month.answer(month.tenant(), month.reply()) for _ in range(3)]
        asked += [month.stream(month.tenant(), month.reply()) for _ in range(2)]
    for call, span in month.billed(*asked):
        check(span, call, "gen_ai.usage.input_tokens", call.reply.prompt)
        check(span, call, "gen_ai.usage.cache_read.input_tokens", call.reply.cached)
        check(span, call, "gen_ai.usage.output_tokens", call.output)
        check(span, call, "gen_ai.usage.reasoning.output_tokens", call.reasoning)


def test_a_stream_has_the_usage_of_its_last_event(rng):
    """Half of the answers are streams. A span that ends when the stream begins knows neither tokens nor cost."""
    with played(rng) as month:
        asked = [month.stream(month.tenant(), month.reply(words)) for words in (1, rng.randint(2, 30))]
    month.check_tokens(*asked)
    for one in asked:
        (span,) = month.spans(one)
        assert span["gen_ai.request.stream"] is True, "gen_ai.request.stream says that a call was a stream"


def test_an_answer_that_was_cut_off_is_on_the_bill(rng):
    """Customers close tabs and connections break. The provider bills what it has written by then, without a last event."""
    with played(rng) as month:
        month.tenant()  # one that asks for nothing, and whose key sees nothing
        tenant, asked = month.tenant(), []
        for words in (0, 1, rng.randint(2, 6)):
            late, ahead = rng.randint(0, 2), rng.randint(0, 60)
            asked.append(month.stream(tenant, month.reply(words + 3, leaves=words, late=late, ahead=ahead)))
        for words in (0, rng.randint(1, 6)):
            asked.append(month.stream(tenant, month.reply(words + 2, breaks=words, late=2, ahead=rng.randint(0, 60))))
    month.check_tokens(*asked)
    month.check_invoice()


def test_the_model_that_answered_is_on_the_span(rng):
    """The code asks for an alias. Which version answers is the provider's choice, and each has its price, or none yet."""
    with played(rng) as month:
        tenant = month.tenant()
        asked = [month.answer(tenant, month.reply()) for _ in range(3)]
        asked += [month.stream(tenant, month.reply()), month.answer(tenant, month.empty(), month.reply())]
        unlisted = month.answer(tenant, month.reply(model=month.unlisted))
    for call, span in month.billed(*asked, unlisted):
        check(span, call, "gen_ai.response.model", call.reply.model)
        check(span, call, "gen_ai.request.model", ALIAS)
    ((_, span),) = month.billed(unlisted)
    assert span["app.cost.nano_usd"] is None, "the price list doesn't have this model, and its span has a cost"


def test_each_tenant_pays_for_its_own_calls(rng):
    """Requests of several tenants are open at the same moment; a call on the wrong tenant's bill is a quarrel with two."""
    with played(rng) as month:
        planned = [(month.plan(month.tenant(), reply), reply) for reply in (month.reply() for _ in range(4))]
        month.provider.together = threading.Barrier(len(planned))
        with ThreadPoolExecutor(len(planned)) as pool:
            answers = list(pool.map(lambda one: month.client.post("/answer", **month.sent(one[0])), planned))
        month.provider.together = None
        for (_, reply), answer in zip(planned, answers, strict=True):
            month.check_answer([reply], answer)
        other = month.tenant()
        asked = [one for one, _ in planned]
        asked += [month.answer(other, month.empty(), month.reply()), month.stream(other, month.reply())]
    for one in asked:
        assert month.spans(one)
        for span in month.spans(one):
            assert span["app.tenant"] == one.tenant.name, (
                f"app.tenant is {span['app.tenant']!r}, not {one.tenant.name!r}"
            )


def test_the_sum_of_the_spans_is_the_invoice(rng):
    """This is what accounting compares at the end of the month, tenant by tenant and to the cent."""
    with played(rng) as month:
        tenants = [month.tenant() for _ in range(3)]
        for prices in range(2):
            if prices:
                month.new_prices()
            for _ in range(8):
                tenant = rng.choice(tenants)
                drawn = rng.randrange(5)
                if drawn == 0:
                    month.answer(tenant, month.reply())
                elif drawn == 1:
                    month.answer(tenant, *rng.sample([month.empty(), month.busy()], 2), month.reply())
                elif drawn == 2:
                    month.stream(tenant, month.reply())
                elif drawn == 3:
                    month.stream(tenant, month.reply(6, leaves=rng.randrange(5), ahead=rng.randint(0, 60)))
                else:
                    month.stream(tenant, month.reply(6, breaks=rng.randrange(5), ahead=rng.randint(0, 60)))
            # So small that each costs less than a cent, and together they cost many.
            for _ in range(6):
                month.answer(tenants[0], month.reply(1, prompt=rng.randint(1, 9), cached=0, reasoning=0, each=[1]))
    month.check_invoice()


def test_spans_survive_a_graceful_stop(rng):
    """Each release stops the old process. What its exporter still holds is the money of the last seconds."""
    with played(rng, delay=60_000, wait=False) as month:
        tenant = month.tenant()
        asked = [month.answer(tenant, month.reply()), month.stream(tenant, month.reply())]
        month.collector.trouble = [rng.choice([429, 502, 503, 504])]
        asked.append(month.stream(tenant, month.reply(4, leaves=2, late=1)))
    month.check_tokens(*asked)


def test_a_collector_that_is_down_for_a_moment_costs_no_span(rng):
    """Collectors are restarted too. OTLP says which answers mean: send it again. A batch that comes twice counts once."""
    with played(rng) as month:
        tenant, asked = month.tenant(), []
        for trouble in rng.sample([429, 502, 503, 504, "reset", "lost"], 6):
            month.collector.refused.clear()
            month.collector.trouble = [trouble]
            asked.append(month.answer(tenant, month.reply()))
            assert month.collector.refused.wait(20), "no batch has been sent"
        month.wait()
        # A batch that the collector never takes must not hold up those after it.
        month.collector.refused.clear()
        poison = month.plan(tenant, month.reply())
        month.collector.poison = poison.trace_id
        assert month.client.post("/answer", **month.sent(poison)).status_code == 200
        assert month.collector.refused.wait(20), "no batch has been sent"
    month.check_tokens(*asked)
    sent = [span["gen_ai.response.id"] for span in month.collector.spans.values() if span["gen_ai.response.id"]]
    assert len(sent) == len(set(sent)), "a span that was sent again got another id, so it counts twice"


def test_no_customer_waits_for_the_collector(rng):
    """A collector that hangs is an incident of the people who watch, and not one of the people who ask."""
    with played(rng) as month:
        month.collector.gate.clear()
        tenant = month.tenant()
        month.answer(tenant, month.reply())
        assert month.collector.held.wait(20), "no batch has been sent"
        month.stream(tenant, month.reply())
        month.answer(tenant, month.reply())
        assert not month.collector.gave_up, "an answer came only after the collector had taken its spans"
        month.collector.gate.set()


def test_no_span_carries_what_a_person_said(rng):
    """Traces are kept for long and read by many. A bill needs no question, no answer, no address and no key."""
    with played(rng) as month:
        tenant = month.tenant()
        asked = [month.answer(tenant, month.reply()), month.stream(tenant, month.reply())]
        asked.append(month.stream(tenant, month.reply(4, leaves=2)))
        asked.append(month.answer(tenant, month.busy(), month.empty(), month.busy()))
        # The provider's message about a request that it refuses quotes the question.
        for path in ("/answer", "/stream"):
            refused = month.plan(tenant, month.reply(status=400))
            asked.append(refused)
            assert month.client.post(path, **month.sent(refused)).status_code == 502
    secrets = [("a tenant's key", tenant.key)]
    secrets += [("a word of an answer", said) for call in month.provider.calls for said in call.reply.words]
    for one in asked:
        secrets.append(("a customer's address", one.customer))
        for hash_of in (hashlib.md5, hashlib.sha1, hashlib.sha256):
            secrets.append(("a hash of a customer's address", hash_of(one.customer.encode()).hexdigest()))
        secrets += [("a word of a question", said) for said in re.findall(r"\w{8,}", one.question)]
    sent = "\n".join(month.collector.texts).lower()
    for what, secret in secrets:
        assert secret.lower() not in sent, f"a span carries {what}, {secret!r}"


def test_customers_get_what_they_got_before(rng):
    """Who switches off the retries, or lets the model write on for a reader who has left, changes the bill and not the trace."""
    with played(rng) as month:
        tenant = month.tenant()
        for replies in (
            [month.reply()],
            [month.busy(), month.busy(), month.reply()],
            [month.empty(), month.busy(), month.reply()],
            [month.busy(), month.empty(), month.busy()],
        ):
            asked = month.answer(tenant, *replies)
            rooms = [call.body["max_tokens"] for call in month.calls(asked)]
            empty = [sum(not reply.words and reply.status == 200 for reply in replies[:n]) for n in range(len(replies))]
            assert rooms == [rooms[0] * 2**number for number in empty], f"max_tokens were {rooms}"
        month.stream(tenant, month.reply())
        month.stream(tenant, month.reply(9, leaves=rng.randrange(9)))
        month.stream(tenant, month.reply(9, breaks=rng.randrange(9)))
        for one in month.asked:
            for call in month.calls(one):
                assert set(call.body) <= {"model", "messages", "max_tokens", "stream", "stream_options"}
                assert call.body["model"] == ALIAS, "the service asks for another model than before"
