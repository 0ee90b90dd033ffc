"""What a person who searches may rely on, before, during and after the change of the embedding model.

Passages, tenants and questions are drawn anew for each run, and what the service finds is compared with a full scan.
"""

from contextlib import contextmanager

import numpy as np
import plugin
import pytest
from corpus import Corpus


@pytest.fixture(scope="module")
def corpus():
    return Corpus(plugin.seeded("corpus"))


@contextmanager
def serving(folder):
    """The service with its data in a folder."""
    with plugin.running(plugin.FOLDER, LAB_DATA=str(folder)) as client:
        yield client


@pytest.fixture
def search(tmp_path, corpus):
    """The service with all passages in it, and nothing else from an earlier test."""
    with serving(tmp_path) as client:
        client.post("/passages", json=corpus.passages)
        yield client


@pytest.fixture(scope="module")
def loaded(tmp_path_factory, corpus):
    """The same, for tests that only read."""
    with serving(tmp_path_factory.mktemp("data")) as client:
        client.post("/passages", json=corpus.passages)
        yield client


def answer(client, query, k=10, tenant=None):
    return client.get("/search", params={"q": query, "k": k} | ({} if tenant is None else {"tenant": tenant})).json()


def ids(client, query, k=10, tenant=None):
    return answer(client, query, k, tenant)["ids"]


def recall(client, corpus, model="embed-1", k=10, tenant=None):
    """The share of the true neighbors that the service returns, over all queries."""
    shares = []
    for query in corpus.queries:
        wanted = corpus.exact(query, model, tenant)[:k]
        shares.append(len({*ids(client, query, k, tenant)[:k]} & {*wanted}) / len(wanted))
    return float(np.mean(shares))


def assert_saves_work(client, corpus, model):
    """Asked for as many results as there are passages, an index returns every row that it compared, and no other."""
    shares, exact = [], 0
    for query in corpus.queries:
        found = answer(client, query, len(corpus.passages))
        names = found["ids"]
        assert len({*names}) == len(names) == found["compared"], (
            f"{found['compared']} rows were compared, it says, and {len(names)} come back when all are asked for"
        )
        shares.append(len(names) / len(corpus.passages))
        exact += {*names} == {*corpus.exact(query, model)[: len(names)]}
    assert np.mean(shares) <= 0.75, f"{100 * np.mean(shares):.0f} percent of the passages are compared"
    assert exact < len(corpus.queries) / 2, "what is left out is always what is farthest, which only a full scan knows"


def migrate(client, rows):
    """Move the next rows; gives how many are left."""
    return client.post("/migrate", params={"rows": rows}).json().get("left")


def migrate_all(client):
    """Move rows until none is left; a service that stops moving fails instead of looping forever."""
    for _ in range(5):
        if migrate(client, 400) == 0:
            return
    pytest.fail("/migrate has not answered with 0 in `left` after five batches of 400")


def switch(client, model):
    return client.post("/switch", params={"model": model}).status_code


def test_search_finds_what_a_full_comparison_finds(loaded, corpus):
    """Nine of the true ten have to come back on average; an index that is fast and wrong raises no error."""
    assert recall(loaded, corpus) >= 0.9
    for k in (1, 5, 20):
        assert recall(loaded, corpus, k=k) >= 0.85, f"of the nearest {k}"


def test_search_does_not_compare_with_everything(loaded, corpus):
    """The index has to save at least a quarter of the work, or you could delete it."""
    assert_saves_work(loaded, corpus, "embed-1")


def test_a_small_tenant_gets_as_many_results_as_a_large_one(loaded, corpus):
    """With a filter after the search, tenants with few rows get empty pages."""
    for tenant, size in corpus.tenants.items():
        for k in (1, 5, 10, size):
            for query in corpus.queries[::4]:
                found = ids(loaded, query, k, tenant)
                assert len(found) == min(k, size), f"{len(found)} of {min(k, size)} for {tenant} with {size} passages"
            assert recall(loaded, corpus, k=k, tenant=tenant) >= 0.9


def test_no_tenant_sees_passages_of_another(loaded, corpus):
    """Whatever you do for recall, the filter must hold, also for a name that is new, empty, or half of another."""
    for tenant in (*corpus.tenants, next(iter(corpus.tenants))[:-1], "%", "nobody", ""):
        own = {*corpus.ids(tenant)}
        for query in corpus.queries[::4]:
            assert {*ids(loaded, query, 20, tenant)} <= own, f"{tenant!r} sees passages of others"


def test_a_migration_that_is_half_done_changes_no_result(search, corpus, rng):
    """Vectors of two models do not share a space: a query that meets both kinds finds noise, with status 200."""
    before = [ids(search, query) for query in corpus.queries]
    for rows in (1, rng.randint(100, 300)):
        migrate(search, rows)
        assert recall(search, corpus) >= 0.9, f"after {rows} more rows have moved"
        assert [ids(search, query) for query in corpus.queries] == before, "other results, and nobody has switched"
    for tenant in corpus.tenants:
        assert recall(search, corpus, tenant=tenant) >= 0.9


