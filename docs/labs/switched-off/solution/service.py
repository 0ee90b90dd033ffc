"""Sorts the tickets of an energy supplier with a hosted model, and moves from one model to the next with a way back."""

import json
import os
import sqlite3
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import date
from pathlib import Path
from threading import BoundedSemaphore, Thread
from typing import Any, Literal, NamedTuple

import httpx
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, NonNegativeInt

DATABASE = Path(os.environ.get("LAB_DATA", ".")) / "tickets.db"
#: Days before the end of a model in which a move to another one is urgent.
NOTICE = 30
#: Copies for the shadow that are under way at the same time, at most. What comes meanwhile is not copied.
AT_ONCE = 4

TABLES = """
pragma journal_mode = wal;
create table if not exists releases (name text primary key, parts text);
create table if not exists switches (number integer primary key, release text);
create table if not exists shadow (release text, calls integer);
create table if not exists copies (release text, language text, outcome text);
create table if not exists drifts (asked text, answered text, primary key (asked, answered));
create table if not exists tickets (
    id text primary key, language text, text text, queue text, urgent integer, release text, asked text, answered text
);
"""

provider = httpx.Client(base_url=os.environ.get("LAB_BASE_URL", "http://127.0.0.1:11434"), timeout=20, trust_env=False)
#: Wakes whoever is on call.
pager = httpx.Client(base_url=os.environ.get("LAB_PAGER", "http://127.0.0.1:11435"), timeout=5, trust_env=False)
free = BoundedSemaphore(AT_ONCE)


class Release(BaseModel):
    """What an answer depends on. A release never changes: what differs is another release."""

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
    """What came of a call: the model that answered by its own word, and what its answer says, if that can be read."""

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


def recent() -> list[str]:
    """The release that is live and the one before it, which is the way back."""
    with database() as db:
        rows = db.execute("select release from switches group by release order by max(number) desc limit 2")
        return [name for (name,) in rows]


def check_ends() -> None:
    """Say which models of the last two releases end soon, or are gone."""
    try:
        listed = provider.get("/v1/models").raise_for_status().json()["data"]
        ends = {model["id"]: model.get("shutdown_date") for model in listed}
    except (httpx.HTTPError, ValueError, LookupError, TypeError):
        alert(alert="no-list", why="the provider gives no list of models")
        return
    today = date.fromisoformat(os.environ.get("LAB_TODAY") or date.today().isoformat())
    for model in {stored(name).model for name in recent()}:
        if model not in ends:
            alert(alert="ending", model=model, days=0)
        elif ends[model] and (days := (date.fromisoformat(ends[model]) - today).days) <= NOTICE:
            alert(alert="ending", model=model, days=max(days, 0))


@app.put("/releases/{name}")
def put_release(name: str, release: Release) -> dict:
    with database() as db:
        db.execute("insert or ignore into releases values (?, ?)", (name, release.model_dump_json()))
    if stored(name) != release:
        raise HTTPException(409, f"release {name!r} has other parts: choose another name")
    return {"release": name}


@app.put("/live")
def put_live(chosen: Live) -> dict:
    """Say who answers customers from now on, on all replicas."""
    stored(chosen.release)
    with database() as db:
        db.execute("insert into switches (release) values (?)", (chosen.release,))
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
    """The first object in an answer that has the fields, whatever stands around it; nothing if there is none."""
    for start, sign in enumerate(text):
        if sign == "{":
            try:
                return Sorted.model_validate(json.JSONDecoder().raw_decode(text, start)[0], strict=True)
            except ValueError:
                continue
    return None


def ask(release: Release, text: str) -> Reply:
    """Ask a release, all of it. Without an answer, no model has answered."""
    asked = [{"role": "system", "content": release.prompt}, {"role": "user", "content": text}]
    try:
        body = {**release.settings, "model": release.model, "messages": asked}
        said = provider.post("/v1/chat/completions", json=body).raise_for_status().json()
        model, answer = str(said["model"]), str(said["choices"][0]["message"]["content"])
    except (httpx.HTTPError, ValueError, LookupError, TypeError):
        return Reply("", None)
    if model != release.model:
        report_drift(release.model, model)
    return Reply(model, read(answer))


def report_drift(asked: str, answered: str) -> None:
    """Say that another model answers to a name: once, and again as long as nobody could be told."""
    with database() as db:
        known = db.execute("select 1 from drifts where asked = ? and answered = ?", (asked, answered)).fetchone()
    if not known and alert(alert="drift", asked=asked, answered=answered):
        with database() as db:
            db.execute("insert or ignore into drifts values (?, ?)", (asked, answered))


@app.post("/tickets")
def post_ticket(ticket: Ticket) -> dict:
    name = next(iter(recent()), "")
    release = stored(name)
    with database() as db:
        known = db.execute(
            "select queue, urgent, answered from tickets where text = ? and release = ?", (ticket.text, name)
        ).fetchone()
    reply = Reply(known[2], Sorted(queue=known[0], urgent=bool(known[1]))) if known else ask(release, ticket.text)
    if reply.sorted is None:
        alert(alert="failing", model=release.model)
        raise HTTPException(502, f"{release.model} gave no usable answer")
    record(ticket, reply.sorted, name, release.model, reply.model)
    if not known:
        copy_to_shadow(ticket, reply.sorted)
    return {**reply.sorted.model_dump(), "release": name}


def record(ticket: Ticket, found: Sorted, release: str, asked: str, answered: str) -> None:
    """Put a ticket into its queue. The teams of the queues read this table."""
    row = (ticket.id, ticket.language, ticket.text, found.queue, found.urgent, release, asked, answered)
    with database() as db:
        db.execute("insert or replace into tickets values (?, ?, ?, ?, ?, ?, ?, ?)", row)


def copy_to_shadow(ticket: Ticket, live: Sorted) -> None:
    """Ask the shadow as well, without anybody waiting for it. When too many copies are under way, not at all."""
    if free.acquire(blocking=False):
        Thread(target=ask_shadow, args=(ticket, live), daemon=True).start()


def ask_shadow(ticket: Ticket, live: Sorted) -> None:
    try:
        with database() as db:
            paid = "update shadow set calls = calls - 1 where calls > 0 returning release"
            rows = db.execute(paid).fetchall()
        for (name,) in rows:
            found = ask(stored(name), ticket.text).sorted
            outcome = "failed" if found is None else "same" if found == live else "different"
            with database() as db:
                db.execute("insert into copies values (?, ?, ?)", (name, ticket.language, outcome))
    finally:
        free.release()


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
    """Ask two releases about the same cases. A case is lost when live is right about it and the candidate is not."""
    releases = [stored(run.live), stored(run.candidate)]
    replies = [[ask(release, case.text) for case in run.cases] for release in releases]
    languages: dict[str, Counter] = defaultdict(Counter)
    for case, live, candidate in zip(run.cases, *replies, strict=True):
        right, still_right = live.sorted == case.expected, candidate.sorted == case.expected
        languages[case.language].update(cases=1, live=right, candidate=still_right, lost=right and not still_right)
    regressions = [name for name, counts in languages.items() if counts["lost"] / counts["cases"] > run.allowed]
    # What another model has answered, or none, says nothing about a release.
    others = any(
        {reply.model for reply in row} != {release.model} for release, row in zip(releases, replies, strict=True)
    )
    verdict = "void" if others else "regression" if regressions else "passed"
    return {"verdict": verdict, "regressions": regressions, "languages": languages}
