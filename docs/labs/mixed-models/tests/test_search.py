"""What a person who searches may rely on, before, during and after the change of the embedding model."""

import json
from pathlib import Path

import numpy as np
import plugin
import pytest
from labkit import embed

#: Passages and questions of this handbook as of 2026-11-23, kept apart so that the measurements hold when it changes.
CORPUS = json.loads(Path(__file__).with_name("passages.json").read_text("utf-8"))
#: Every fortieth passage belongs to a small tenant.
PASSAGES = [
    {"id": name, "text": text, "tenant": "small" if number % 40 == 7 else "large"}
    for number, (name, text) in enumerate(CORPUS["passages"])
]
QUERIES = CORPUS["queries"]
VECTORS = embed([p["text"] for p in PASSAGES])


def exact(query, tenant=None, k=10):
    """The true neighbors, by comparing with every row."""
    scores = VECTORS @ embed([query])[0]
    order = [i for i in (-scores).argsort(kind="stable") if tenant in (None, PASSAGES[i]["tenant"])]
    return [PASSAGES[i]["id"] for i in order[:k]]


def recall(client, tenant=None):
    """The share of the true ten that the service returns, over all queries."""
    shares = []
    for query in QUERIES:
        wanted = exact(query, tenant)
        found = client.get("/search", params={"q": query} | ({"tenant": tenant} if tenant else {})).json()["ids"]
        shares.append(len({*found[:10]} & {*wanted}) / len(wanted))
    return float(np.mean(shares))


def migrate_all(client):
    """Move rows until none is left; a service that stops moving fails instead of looping forever."""
    for _ in range(5):
        if not client.post("/migrate", params={"rows": 400}).json().get("left", 0):
            return
    pytest.fail("some rows are left after five batches of 400")


@pytest.fixture
def search(tmp_path):
    """The service with all passages in it, and nothing else from an earlier test."""
    with plugin.running(plugin.FOLDER, LAB_DATA=str(tmp_path)) as client:
        client.post("/passages", json=PASSAGES)
        yield client


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """The same, for tests that only read."""
    with plugin.running(plugin.FOLDER, LAB_DATA=str(tmp_path_factory.mktemp("data"))) as client:
        client.post("/passages", json=PASSAGES)
        yield client


def test_search_finds_what_a_full_comparison_finds(loaded):
    """Nine of the true ten have to come back on average; an index that is fast and wrong raises no error."""
    assert recall(loaded) >= 0.9


def test_search_does_not_compare_with_everything(loaded):
    """The index has to save at least a third of the work, or you could delete it."""
    compared = [loaded.get("/search", params={"q": q}).json()["compared"] for q in QUERIES]
    assert np.mean(compared) <= 0.67 * len(PASSAGES)


def test_a_small_tenant_gets_as_many_results_as_a_large_one(loaded):
    """With a filter after the search, tenants with few rows get empty pages."""
    for query in QUERIES[:10]:
        assert len(loaded.get("/search", params={"q": query, "tenant": "small"}).json()["ids"]) == 10, query
    assert recall(loaded, "small") >= 0.9


def test_no_tenant_sees_passages_of_another(loaded):
    """Whatever you do for recall, the filter must hold."""
    own = {p["id"] for p in PASSAGES if p["tenant"] == "small"}
    for query in QUERIES[:10]:
        assert {*loaded.get("/search", params={"q": query, "tenant": "small"}).json()["ids"]} <= own


def test_a_migration_that_is_half_done_changes_no_result(search):
    """Vectors of two models do not share a space: a query that meets both kinds finds noise, with status 200."""
    search.post("/migrate", params={"rows": len(PASSAGES) // 2})
    assert recall(search) >= 0.9


def test_both_models_are_compared_before_the_switch(search):
    """A new model is judged by its own vectors while the old one answers; a model that is compared with itself always agrees."""
    both = search.get("/compare", params={"q": "cache"}).json()
    assert (both["new"], both["shared"]) == ([], 0), "before the migration no row has a vector of the new model"
    migrate_all(search)
    both = [search.get("/compare", params={"q": q}).json() for q in QUERIES[:10]]
    assert np.mean([found["shared"] for found in both]) >= 0.8
    answers = [search.get("/search", params={"q": q}).json() for q in QUERIES[:10]]
    assert [a["ids"] for a in answers] == [found["old"] for found in both], "reading both changes no answer"
    assert {a["model"] for a in answers} == {"embed-1"}


def test_the_switch_waits_for_the_last_row(search):
    """A row without a vector of the new model cannot be found: the switch refuses until there is none."""
    search.post("/migrate", params={"rows": 100})
    assert search.post("/switch", params={"model": "embed-2"}).status_code == 409
    assert search.get("/search", params={"q": "cache"}).json()["model"] == "embed-1"


def test_after_the_switch_query_and_rows_are_of_the_new_model(search):
    """One value switches both, so they cannot disagree, and the same value is the way back."""
    migrate_all(search)
    assert search.post("/switch", params={"model": "embed-2"}).status_code == 200
    assert recall(search) >= 0.9
    assert search.post("/switch", params={"model": "embed-1"}).json()["model"] == "embed-1"
    assert recall(search) >= 0.9


def test_what_arrives_during_the_migration_is_found_before_and_after_the_switch(search):
    """New rows are written for both models from the first day of the migration, or the newest vanish at the switch."""
    search.post("/migrate", params={"rows": 100})
    new = {"id": "new-row", "tenant": "large", "text": "Zebra crossings are repainted on Thursdays."}
    assert search.post("/passages", json=[new]).status_code == 200
    query = {"q": "When are zebra crossings repainted?", "k": 1}
    assert search.get("/search", params=query).json()["ids"] == ["new-row"]
    migrate_all(search)
    search.post("/switch", params={"model": "embed-2"})
    found = search.get("/search", params=query).json()
    assert (found["ids"], found["model"]) == (["new-row"], "embed-2")
