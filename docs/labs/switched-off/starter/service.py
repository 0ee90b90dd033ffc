"""Sorts the tickets of an energy supplier with a hosted model. It was moved to the next model in time, and all is green."""

import os
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple

import httpx
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, NonNegativeInt

DATABASE = Path(os.environ.get("LAB_DATA", ".")) / "tickets.db"

TABLES = """
pragma journal_mode = wal;
create table if not exists releases (name text primary key, parts text);
create table if not exists shadow (release text, calls integer);
create table if not exists copies (release text, language text, outcome text);
create table if not exists tickets (
    id text primary key, language text, text text, queue text, urgent integer, release text, asked text, answered text
);
"""

provider = httpx.Client(base_url=os.environ.get("LAB_BASE_URL", "http://127.0.0.1:11434"), timeout=20, trust_env=False)
#: Wakes whoever is on call.
pager = httpx.Client(base_url=os.environ.get("LAB_PAGER", "http://127.0.0.1:11435"), timeout=5, trust_env=False)
#: What answers customers at the moment.
live = {"release": "", "model": "", "prompt": "", "settings": {}}


class Release(BaseModel):
    """A version of the assistant. Its prompt and settings come with the build, its model with the switch."""

    model: str
    prompt: str
    settings: dict[str, Any] = {}


class Live(BaseModel):
    """The release that answers customers."""

    release: str


class Shadow(BaseModel):
    """A release that is asked what customers ask, so many times in all, and whose answers nobody gets."""

    release: str
    calls: NonNegativeInt


class Ticket(BaseModel):
    """What a customer wrote."""

    id: str
    language: str
    text: str


class Sorted(BaseModel):
    """Who works on a ticket, and whether tonight."""

    queue: Literal["outage", "meter", "billing", "move", "general"]
    urgent: bool


class Case(BaseModel):
    """A ticket of the golden set, with what a person found right."""

    language: str
    text: str
    expected: Sorted


class Comparison(BaseModel):
    """Two releases, the cases, and the share of a language's cases that may get lost."""

    live: str
    candidate: str
    cases: list[Case]
    allowed: float


class Reply(NamedTuple):
    """What came of a call: the model, and what its answer says, if there is one."""

    model: str
    sorted: Sorted | None


@contextmanager
def database() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(DATABASE, timeout=30)) as connection, connection:
        connection.execute("pragma synchronous = normal")
        yield connection


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    with database() as db:
        db.executescript(TABLES)
    check_ends()
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/health")
def health() -> dict:
    return {"status": "ok"}


def alert(**what: Any) -> bool:
    """Tell whoever is on call; whether that has worked."""
    try:
        return pager.post("/alerts", json=what).is_success
    except httpx.HTTPError:
        return False


def stored(name: str) -> Release:
    with database() as db:
        row = db.execute("select parts from releases where name = ?", (name,)).fetchone()
    if row is None:
        raise HTTPException(404, f"there is no release {name!r}")
    return Release.model_validate_json(row[0])


def check_ends() -> None:
    """Say when the provider no longer has the model that answers customers."""
    try:
        listed = provider.get("/v1/models").raise_for_status().json()["data"]
        names = {model["id"] for model in listed}
    except (httpx.HTTPError, ValueError, LookupError, TypeError):
        alert(alert="no-list", why="the provider gives no list of models")
        return
    if live["model"] and live["model"] not in names:
        alert(alert="ending", model=live["model"], days=0)


@app.put("/releases/{name}")
def put_release(name: str, release: Release) -> dict:
    with database() as db:
        db.execute("insert or replace into releases values (?, ?)", (name, release.model_dump_json()))
    live.update(prompt=release.prompt, settings=release.settings)
    return {"release": name}


@app.put("/live")
def put_live(chosen: Live) -> dict:
    """Say who answers customers from now on. Going back is the same request with the name of the old release."""
    live.update(release=chosen.release, model=stored(chosen.release).model)
    check_ends()
    return {"live": chosen.release}


