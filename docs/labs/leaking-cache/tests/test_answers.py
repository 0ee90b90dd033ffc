"""What a customer may rely on, and what the shop next door may rely on.

The tests' model answers in the form of the starter: {"quote": …}.
"""

import json
import re
from pathlib import Path

import plugin
import pytest

HELP = json.loads(Path(__file__).with_name("help.json").read_text("utf-8"))
SENTENCES = [s for d in HELP["documents"] for s in re.split(r"(?<=[.!?])\s+", d["text"])]
BACK = "How long do I have to send a bike back from Germany?"


def fill(client):
    for document in HELP["documents"]:
        client.put("/documents", json=document)


def page(tenant, name):
    return next((d["text"] for d in HELP["documents"] if (d["tenant"], d["id"]) == (tenant, name)), "")


def ask(client, tenant, question):
    return client.post("/ask", json={"tenant": tenant, "question": question}).json()


def shown(body):
    """The sentences of the help pages that a prompt shows whole, in their order."""
    return [s for _, s in sorted((body["prompt"].find(s), s) for s in SENTENCES) if s in body["prompt"]]


def quoting(body, which=0):
    """A model that copies the first sentence that it was shown, or the last."""
    return json.dumps({"quote": (shown(body) or ["Nothing was shown."])[which]})