def test_both_models_are_compared_before_the_switch(search, corpus):
    """A new model is judged by its own vectors while the old one answers; a model that is compared with itself always agrees."""
    both = search.get("/compare", params={"q": corpus.queries[0]}).json()
    assert (both["new"], both["shared"]) == ([], 0), "before the migration no row has a vector of the new model"
    migrate_all(search)
    for k in (5, 10):
        found = {"old": [], "new": []}
        for query in corpus.queries:
            both = search.get("/compare", params={"q": query, "k": k}).json()
            for side, model in (("old", "embed-1"), ("new", "embed-2")):
                wanted = corpus.exact(query, model)[:k]
                found[side].append(len({*both[side]} & {*wanted}) / k)
            assert both["shared"] == pytest.approx(len({*both["old"]} & {*both["new"]}) / k), both
            now = answer(search, query, k)
            assert (now["ids"], now["model"]) == (both["old"], "embed-1"), "reading both changes no answer"
        for side, shares in found.items():
            assert np.mean(shares) >= 0.85, f"{side}: {np.mean(shares):.2f} of the neighbors that this model has"


def test_the_switch_waits_for_the_last_row(search, corpus, rng):
    """A row without a vector of the new model cannot be found: the switch refuses until there is none."""
    count = len(corpus.passages)
    assert switch(search, "embed-2") == 409, "nothing has moved"
    first = rng.randint(50, 200)
    assert migrate(search, first) == count - first
    assert switch(search, "embed-2") == 409, f"{first} of {count} rows have moved"
    assert migrate(search, count - first - 1) == 1
    assert switch(search, "embed-2") == 409, "one row is missing"
    assert answer(search, corpus.queries[0])["model"] == "embed-1"
    assert recall(search, corpus) >= 0.9
    assert 400 <= switch(search, f"embed-{rng.randint(3, 99)}") < 500, "a model that nobody has"
    assert migrate(search, 1) == 0
    assert switch(search, "embed-2") == 200
    assert recall(search, corpus, "embed-2") >= 0.9


def test_after_the_switch_query_and_rows_are_of_the_new_model(search, corpus):
    """One value switches both, so they cannot disagree, and the same value is the way back."""
    ids(search, corpus.queries[0])  # an index or a query that is kept from here must not answer later
    migrate_all(search)
    for model in ("embed-2", "embed-1", "embed-2"):
        assert switch(search, model) == 200
        assert answer(search, corpus.queries[0])["model"] == model
        assert recall(search, corpus, model) >= 0.9, f"judged by the neighbors that {model} has"
        for tenant in corpus.tenants:
            assert recall(search, corpus, model, tenant=tenant) >= 0.9, f"{tenant}, {model}"
    assert_saves_work(search, corpus, "embed-2")


def test_a_restart_loses_neither_the_switch_nor_what_has_moved(tmp_path, corpus):
    """A migration lasts for days, and no process does."""
    with serving(tmp_path) as client:
        client.post("/passages", json=corpus.passages)
        left = migrate(client, 150)
    with serving(tmp_path) as client:
        assert answer(client, corpus.queries[0])["model"] == "embed-1"
        assert recall(client, corpus) >= 0.9
        assert migrate(client, 100) == left - 100, "rows that had moved are moved again"
        migrate_all(client)
        assert switch(client, "embed-2") == 200
    with serving(tmp_path) as client:
        assert answer(client, corpus.queries[0])["model"] == "embed-2"
        assert recall(client, corpus, "embed-2") >= 0.9


#: Passages about what no other passage is about.
WHO = ["Zebra crossings", "Lighthouse lamps", "Ferry timetables", "Beehives", "Church organs", "Vineyards"]
WHAT = ["are repainted", "are inspected", "are photographed", "are counted", "are insured"]
WHEN = ["on Thursdays", "every spring", "before sunrise", "after heavy rain", "twice a decade"]


def test_what_arrives_during_the_migration_is_found_before_and_after_the_switch(search, corpus, rng):
    """New rows are written for both models from the first day of the migration, or the newest vanish at the switch."""
    news = [f"{who} {rng.choice(WHAT)} {rng.choice(WHEN)}." for who in rng.sample(WHO, 5)]
    first = migrate(search, 200)
    assert first, "some rows are left"
    by_name = sorted(passage["id"] for passage in corpus.passages)
    # A new row, one that has probably moved with a new text, one that has not, and two that the switch will have behind it.
    names = ["new-row", by_name[0], by_name[-1], "later", "last"]
    rows = [{"id": name, "tenant": "nobody", "text": text} for name, text in zip(names, news, strict=True)]

    def first_found(count):
        return [ids(search, row["text"], 1) for row in rows[:count]]

    assert search.post("/passages", json=rows[:3]).status_code == 200
    assert first_found(3) == [[name] for name in names[:3]]
    migrate_all(search)
    assert search.post("/passages", json=[rows[3]]).status_code == 200
    assert switch(search, "embed-2") == 200, "what arrives when all have moved has a vector of both models"
    assert first_found(4) == [[name] for name in names[:4]]
    assert search.post("/passages", json=[rows[4]]).status_code == 200
    assert first_found(5) == [[name] for name in names]
    assert answer(search, news[0])["model"] == "embed-2"
    assert switch(search, "embed-1") == 200, "there is a way back"
    assert first_found(5) == [[name] for name in names], "what arrived after the switch is found after the way back"