@app.put("/shadow")
def put_shadow(chosen: Shadow) -> dict:
    stored(chosen.release)
    with database() as db:
        db.execute("delete from shadow")
        db.execute("insert into shadow values (?, ?)", (chosen.release, chosen.calls))
    return {"shadow": chosen.release}


def read(text: str) -> Sorted | None:
    """The fields of an answer. What can't be read is for the people who look through "general"."""
    found = re.search(r"```json\s*(.*?)\s*```", text, re.DOTALL)
    try:
        return Sorted.model_validate_json(found[1] if found else text)
    except ValueError:
        return Sorted(queue="general", urgent=False)


def ask(model: str, text: str) -> Reply:
    asked = [{"role": "system", "content": live["prompt"]}, {"role": "user", "content": text}]
    try:
        body = {**live["settings"], "model": model, "messages": asked}
        said = provider.post("/v1/chat/completions", json=body).raise_for_status().json()
        return Reply(model, read(str(said["choices"][0]["message"]["content"])))
    except (httpx.HTTPError, ValueError, LookupError, TypeError):
        return Reply(model, None)


@app.post("/tickets")
def post_ticket(ticket: Ticket) -> dict:
    name, model = live["release"], live["model"]
    with database() as db:
        known = db.execute("select queue, urgent, answered from tickets where text = ?", (ticket.text,)).fetchone()
    reply = Reply(known[2], Sorted(queue=known[0], urgent=bool(known[1]))) if known else ask(model, ticket.text)
    if reply.sorted is None:
        alert(alert="failing", model=model)
        raise HTTPException(502, f"{model} gave no usable answer")
    record(ticket, reply.sorted, name, model, reply.model)
    if not known:
        copy_to_shadow(ticket, reply.sorted)
    return {**reply.sorted.model_dump(), "release": name}


def record(ticket: Ticket, found: Sorted, release: str, asked: str, answered: str) -> None:
    """Put a ticket into its queue. The teams of the queues read this table."""
    row = (ticket.id, ticket.language, ticket.text, found.queue, found.urgent, release, asked, answered)
    with database() as db:
        db.execute("insert or replace into tickets values (?, ?, ?, ?, ?, ?, ?, ?)", row)


def copy_to_shadow(ticket: Ticket, answered: Sorted) -> None:
    """Ask the shadow as well, and note how its answer differs."""
    with database() as db:
        rows = db.execute("select release from shadow where calls > 0").fetchall()
    for (name,) in rows:
        model = stored(name).model
        found = ask(model, ticket.text).sorted
        outcome = "failed" if found is None else "same" if found == answered else "different"
        if found:
            record(ticket, found, name, model, model)
        with database() as db:
            db.execute("insert into copies values (?, ?, ?)", (name, ticket.language, outcome))
            db.execute("update shadow set calls = calls - 1")


@app.get("/shadow")
def get_shadow() -> dict:
    """What has come of the copies, by language."""
    languages: dict[str, dict] = defaultdict(lambda: {"same": 0, "different": 0, "failed": 0})
    with database() as db:
        rows = db.execute(
            "select language, outcome, count(*) from copies join shadow using (release) group by language, outcome"
        )
        for language, outcome, count in rows:
            languages[language][outcome] = count
    return {"languages": languages}


@app.post("/comparisons")
def compare(run: Comparison) -> dict:
    """Ask two releases about the same cases, and compare how often they are right."""
    models = [stored(run.live).model, stored(run.candidate).model]
    replies = [[ask(model, case.text) for case in run.cases] for model in models]
    languages: dict[str, Counter] = defaultdict(Counter)
    for case, live, candidate in zip(run.cases, *replies, strict=True):
        right, still_right = live.sorted == case.expected, candidate.sorted == case.expected
        languages[case.language].update(cases=1, live=right, candidate=still_right)
    total = sum(languages.values(), Counter())
    verdict = "regression" if (total["live"] - total["candidate"]) / total["cases"] > run.allowed else "passed"
    return {"verdict": verdict, "regressions": [], "languages": languages}