@pytest.fixture
def help_desk(fake, tmp_path):
    """The service with all help pages in it, no answer remembered, and a model that copies what it is shown."""
    fake.reply = quoting
    with plugin.running(plugin.FOLDER, LAB_DATA=str(tmp_path), LAB_BASE_URL=fake.address, LAB_MODEL="") as client:
        fill(client)
        yield client


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The same for tests that only search."""
    with plugin.running(plugin.FOLDER, LAB_DATA=str(tmp_path_factory.mktemp("data"))) as client:
        fill(client)
        yield client


def passages(client, tenant, question):
    return client.get("/search", params={"tenant": tenant, "q": question}).json()["passages"]


def test_the_sentence_that_answers_is_shown_whole(pages):
    """No model can quote what search does not return, or returns in halves: nine of ten questions must get their sentence."""
    missed = [
        (q, evidence)
        for tenant, q, evidence in HELP["questions"]
        if not any(evidence in text for text in passages(pages, tenant, q))
    ]
    total = len(HELP["questions"])
    assert len(missed) <= 0.1 * total, f"{len(missed)} of {total} are missed, first: {missed[0]}"


def test_the_sentence_that_answers_stands_first(pages):
    """A reader of three results begins with the first, and so does a small model: it has to be the right one in 85 of 100 cases."""
    late = [q for tenant, q, evidence in HELP["questions"] if evidence not in passages(pages, tenant, q)[0]]
    assert len(late) <= 0.15 * len(HELP["questions"]), f"{len(late)} of {len(HELP['questions'])} come late: {late[0]}"


def test_a_code_is_found_as_it_is_written(pages):
    """A vector of ERR-4117 is the vector of ERR-4171: for codes, search needs the letters."""
    for tenant, question, evidence in HELP["questions"]:
        if "ERR-" in question:
            first = passages(pages, tenant, question)[0]
            assert evidence in first, f"{tenant}, {question} The first passage is {first[:90]!r}"


def test_search_shows_only_pages_of_the_own_shop(pages):
    """Whatever you do for recall, the filter must hold."""
    for tenant, question, _ in HELP["questions"]:
        own = " ".join(f"{d['title']}: {d['text']}" for d in HELP["documents"] if d["tenant"] == tenant)
        for text in passages(pages, tenant, question):
            assert text.split(": ")[-1] in own, (tenant, question)


def test_an_answer_names_the_page_that_holds_it(help_desk, fake):
    """A source is evidence, not the first result of search: it has to hold the sentence."""
    fake.reply = lambda body: quoting(body, -1)
    for tenant, question, _ in HELP["questions"][:12]:
        found = ask(help_desk, tenant, question)
        assert found["answer"] and found["answer"] in page(tenant, found["source"]), f"{question} {found}"
    sentence = "A frame of 54 fits riders from 168 to 178 centimeters."
    help_desk.put("/documents", json={"tenant": "fjord", "id": "sizes", "title": "Sizes: frames", "text": sentence})
    fake.reply = lambda body: json.dumps({"quote": sentence})
    found = ask(help_desk, "fjord", "Which frame fits a rider of 170 centimeters?")
    assert (found["answer"], found["source"]) == (sentence, "sizes"), "a title may hold a colon"


def test_a_sentence_that_was_not_shown_is_no_answer(help_desk, fake):
    """Invented, from another shop, or one word that occurs everywhere: only a comparison tells."""
    other = "Tools and furniture may come back within 60 days of delivery, whatever the country."
    for quote in ("Goods may come back within 90 days of delivery.", other, "Goods", ""):
        fake.reply = lambda body, quote=quote: json.dumps({"quote": quote})
        found = ask(help_desk, "fjord", BACK)
        assert (found["answer"], found["source"]) == (None, None), (
            f"the model wrote {quote!r}, the shop has no such page"
        )
    for prose in ("30 days, I think.", '["30 days"]', '{"quote": ["30 days"]}', "{}"):
        fake.reply = lambda body, prose=prose: prose
        answer = help_desk.post("/ask", json={"tenant": "fjord", "question": BACK})
        assert (answer.status_code, answer.json().get("answer")) == (200, None), (
            f"a server without schemas wrote {prose}"
        )


def test_the_small_model_only_says_what_stands_in_a_page(pages):
    """The same with the real model: it may fail to answer, but it must not make something up."""
    for tenant, question, _ in HELP["questions"][::4]:
        found = ask(pages, tenant, question)
        assert found["answer"] is None or found["answer"] in page(tenant, found["source"]), f"{question} {found}"


def test_a_question_about_something_else_is_not_put_to_the_model(help_desk, fake):
    """Search always has a first result; whether it is about the question is for you to decide."""
    for tenant, question in HELP["unanswerable"]:
        found = ask(help_desk, tenant, question)["answer"]
        assert found is None, f"{question} {found}"
    assert fake.requests == []


def test_what_the_pages_answer_is_answered(help_desk):
    """A service that keeps silent is never wrong; nine of ten questions have to be answered."""
    answers = [ask(help_desk, tenant, question)["answer"] for tenant, question, _ in HELP["questions"]]
    assert sum(answer is not None for answer in answers) / len(answers) >= 0.9


def test_no_shop_gets_the_answer_of_another(help_desk):
    """The same question from the shop next door has an answer of its own, from a page of its own."""
    for question in ("What does ERR-4117 mean?", "I forgot my password.", "How do I close my account?"):
        first, second = ask(help_desk, "fjord", question), ask(help_desk, "meadow", question)
        own = " ".join(d["text"] for d in HELP["documents"] if d["tenant"] == "meadow")
        assert first["answer"] != second["answer"], f"{question} Both shops say: {first['answer']}"
        assert second["answer"] in own, question


def test_the_same_question_in_other_words_costs_no_call(help_desk, fake):
    """What the cache is for: six of ten pairs that mean the same have to share an answer."""
    hits = 0
    for tenant, first, second in HELP["same"]:
        ask(help_desk, tenant, first)
        before = len(fake.requests)
        hits += ask(help_desk, tenant, second)["cached"] and len(fake.requests) == before
    assert hits >= 6


def test_a_question_that_differs_in_one_word_is_asked_anew(help_desk):
    """A different code, country or number makes a different question, whatever the cosine says."""
    mixed_up = []
    for tenant, first, second in HELP["different"]:
        ask(help_desk, tenant, first)
        mixed_up += [second] if ask(help_desk, tenant, second)["cached"] else []
    assert mixed_up == [], (
        f"{len(mixed_up)} of {len(HELP['different'])} got the answer to another question: {mixed_up[0]}"
    )


def test_a_page_that_changes_changes_the_answer(help_desk, fake):
    """The deadline changed an hour ago; whoever asks now must not get the old one from the cache."""
    old = HELP["questions"][0][2]
    new = old.replace("30 days", "45 days")
    fake.reply = lambda body: json.dumps({"quote": new if new in body["prompt"] else old})
    assert ask(help_desk, "fjord", BACK)["answer"] == old
    text = page("fjord", "returns").replace(old, new)
    help_desk.put("/documents", json={"tenant": "fjord", "id": "returns", "title": "Returns", "text": text})
    assert ask(help_desk, "fjord", BACK)["answer"] == new, "the answer is still that of the old page"


def test_a_page_that_changes_while_the_model_writes_is_not_remembered_as_it_was(help_desk, fake):
    """This customer may hear the old deadline, the next one must not: the answer comes too late to be stored."""
    old = HELP["questions"][0][2]
    new = old.replace("30 days", "45 days")
    text = page("fjord", "returns").replace(old, new)

    def meanwhile(body):
        fake.reply = lambda body: json.dumps({"quote": new})
        put = {"tenant": "fjord", "id": "returns", "title": "Returns", "text": text}
        help_desk.put("/documents", json=put, timeout=10)
        return json.dumps({"quote": old})

    fake.reply = meanwhile
    ask(help_desk, "fjord", BACK)
    assert ask(help_desk, "fjord", BACK).get("answer") == new, (
        "an answer from the old page was stored after the page had changed"
    )


def test_an_answer_is_not_kept_for_ever(fake, tmp_path):
    """What no event invalidates has to expire: with a lifetime of zero nothing is served twice."""
    fake.reply = quoting
    settings = {"LAB_DATA": str(tmp_path), "LAB_BASE_URL": fake.address, "LAB_MODEL": "", "CACHE_TTL": "0"}
    with plugin.running(plugin.FOLDER, **settings) as client:
        fill(client)
        hits = [ask(client, "fjord", BACK)["cached"] for _ in range(2)]
        assert hits == [False, False], "with CACHE_TTL=0 the second answer came from the cache"


def test_a_failure_is_neither_an_answer_nor_remembered(help_desk, fake):
    """A model that was down for a second must not be down for an hour."""
    fake.reply = lambda body: (500, {}, "{}")
    assert help_desk.post("/ask", json={"tenant": "fjord", "question": BACK}).status_code == 503
    fake.reply = quoting
    assert ask(help_desk, "fjord", BACK)["answer"] == HELP["questions"][0][2]
