"""Assessment, planner and progress: the pure modules by hand-worked cases and random ones, the views as a reader uses them."""

from __future__ import annotations

import gzip
import io
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from dateutil import tz
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from pypdf import PdfReader

from macros.site.assets import SCRIPTS, own_files
from support.axe_rules import violations
from support.missing import is_missing
from support.serving import NOT_READY, SUBPATH
from support.sitebuild import ROOT

# The tools count with this handbook's hours and names.
pytestmark = pytest.mark.this_handbook

KB = 1024
DEVICES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 900}}
#: The key of the notes, as docs/assets/javascripts/lib/page.js makes it from the site's address.
KEY = f"handbook {SUBPATH}"


@pytest.fixture(scope="module")
def page(browser: Browser, served: str) -> Iterator[Page]:
    """A page on which modules are imported; it has no tool of its own."""
    with browser.new_context(service_workers="block") as context:
        page = context.new_page()
        page.goto(served + "404.html")
        yield page


def _run(page: Page, body: str, argument: Any = None) -> Any:
    """The body of an async function that sees the pure modules as `plan`, `state`, `calendar`, and the data as `course`."""
    imports = "".join(
        f"const {name} = await import('{SUBPATH}{SCRIPTS}/lib/{name}.js');" for name in ("plan", "state", "calendar")
    )
    course = f"const course = await (await import('{SUBPATH}assets/javascripts/lib/page.js')).data();"
    return page.evaluate(f"async (given) => {{ {imports} {course} {body} }}", argument)


# ---------------------------------------------------------------------------------------------------------
# The plan


#: One topic of 5, 10 and 20 hours, and a project of 2, 4 and 8 that is worked on after it.
SMALL = """const small = {pace: 10, months: [3, 6], role: 4, specializations: [],
  phases: [{id: 'p', title: 'P', at: 'p/', weeks: [{topics: ['t'], project: 4}]}],
  topics: {t: {title: 'T', at: 't/', phase: 'p', core: true, hours: [5, 10, 20], requires: [], skill: null}},
  projects: {b: {title: 'B', at: 'b/', phase: 'p', hours: [2, 4, 8]}}};
  const settings = {hours: 10, days: [1, 2, 3, 4, 5], away: [], target: '', known: {}, done: new Set(), ticked: new Set(),
    ...given, start: plan.day(given.start), away: plan.ranges(given.away ?? [])};
  const found = plan.plan(small, settings);
  return {ends: found.ends.map((end) => end === null ? null : plan.iso(end)), hours: found.hours,
    spans: found.spans.map((s) => [s.id, plan.iso(s.first), plan.iso(s.last), s.hours])};"""

#: settings; ends at least, likely and most hours; worked on a calendar by hand
BY_HAND: list[tuple[dict[str, Any], list[str | None]]] = [
    # Two hours on each of five days: 7, 14 and 28 hours take 4, 7 and 14 days of study.
    ({"start": "2026-11-23"}, ["2026-11-26", "2026-12-01", "2026-12-10"]),
    # The same from a Saturday: nothing happens before Monday.
    ({"start": "2026-11-21"}, ["2026-11-26", "2026-12-01", "2026-12-10"]),
    # A leap day is a day of study like any other (2028-02-29 is a Tuesday).
    ({"start": "2028-02-29"}, ["2028-03-03", "2028-03-08", "2028-03-17"]),
    # Away over the turn of the year, both days included.
    ({"start": "2026-12-21", "away": [["2026-12-24", "2027-01-03"]]}, ["2027-01-04", "2027-01-07", "2027-01-18"]),
    # Clocks change on 2027-03-28 in Europe: a week is still a week.
    ({"start": "2027-03-22"}, ["2027-03-25", "2027-03-30", "2027-04-08"]),
    # What can be explained takes half: 4.5, 9 and 18 hours.
    ({"start": "2026-11-23", "known": {"t": 1}}, ["2026-11-25", "2026-11-27", "2026-12-03"]),
    ({"start": "2026-11-23", "known": {"t": 2, "b": 2}}, [None, None, None]),
    ({"start": "2026-11-23", "days": [6], "hours": 1}, ["2027-01-09", "2027-02-27", "2027-06-05"]),
]


@pytest.mark.parametrize(("settings", "ends"), BY_HAND, ids=[str(i) for i in range(len(BY_HAND))])
def test_a_plan_ends_where_a_calendar_says(settings: dict[str, Any], ends: list[str | None], page: Page) -> None:
    assert _run(page, SMALL, settings)["ends"] == ends


def test_a_day_belongs_to_what_is_learned_on_it(page: Page) -> None:
    found = _run(page, SMALL, {"start": "2026-11-23"})
    assert found["hours"] == [7, 14, 28]
    assert found["spans"] == [["t", "2026-11-23", "2026-11-27", 10], ["b", "2026-11-30", "2026-12-01", 4]]


#: A fixed sequence of numbers, so that a failure comes again.
RANDOM = """let seed = 7; const random = (n) => { seed = (seed * 1103515245 + 12345) % 2147483648; return Math.floor(seed / 65536) % n; };
  const some = (list) => list[random(list.length)];"""


def test_no_plan_breaks_the_order_loses_an_hour_or_works_on_a_day_off(page: Page) -> None:
    faults = _run(
        page,
        RANDOM
        + """const faults = []; const topics = Object.keys(course.topics); const all = {...course.topics, ...course.projects};
  for (let run = 0; run < 400; run++) {
    const start = plan.day(some(['2026-11-23', '2028-02-29', '2027-12-31', '2027-03-27', '2026-10-24'])) + random(8);
    const days = [0, 1, 2, 3, 4, 5, 6].filter(() => random(2)); if (!days.length) days.push(random(7));
    const away = Array.from({length: random(4)}, () => { const first = start + random(300); return [first, first + random(40)]; });
    const known = {}; for (const id of topics) { const level = random(6); if (level === 1 || level === 2) known[id] = level; }
    const done = new Set(Object.keys(all).filter(() => random(8) === 0));
    const target = some(['', ...course.specializations.map((s) => s.id)]);
    const began = random(2) ? start - random(200) : undefined;
    const length = some([undefined, undefined, 0.5, 1, 1.5, 2, 2.5, 3, 4, 6]);
    const settings = {hours: 1 + random(119) / 2, start, began, days, away, known, done, ticked: new Set(), target, length,
      time: some([undefined, '06:30']), calendar: some([undefined, 'days', 'floating'])};
    const found = plan.plan(course, settings);
    const fault = (text) => faults.push(`${run}: ${text}: ${plan.toFragment(settings)}`);
    if (!found.whole) fault('has no end');
    const near = (a, b) => Math.abs(a - b) < 1e-4;
    const sum = (list) => list.reduce((s, e) => s + e.hours, 0);
    const spans = new Map(found.spans.map((s) => [s.id, s]));
    if (![found.weeks, found.spans, found.blocks].every((list) => near(sum(list), found.hours[1]))) fault('hours do not add up');
    for (const part of plan.left(course, settings)) if (!near(spans.get(part.id)?.hours, part.hours[1])) fault(`hours of ${part.id}`);
    // A reader sits down for an hour or more, or for what a session or the whole thing takes.
    const each = plan.sessions(settings), longest = Math.max(...each.values());
    for (const [i, block] of found.blocks.entries()) {
      const { hours } = spans.get(block.id);
      const cut = Math.ceil(hours / longest - 1e-6);
      const least = Math.min(1, longest, hours);
      if (block.hours < Math.min(least, hours / cut) - 1e-4) fault(`a block of ${block.hours} of ${block.id}`);
      if (block.hours < least - 1e-4 && cut * least <= hours + 1e-4) fault(`${block.id} could be cut into longer blocks`);
      if (block.at + block.hours > each.get(plan.weekday(block.day)) + 1e-4) fault('a session is too long');
      const before = found.blocks[i - 1];
      if (before && before.day === block.day && !near(before.at + before.hours, block.at)) fault('a hole in a session');
    }
    // Nothing is begun before the last thing is done, so no week goes back and forth, and no build is torn.
    const runs = found.blocks.map((b) => b.id).filter((id, i, ids) => id !== ids[i - 1]);
    if (new Set(runs).size !== runs.length) fault('back and forth');
    for (const [id, project] of Object.entries(course.projects)) {
      const after = runs.indexOf(id);
      if (after >= 0 && runs.slice(after).some((other) => course.topics[other]?.phase === project.phase)) fault(`${id} before what it needs`);
    }
    if (found.weeks.some((w) => w.hours > settings.hours + 1e-4 || !near(w.hours, sum(w.entries)))) fault('a week holds too much');
    const wanted = new Set(plan.parts(course, target).map((p) => p.id).filter((id) => !done.has(id) && known[id] !== 2));
    if (wanted.size !== spans.size || [...wanted].some((id) => !spans.has(id))) fault('something is left out');
    for (const [id, span] of spans) {
      for (const day of [span.first, span.last]) {
        if (day < start || !days.includes(plan.weekday(day)) || away.some(([a, b]) => day >= a && day <= b)) fault(id + ' on a day off');
      }
      for (const before of course.topics[id]?.requires ?? []) if (spans.has(before) && spans.get(before).last > span.first) fault(`${id} before ${before}`);
    }
    const phases = plan.phases(course, found);
    phases.forEach((phase, i) => { if (i && phase.first < phases[i - 1].last) fault('phases overlap'); });
    const [soon, likely, late] = found.ends;
    if (!(soon <= likely && likely <= late)) fault('ends out of order');
    const back = plan.fromFragment(plan.toFragment(settings), course, {});
    if (back.problems.length || plan.toFragment({...settings, began: undefined, away: [], target: '', ...back.settings}) !== plan.toFragment(settings)) fault('the address says something else');
    const enough = plan.hoursFor(course, settings, late ?? start);
    if (late && (!enough || plan.schedule(course, {...settings, hours: enough, length: undefined}, 1).end > late)) fault('hours that do not suffice');
  }
  return faults;""",
    )
    assert faults == []


@pytest.mark.parametrize("zone", ["Pacific/Apia", "Europe/Berlin", "America/St_Johns"])
def test_a_plan_is_the_same_in_every_time_zone(zone: str, browser: Browser, served: str) -> None:
    with browser.new_context(service_workers="block", timezone_id=zone) as context:
        page = context.new_page()
        page.goto(served + "404.html")
        assert _run(page, SMALL, {"start": "2027-03-22"})["ends"] == ["2027-03-25", "2027-03-30", "2027-04-08"]


def test_an_address_from_an_older_or_a_damaged_source_gives_what_it_can(page: Page) -> None:
    found = _run(
        page,
        """const {settings, problems} = plan.fromFragment(given, course, {"old-embeddings": "embeddings"});
  return {...settings, known: settings.known, done: [...settings.done], problems};""",
        "hours=99&start=2027-02-29&days=127&target=area-nothing&shipped=old-embeddings.gone&explained=__proto__&away=2027-01-05_2027-01-01",
    )
    assert found == {
        "known": {"embeddings": 2},
        "done": [],
        "ticked": {},
        "problems": ["hours", "start", "days", "away", "target", "__proto__", "gone"],
    }


# ---------------------------------------------------------------------------------------------------------
# The calendar file


#: A plan with agents over both changes of clocks, and what its calendar file says: what is given changes its settings.
ICS = f"""const files = await import('{SUBPATH}{SCRIPTS}/planner/files.js');
  const settings = {{hours: 6, start: plan.day('2026-10-19'), days: [1, 3, 6], away: [[plan.day('2026-12-21'), plan.day('2027-01-03')]],
    target: 'area-agents', known: {{}}, done: new Set(), ticked: new Set(), ...given.settings}};
  if (given.start) settings.start = plan.day(given.start);
  const found = plan.plan({{...course, ...given.course}}, settings);
  const text = files.ics({{...course, ...given.course}}, settings, found, new Date(Date.UTC(2026, 9, 19, 12, given.minute ?? 0)), given.zone ?? 'Europe/Berlin');
  const blocks = found.blocks.map((b) => [b.id, plan.iso(b.day), b.at, b.hours]);"""

#: A session of two hours at seven in the evening.
EVENING, TWO_HOURS = time(19), timedelta(hours=2)


def _calendar(page: Page, **given: Any) -> str:
    return _run(page, f"{ICS} return text;", given)


def _sessions(text: str) -> list[icalendar.Event]:
    return [event for event in icalendar.Calendar.from_ical(text).events if not _is_check(event)]


def _is_check(event: icalendar.Event) -> bool:
    return "-check@" in event["UID"]


def test_the_calendar_file_holds_the_sessions_of_the_plan(page: Page, checked: tuple) -> None:
    text, blocks = _run(page, f"{ICS} return [text, blocks];", {})
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    assert "VALARM" not in text
    sessions = _sessions(text)
    assert len(sessions) == len(blocks) > 100
    for event, (topic, day, at, hours) in zip(sessions, blocks, strict=True):
        start = event["DTSTART"].dt
        assert start.date() == date.fromisoformat(day)
        assert start.weekday() in (0, 2, 5), "on a day of study"
        assert not date(2026, 12, 21) <= start.date() <= date(2027, 1, 3), "and not while the reader is away"
        assert start.replace(tzinfo=None) == datetime.combine(start.date(), EVENING) + timedelta(hours=at)
        assert event["DURATION"].dt == timedelta(hours=hours) <= TWO_HOURS
        assert str(event["URL"]).rstrip("/").endswith((f"/{topic}", f"#{topic}"))
    core = sum(t.kind == "core" for t in checked[0].topics)
    assert len({block[0] for block in blocks}) > core, "topics come with agents"
    checks = [event for event in icalendar.Calendar.from_ical(text).events if _is_check(event)]
    assert [type(event["DTSTART"].dt) for event in checks] == [date] * len(checked[0].phases)
    titles = [str(event["SUMMARY"]) for event in sessions]
    assert titles[:2] == [f"Learn: Tokens, context windows and sampling ({number} of 2)" for number in (1, 2)]
    assert "Learn: Going deep in one area (1 of 12)" in titles
    assert str(sessions[titles.index("Learn: Going deep in one area (1 of 12)")]["DESCRIPTION"]).endswith("For Agents.")


def _overlap(events: list[icalendar.Event]) -> list[str]:
    spans = sorted(
        (event["DTSTART"].dt, event["DTSTART"].dt + event["DURATION"].dt, event["SUMMARY"]) for event in events
    )
    return [str(name) for (_, end, _), (start, _, name) in pairwise(spans) if start < end]


@pytest.mark.parametrize(
    ("zone", "autumn", "spring"),
    [
        ("Europe/Berlin", date(2026, 10, 25), date(2027, 3, 28)),
        ("America/New_York", date(2026, 11, 1), date(2027, 3, 14)),
        # Clocks there move by half an hour, and the other way round.
        ("Australia/Lord_Howe", date(2027, 4, 4), date(2027, 10, 3)),
        # Clocks never change.
        ("Asia/Kolkata", date(2026, 10, 25), date(2027, 3, 28)),
    ],
)
def test_a_session_begins_at_the_same_hour_when_clocks_change(
    zone: str, autumn: date, spring: date, page: Page
) -> None:
    """Two readers of the file agree: one that knows the zone by its name, and one that has only what the file says."""
    text = _calendar(page, zone=zone, settings={"days": [0, 1, 3, 6], "hours": 8})
    stated = tz.tzical(io.StringIO(text.replace("\r\n ", "").replace("\r\n", "\n"))).get(zone)
    sessions = _sessions(text)
    assert _overlap(sessions) == []
    # Sundays on which clocks change are days of study here.
    days = {event["DTSTART"].dt.date() for event in sessions}
    assert autumn in days
    assert spring in days or spring > max(days)
    for event in sessions:
        assert event["DTSTART"].params["TZID"] == zone
        start = event["DTSTART"].dt
        assert start.time() >= EVENING
        known = start.replace(tzinfo=ZoneInfo(zone))
        assert known.utcoffset() == start.utcoffset() == known.replace(tzinfo=stated).utcoffset(), start


def test_in_the_night_of_the_change_a_session_is_as_long_as_ever(page: Page) -> None:
    """At 01:30 two hours reach over the change; at 02:30 on that day in spring no clock shows the time."""
    for at in ("01:30", "02:30"):
        text = _calendar(page, settings={"time": at, "days": [0], "hours": 2}, zone="Europe/Berlin")
        sessions = _sessions(text)
        assert {event["DURATION"].dt for event in sessions} <= {timedelta(hours=1), TWO_HOURS}
        moments = [event["DTSTART"].dt.astimezone(UTC) for event in sessions]
        assert moments == sorted(moments)
    late = _sessions(_calendar(page, settings={"time": "23:30"}))
    assert [event["DTSTART"].dt.date().isoformat() for event in late][:1] == ["2026-10-19"]


def test_without_a_time_zone_and_as_whole_days_no_clock_moves_a_session(page: Page) -> None:
    floating = _calendar(page, settings={"calendar": "floating", "time": "06:30"})
    assert "TZ" not in floating
    assert {event["DTSTART"].dt.tzinfo for event in _sessions(floating)} == {None}
    assert min(event["DTSTART"].dt.time() for event in _sessions(floating)) == time(6, 30)
    whole = _calendar(page, settings={"calendar": "days"})
    assert "TZ" not in whole
    for event in _sessions(whole):
        assert type(event["DTSTART"].dt) is date
        assert event["DTEND"].dt == event["DTSTART"].dt + timedelta(days=1), "no bar over days off"
        assert event["TRANSP"] == "TRANSPARENT"


def test_a_second_file_moves_entries_and_doubles_none(page: Page) -> None:
    """The part of a UID after @ is that of every edition: with another one, all entries of an old file would double."""
    first, second = (
        icalendar.Calendar.from_ical(_calendar(page, minute=minute, start=start)).events
        for minute, start in ((0, "2026-10-19"), (1, "2026-11-02"))
    )
    assert {str(e["UID"]) for e in first} == {str(e["UID"]) for e in second}
    assert {str(e["UID"]).split("@")[1] for e in first} == {"backend-to-ai-engineer.plan"}
    assert len({str(e["UID"]) for e in first}) == len(first)
    assert max(e["SEQUENCE"] for e in first) < min(e["SEQUENCE"] for e in second)
    moved = {str(e["UID"]): e["DTSTART"].dt for e in second}
    assert sum(moved[str(e["UID"])] != e["DTSTART"].dt for e in first) > 40
    # Files of editions before 2026-11-28 had one entry for a topic. It becomes the topic's first session.
    assert "embeddings@backend-to-ai-engineer.plan" in moved


def test_an_entry_that_was_imported_under_a_former_id_is_moved(page: Page) -> None:
    found = _calendar(page, course={"renamed": {"bees": "embeddings"}})
    uids = {str(e["UID"]).split("@")[0] for e in icalendar.Calendar.from_ical(found).events}
    assert "bees" in uids
    assert "bees.2" in uids
    assert "embeddings" not in uids


def test_text_in_a_calendar_survives_its_marks(page: Page) -> None:
    title = "a; b, c\\d\nе" + "é" * 80 + "🧮"
    text = _run(
        page,
        "return calendar.calendar(given, [{uid: 'u', day: 20000, title: given, text: given, url: 'https://e.example/'}], new Date(0), '');",
        title,
    )
    (event,) = icalendar.Calendar.from_ical(text).events
    assert str(event["SUMMARY"]) == str(event["DESCRIPTION"]) == title
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


# ---------------------------------------------------------------------------------------------------------
# The notes


def test_merging_is_the_same_in_any_order_and_can_be_repeated(page: Page) -> None:
    faults = _run(
        page,
        RANDOM
        + """const faults = [];
  const items = () => Object.fromEntries(Array.from({length: random(6)}, () => [some(['done/a', 'done/b', 'known/a', 'seen']),
    {v: some([true, false, 1, 2]), t: new Date(random(5) * 1000).toISOString(), ...some([{}, {d: '2026-11-26'}, {d: '2026-11-27'}])}]));
  const same = (a, b) => state.write(a) === state.write(b);
  for (let run = 0; run < 500; run++) {
    const [a, b, c] = [items(), items(), items()];
    if (!same(state.merge(a, b), state.merge(b, a))) faults.push('order');
    if (!same(state.merge(a, a), a)) faults.push('repeated');
    if (!same(state.merge(state.merge(a, b), c), state.merge(a, state.merge(b, c)))) faults.push('grouping');
    for (const key of Object.keys({...a, ...b})) if (!state.merge(a, b)[key]) faults.push('lost');
  }
  return faults;""",
    )
    assert faults == []


@pytest.mark.parametrize("file", sorted((ROOT / "tests/exports").glob("*.json")), ids=lambda f: f.stem)
def test_an_export_of_an_earlier_version_loads_whole(file: Path, page: Page) -> None:
    text = file.read_text(encoding="utf-8")
    found = _run(page, "return state.parse(given);", text)
    assert found["reading"] == "fine"
    kept = {key: (item["v"], item.get("d")) for key, item in found["items"].items()}
    assert kept == {key: (item["v"], item.get("d")) for key, item in json.loads(text)["items"].items()}


def _notes(**items: Any) -> str:
    return json.dumps({"format": "handbook-progress", "version": 1, "items": items})


#: what is stored; how it is read; how many notes come out of it
STORED: list[tuple[str, str, str, int]] = [
    ("cut off", '{"format": "handbook-progress", "ver', "damaged", 0),
    ("not ours", '"hello"', "damaged", 0),
    ("a list", '{"version": 1, "items": []}', "damaged", 0),
    ("a newer version", '{"version": 2, "items": {"done/a": {"v": true, "t": "2026-01-01T00:00:00Z"}}}', "newer", 0),
    ("an impossible time", _notes(**{"done/a": {"v": True, "t": "2026-13-01T00:00:00Z"}}), "damaged", 0),
    ("a wrong value", _notes(**{"done/a": {"v": "yes", "t": "2026-01-01T00:00:00Z"}, "done/b": {"v": True, "t": "2026-01-01T00:00:00Z"}}), "damaged", 1),
    ("no value", _notes(**{"done/a": {"t": "2026-01-01T00:00:00Z"}}), "damaged", 0),
    ("a name that is no id", _notes(**{"done/../x": {"v": True, "t": "2026-01-01T00:00:00Z"}}), "damaged", 0),
    ("a time after which nothing can be newer", _notes(**{"done/a": {"v": True, "t": "9999-12-31T23:59:59.999Z"}}), "damaged", 0),
    ("a plan whose address is no text", _notes(plan={"v": {"address": [1]}, "t": "2026-01-01T00:00:00Z"}), "damaged", 0),
    ("a prototype", '{"version": 1, "items": {"__proto__": {"v": true, "t": "2026-01-01T00:00:00Z"}}}', "damaged", 0),
    ("a kind of tomorrow", _notes(**{"lesson/a": {"v": [1], "t": "2026-01-01T00:00:00Z"}}), "fine", 1),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "reading", "count"), STORED, ids=[s[0] for s in STORED])
def test_what_is_stored_is_read_as_far_as_it_can_be(name: str, text: str, reading: str, count: int, page: Page) -> None:
    found = _run(page, "return state.parse(given);", text)
    assert (found["reading"], len(found["items"])) == (reading, count)


def test_a_note_under_a_former_id_belongs_to_the_present_one(page: Page) -> None:
    items = {
        "done/bee": {"v": True, "t": "2026-01-02T00:00:00.000Z"},
        "done/beta": {"v": False, "t": "2026-01-01T00:00:00.000Z"},
    }
    found = _run(page, "return state.current(given, {bee: 'beta'});", items)
    assert found == {"done/beta": {"v": True, "t": "2026-01-02T00:00:00.000Z"}}


def test_a_clock_that_was_wrong_once_does_not_win_for_ever(page: Page) -> None:
    kept = _run(
        page,
        """const store = new state.Store(() => { throw new Error(); }, 'k', () => Date.UTC(2026, 0, 1));
  store.add({'done/a': {v: true, t: '2099-01-01T00:00:00.000Z'}});
  store.set('done', 'a', false);
  return [store.get('done', 'a'), store.trouble];""",
    )
    assert kept == [False, "blocked"]


def test_a_tick_belongs_to_the_day_where_it_was_made(browser: Browser, served: str) -> None:
    plan = {"v": {"address": "hours=10&start=2026-11-23&days=12345"}, "t": "2026-11-20T12:00:00.000Z"}
    before = _notes(plan=plan, **{"done/embeddings": {"v": True, "t": "2026-11-20T12:00:00.000Z"}})
    for zone, elsewhere in (("America/New_York", "Pacific/Apia"), ("Pacific/Apia", "America/New_York")):
        with browser.new_context(service_workers="block", timezone_id=zone) as context:
            context.clock.install(time="2026-11-23T12:00:00Z")
            page = _opened(context, served, TOPIC)
            # By the clock on the wall, on the plan's first day: ticks of this day are no part of the plan.
            page.clock.set_fixed_time(page.evaluate("new Date(2026, 10, 23, 23, 30) / 1000"))
            page.evaluate("([k, text]) => localStorage.setItem(k, text)", [KEY, before])
            page.reload()
            page.locator(BOX).check()
            kept = page.evaluate("k => localStorage[k]", KEY)
        with browser.new_context(service_workers="block", timezone_id=elsewhere) as context:
            context.clock.install(time="2026-11-25T12:00:00Z")
            context.add_init_script(f"localStorage['{KEY}'] = {json.dumps(kept)}")
            page = _opened(context, served, "roadmap/planner/")
            expect(page.locator(".planner__output")).to_contain_text("not planned again: 2 of the topics and builds")


# ---------------------------------------------------------------------------------------------------------
# Storage that fails, in the page


def _opened(context: BrowserContext, served: str, path: str) -> Page:
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda e: errors.append(str(e.stack)))
    page.goto(served + path)
    expect(page.locator(NOT_READY)).to_have_count(0)
    assert errors == []
    return page


def _open_text(page: Page, text: str, then: str) -> None:
    page.get_by_label("or paste its text").fill(text)
    page.get_by_role("button", name="Open the text").click()
    page.get_by_role("button", name=then, exact=True).click()


TOPIC = "topics/tokens-and-sampling/"
BOX = "[data-item=tokens-and-sampling] input"


#: what the browser does; what the reader is told; whether the tick is there after a reload
FAULTS: list[tuple[str, str, str, bool]] = [
    ("blocked", "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError'); }});",
     "lasts until you leave the page. What you tick on the progress page can be downloaded there", False),
    ("full", "Storage.prototype.setItem = () => { throw new DOMException('no', 'QuotaExceededError'); };",
     "storage for the site is full, so the last change is gone when you leave the page", False),
    ("corrupt", f"if (!sessionStorage.once) {{ sessionStorage.once = 1; localStorage['{KEY}'] = '{{\"version\": 1, \"it'; }}",
     "could not be read. It was put aside unchanged", True),
    ("edited by hand", f"if (!sessionStorage.once) {{ sessionStorage.once = 1; localStorage['{KEY}'] = '{{\"version\":1,\"items\":{{\"done/x\":7}}}}'; }}",
     "could not be read. It was put aside unchanged", True),
    ("newer", f"localStorage['{KEY}'] = '{{\"version\": 2, \"items\": {{}}}}';", "saved by a newer version", False),
]  # fmt: skip


@pytest.mark.parametrize(("name", "script", "told", "kept"), FAULTS, ids=[f[0] for f in FAULTS])
def test_a_storage_that_fails_is_told_in_one_sentence_and_nothing_is_lost(
    name: str, script: str, told: str, kept: bool, browser: Browser, served: str
) -> None:
    with browser.new_context(service_workers="block") as context:
        context.add_init_script(script)
        page = _opened(context, served, TOPIC)
        before = None if name == "blocked" else page.evaluate("k => Object.values(localStorage)", KEY)
        page.locator(BOX).check()
        expect(page.locator(".tool__trouble")).to_contain_text(told)
        assert page.locator(BOX).is_checked(), "the page works on"
        if before is not None:
            after = page.evaluate("k => Object.values(localStorage)", KEY)
            assert [text for text in before if text not in after] == [], "what could not be read is still there"
        page.reload()
        expect(page.locator(BOX)).to_be_checked(checked=kept)


def test_what_was_put_aside_can_be_downloaded(browser: Browser, served: str) -> None:
    with browser.new_context(service_workers="block") as context:
        context.add_init_script(
            f"if (!sessionStorage.once) {{ sessionStorage.once = 1; localStorage['{KEY}'] = 'my notes'; }}"
        )
        page = _opened(context, served, "roadmap/progress/")
        with page.expect_download() as download:
            page.get_by_role("button", name="Download what could not be read (1)").click()
        assert Path(download.value.path()).read_text() == "my notes"


def test_a_browser_is_asked_once_to_keep_the_notes_and_not_before_there_are_any(browser: Browser, served: str) -> None:
    with browser.new_context(service_workers="block") as context:
        asked: list[bool] = []
        context.expose_function("persistAsked", lambda: asked.append(True))
        context.add_init_script("StorageManager.prototype.persist = () => persistAsked().then(() => false)")
        _opened(context, served, "roadmap/progress/").close()
        page = _opened(context, served, "roadmap/progress/")
        assert asked == []
        for _ in range(2):
            page.locator(BOX).check()
            page.locator(BOX).uncheck()
            page.locator("[data-item=model-api-calls] input").check()
            page.reload()
            expect(page.locator("[data-item=model-api-calls] input")).to_be_checked()
        assert asked == [True]


def test_an_export_is_suggested_while_there_are_notes_that_no_file_holds(browser: Browser, served: str) -> None:
    with browser.new_context(service_workers="block") as context:
        page = _opened(context, served, "roadmap/progress/")
        suggested = page.locator(".progress__suggestion")
        boxes = page.locator(".ticks input")
        expect(suggested).to_be_hidden()
        boxes.nth(0).check()
        expect(suggested).to_have_text(re.compile("^1 thing that you ticked, answered or planned is in no file yet"))
        boxes.nth(1).check()
        page.reload()
        expect(suggested).to_have_text(re.compile("^2 things that you ticked, answered or planned are in no file yet"))
        with page.expect_download() as download:
            page.get_by_role("button", name="Download my progress").click()
        exported = Path(download.value.path()).read_text(encoding="utf-8")
        expect(suggested).to_be_hidden()
        page.reload()
        expect(suggested).to_be_hidden()
        boxes.nth(1).uncheck()
        expect(suggested).to_be_hidden()
        boxes.nth(2).check()
        expect(suggested).to_have_text(re.compile("^1 thing that you ticked, answered or planned is in no file yet"))
    with browser.new_context(service_workers="block") as context:
        page = _opened(context, served, "roadmap/progress/")
        _open_text(page, exported, "Add")
        expect(page.locator(".ticks input").nth(1)).to_be_checked()
        expect(page.locator(".progress__suggestion")).to_be_hidden()


def test_two_tabs_do_not_overwrite_each_other(browser: Browser, served: str) -> None:
    with browser.new_context(service_workers="block") as context:
        one, two = (_opened(context, served, path) for path in ("roadmap/progress/",) * 2)
        one.locator(BOX).check()
        expect(two.locator(BOX)).to_be_checked()
        two.locator("[data-item=model-api-calls] input").check()
        expect(one.locator("[data-item=model-api-calls] input")).to_be_checked()
        one.reload()
        expect(one.locator(BOX)).to_be_checked()
        expect(one.locator("[data-item=model-api-calls] input")).to_be_checked()


# ---------------------------------------------------------------------------------------------------------
# The views


@pytest.fixture(params=DEVICES)
def reader(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    """A reader's browser, on a phone and on a desktop, on the evening of Monday 2026-11-23."""
    with browser.new_context(
        service_workers="block", viewport=DEVICES[request.param], reduced_motion="reduce"
    ) as context:
        context.clock.install(time="2026-11-23T19:00:00")
        yield context


def _accessible(page: Page) -> None:
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"


def test_the_planner_answers_each_change_and_marks_what_is_wrong(reader: BrowserContext, served: str) -> None:
    page = _opened(reader, served, "roadmap/planner/")
    status = page.locator(".tool [role=status]").last
    before = page.locator(".planner__end").inner_text()
    page.get_by_label("Hours a week").fill("6")
    page.keyboard.press("Tab")
    assert page.locator(".planner__end").inner_text() != before
    expect(status).to_contain_text("Likely end: 2027-")
    assert "longer than the 3–6 months" in page.locator(".planner__output").inner_text()
    page.get_by_label("Hours a week").fill("61")
    page.keyboard.press("Tab")
    assert page.get_by_label("Hours a week").get_attribute("aria-invalid") == "true"
    assert "Correct the marked fields" in page.locator(".planner__output").inner_text()
    page.get_by_label("Hours a week").fill("40")
    page.keyboard.press("Tab")
    assert "shorter than the 3–6 months" in page.locator(".planner__output").inner_text()
    page.get_by_role("button", name="Add time away").click()
    page.get_by_label("Away from").fill("2026-12-24")
    page.get_by_label("Away until").fill("2026-12-20")
    page.get_by_label("Away until").blur()
    assert "ends before it begins" in page.locator(".planner__away").inner_text()
    page.get_by_label("Away until").fill("2027-01-03")
    page.get_by_label("Away until").blur()
    kept = page.locator(".planner__end").inner_text()
    page.reload()
    expect(page.locator(".planner__end")).to_have_text(kept)
    assert page.get_by_label("Away from").input_value() == "2026-12-24", "the plan is there again"


def test_a_plan_travels_by_its_address_and_touches_nothing_until_kept(reader: BrowserContext, served: str) -> None:
    page = _opened(
        reader,
        served,
        "roadmap/planner/#hours=20&start=2027-01-04&days=135&target=area-voice&shipped=embeddings&done=first-builds",
    )
    assert "This plan came with the address" in page.locator(".tool__notice").first.inner_text()
    places = [page.locator(place).first.bounding_box() for place in (".tool__notice", ".planner__form")]
    assert places[0]["y"] < places[1]["y"], "said before the fields that it has changed"  # type: ignore[index]
    assert page.locator("[data-tick]").count() == 0, "nothing is ticked on somebody else's plan"
    assert page.get_by_label("Hours a week").input_value() == "20"
    assert page.evaluate(f"localStorage['{KEY}']") is None
    address = page.get_by_label("Address of this plan").input_value()
    assert address.endswith(
        "#hours=20&start=2027-01-04&days=135&target=area-voice&shipped=embeddings&done=first-builds"
    )
    end = page.locator(".planner__end").inner_text()
    page.get_by_role("button", name="Keep it as my plan").click()
    expect(page.locator(".planner__end")).to_have_text(end)
    expect(page).to_have_url(served + "roadmap/planner/")
    page.reload()
    expect(page.locator(".planner__end")).to_have_text(end)


def test_a_reader_who_is_behind_plans_the_rest_from_today_and_keeps_what_is_done(
    reader: BrowserContext, served: str
) -> None:
    page = _opened(reader, served, "roadmap/planner/")
    page.get_by_label("Hours a week").fill("10")
    page.keyboard.press("Tab")
    reader.clock.set_system_time("2026-12-14T19:00:00")
    page.goto(served + "topics/tokens-and-sampling/")
    page.locator("[data-item=tokens-and-sampling] input").check()
    page.goto(served + "roadmap/planner/")
    notice = page.locator(".tool__notice", has_text="You are behind")
    # Three weeks of ten hours, less the four of what is ticked and what is still going on today.
    expect(notice).to_contain_text("You are behind by")
    assert "209 hours are left" in page.locator(".planner__output").inner_text(), "213 hours less the 4 that are ticked"
    assert page.locator(".planner__weeks s").first.inner_text() == "Tokens, context windows and sampling"
    end = page.locator(".planner__end strong").inner_text()
    page.get_by_role("button", name="Plan the rest from today").click()
    assert page.get_by_label("First day").input_value() == "2026-12-14"
    assert page.locator(".planner__end strong").inner_text() > end
    assert page.locator(".planner__weeks", has_text="Tokens, context windows").count() == 0
    assert page.locator(".tool__notice", has_text="You are behind").count() == 0
    output = page.locator(".planner__output")
    expect(output).to_contain_text("From 2026-11-23 it takes")
    expect(output).to_contain_text("Done before this plan, and not planned again: 1 of the topics and builds")
    page.goto(served + "topics/tokens-and-sampling/")
    expect(page.locator("[data-item=tokens-and-sampling] input")).to_be_checked()


def test_a_plan_kept_on_a_second_device_is_the_same_plan(reader: BrowserContext, served: str) -> None:
    address = "roadmap/planner/#hours=10&start=2026-11-20&began=2026-10-01&days=12346&done=tokens-and-sampling&ticked=model-api-calls"
    page = _opened(reader, served, address)
    end = page.locator(".planner__end").inner_text()
    page.get_by_role("button", name="Keep it as my plan").click()
    expect(page.locator(".tool__notice", has_text="came with the address")).to_have_count(0)
    assert page.locator(".planner__end").inner_text() == end
    page.reload()
    expect(page.locator(".planner__end")).to_have_text(end)
    assert page.get_by_label("Address of this plan").input_value() == served + address
    # The months count from the first day, however often the rest was planned anew.
    page = _opened(reader, served, "roadmap/planner/#hours=10&start=2026-11-23&began=2026-07-01&days=12346")
    assert "longer than the 3–6 months" in page.locator(".planner__output").inner_text()


def test_a_tick_in_the_plan_keeps_the_reader_s_place(reader: BrowserContext, served: str) -> None:
    page = _opened(reader, served, "roadmap/planner/")
    start = page.get_by_label("First day").input_value()
    page.locator(".planner__weeks summary").nth(1).click()
    boxes = page.locator("[data-tick]")
    assert len(set(boxes.evaluate_all("es => es.map(e => e.dataset.tick)"))) == boxes.count(), "one box for each thing"
    reader.clock.set_system_time("2026-11-25T19:00:00")
    page.locator("[data-tick=vector-stores]").focus()
    page.keyboard.press("Space")
    expect(page.locator("[data-tick=vector-stores]")).to_be_checked()
    assert page.evaluate("document.activeElement.dataset.tick") == "vector-stores"
    assert page.locator(".planner__weeks details[open]").count() == 2, "what was open stays open"
    assert "210 hours are left" in page.locator(".planner__output").inner_text()
    # Who ticks follows this plan: a week later it begins on the same day.
    reader.clock.set_system_time("2026-12-02T19:00:00")
    page.reload()
    expect(page.locator("[data-tick=vector-stores]")).to_be_checked()
    assert page.get_by_label("First day").input_value() == start


#: Where a row is in the window, and what is there.
PLACES = """() => ({places: [...document.querySelectorAll('.planner__weeks [data-tick]')].filter((e) => e.offsetParent)
  .map((e) => [e.dataset.tick, Math.round(e.getBoundingClientRect().top)]), focus: document.activeElement.dataset.tick})"""


@pytest.mark.parametrize("start", ["2026-11-23", "2026-11-30", "2026-11-09"], ids=["today", "to come", "behind"])
def test_a_tick_moves_no_row_and_can_be_taken_back(start: str, reader: BrowserContext, served: str) -> None:
    """Also on the plan's first day and before it, and when what stands above the rows becomes longer or shorter."""
    page = _opened(reader, served, f"roadmap/planner/#hours=6&start={start}&days=136")
    page.get_by_role("button", name="Keep it as my plan").click()
    for topic in ("tokens-and-sampling", "model-api-calls", "structured-output"):
        page.locator(f"[data-tick={topic}]").evaluate("e => e.scrollIntoView({block: 'center', behavior: 'instant'})")
        before = page.evaluate(PLACES)
        page.locator(f"[data-tick={topic}]").click()
        after = page.evaluate(PLACES)
        moved = [now for was, now in zip(before["places"], after["places"], strict=True) if abs(was[1] - now[1]) > 2]
        assert (moved, after["focus"]) == ([], topic)
        expect(page.locator(".planner__weeks li", has=page.locator(f"[data-tick={topic}]")).locator("s")).to_have_count(
            1
        )
    page.reload()
    expect(page.locator("[data-tick]:checked")).to_have_count(3)
    page.locator("[data-tick=model-api-calls]").click()
    expect(page.locator("[data-tick]:checked")).to_have_count(2)
    assert page.evaluate(PLACES)["focus"] == "model-api-calls"
    end = page.locator(".planner__end").inner_text()
    page.get_by_role("button", name=re.compile("^Plan the rest")).click()
    expect(page.locator("[data-tick=tokens-and-sampling]")).to_have_count(0)
    if start != "2026-11-09":
        assert page.locator(".planner__end").inner_text() < end, "what was done early makes room"


def test_a_plan_of_an_earlier_edition_is_read_as_it_was(browser: Browser, served: str) -> None:
    """It names no ticks from before it: there its first day decides, and from the first tick on it names them."""
    plan = {"v": {"address": "hours=10&start=2026-11-23&days=12345"}, "t": "2026-11-20T12:00:00.000Z"}
    done = {"v": True, "t": "2026-11-20T12:00:00.000Z"}
    notes = _notes(
        plan=plan, **{"done/tokens-and-sampling": done, "done/model-types": done | {"t": "2026-11-25T12:00:00.000Z"}}
    )
    with browser.new_context(service_workers="block") as context:
        context.clock.install(time="2026-11-26T12:00:00Z")
        context.add_init_script(f"localStorage['{KEY}'] ??= {json.dumps(notes)}")
        page = _opened(context, served, "roadmap/planner/")
        expect(page.locator("[data-tick=tokens-and-sampling]")).to_have_count(0)
        expect(page.locator("[data-tick=model-types]")).to_be_checked()
        end = page.locator(".planner__end").inner_text()
        page.locator("[data-tick=model-api-calls]").check()
        page.reload()
        expect(page.locator("[data-tick]:checked")).to_have_count(2)
        assert page.locator(".planner__end").inner_text() == end
        assert json.loads(page.evaluate("k => localStorage[k]", KEY))["items"]["plan"]["v"]["before"] == [
            "tokens-and-sampling"
        ]


def test_times_away_have_rows_and_phases_their_names(reader: BrowserContext, served: str, checked: tuple) -> None:
    page = _opened(
        reader,
        served,
        "roadmap/planner/#hours=6&start=2026-11-23&days=136&away=2026-12-02_2026-12-02.2026-12-21_2027-01-03",
    )
    rows = [" ".join(row.split()) for row in page.locator(".planner__weeks details[open] tbody tr").all_inner_texts()]
    away = [i for i, row in enumerate(rows) if "Away" in row]
    assert ["2026-12-02" in rows[away[0]], "Away until 2027-01-03" in rows[away[1]]] == [True, True]
    assert "2026-11-30" in rows[away[0] - 1]
    assert "2027-01-04" in rows[away[1] + 1]
    _accessible(page)
    phases = [f"Phase {number}: {phase.title}" for number, phase in enumerate(checked[0].phases, 1)]
    summaries = page.locator(".planner__weeks summary").all_inner_texts()
    assert [re.sub(r": \d+ weeks?$", "", text) for text in summaries] == phases
    for place in (".timeline__name a", ".md-sidebar--primary a[href*='roadmap/phase-']"):
        names = page.locator(place).evaluate_all("es => es.map((e) => e.textContent.trim())")
        assert list(dict.fromkeys(name for name in names if name.startswith("Phase"))) == phases, place
    page.goto(served + "roadmap/progress/")
    expect(page.locator(".tool tbody th")).to_have_text(phases)
    assert [text.strip("¶").strip() for text in page.locator("h3[id^=ticks]").all_inner_texts()] == phases


def test_hours_that_wait_for_a_specialization_say_so(reader: BrowserContext, served: str) -> None:
    page = _opened(reader, served, "roadmap/planner/#hours=12&start=2026-11-23&days=12346")
    output = page.locator(".planner__output")
    expect(output).to_contain_text("23 hours are kept for the area that you'll choose, in Going deep in one area.")
    deep = page.locator(".planner__weeks li", has_text="Going deep in one area")
    assert "Going deep in one area, for the area that you choose" in (deep.first.text_content() or "")
    page.get_by_label("Specialization", exact=True).select_option("area-voice")
    expect(output).not_to_contain_text("are kept for the area")
    assert "Going deep in one area, for Voice" in (deep.first.text_content() or "")


def test_a_reader_picks_when_sessions_begin_and_how_long_they_are(browser: Browser, served: str) -> None:
    with browser.new_context(service_workers="block", timezone_id="America/New_York") as context:
        context.clock.install(time="2026-11-23T12:00:00Z")
        page = _opened(context, served, "roadmap/planner/")
        page.get_by_label("Hours a week").fill("7")
        page.get_by_label("Session length").select_option("2")
        expect(page.locator("#plan-session-length-note")).to_have_text("4 a week of 2 or 1 hours")
        page.get_by_label("Session length").select_option("1")
        expect(page.locator("#plan-session-length-note")).to_have_text("5 a week of 1 hour; that is 5 of your 7 hours")
        page.get_by_label("Session length").select_option("2.5")
        page.get_by_label("Sessions begin at").fill("06:15")
        sessions = _sessions(_download(page, "Calendar (.ics)"))
        assert sessions[0]["DTSTART"].params["TZID"] == "America/New_York"
        assert sessions[0]["DTSTART"].dt.time() == time(6, 15)
        assert max(event["DURATION"].dt for event in sessions) == timedelta(hours=2.5)
        page.get_by_label("Calendar entries").select_option("whole days")
        assert type(_sessions(_download(page, "Calendar (.ics)"))[0]["DTSTART"].dt) is date
        address = page.get_by_label("Address of this plan").input_value()
        assert address.endswith("&length=2.5&time=06:15&calendar=days")
        page.reload()
        expect(page.get_by_label("Calendar entries")).to_have_value("days")
        expect(page.get_by_label("Sessions begin at")).to_have_value("06:15")
        _accessible(page)


@pytest.mark.parametrize("colors", ["none", "active"])
def test_on_a_narrow_phone_planner_and_progress_hold(colors: Any, browser: Browser, served: str) -> None:
    with browser.new_context(
        service_workers="block", viewport={"width": 320, "height": 640}, forced_colors=colors, reduced_motion="reduce"
    ) as context:
        page = _opened(
            context,
            served,
            "roadmap/planner/#hours=6&start=2026-11-23&days=136&away=2026-12-21_2027-01-03&ticked=embeddings",
        )
        page.locator(".planner__weeks details").evaluate_all("es => es.forEach((e) => (e.open = true))")
        _accessible(page)
        page.goto(served + "roadmap/progress/")
        page.locator(".ticks input").first.check()
        _forget(page)
        _open_text(page, (ROOT / "tests/exports/v1.json").read_text(encoding="utf-8"), "Restore")
        _accessible(page)


def test_a_change_of_the_plan_speaks_once_and_a_tick_that_moves_no_date_does_not(
    reader: BrowserContext, served: str
) -> None:
    page = _opened(reader, served, "roadmap/planner/#hours=10&start=2026-11-16&days=12345")
    page.get_by_role("button", name="Keep it as my plan").click()
    page.evaluate(
        """const line = document.querySelector('.tool > [role=status]'); window.said = [];
        new MutationObserver(() => said.push(line.textContent)).observe(line, {childList: true, characterData: true, subtree: true});"""
    )
    page.locator("[data-tick=model-api-calls]").check()
    expect(page.locator(".planner__weeks s")).not_to_have_count(0)
    assert page.evaluate("said") == []
    page.get_by_label("Hours a week").fill("6")
    page.keyboard.press("Tab")
    said = page.evaluate("said")
    assert len(said) == 1
    assert said[0].startswith("Likely end: 2027-")


def test_what_another_tab_takes_out_of_the_plan_stays_out(reader: BrowserContext, served: str) -> None:
    one, two = (_opened(reader, served, "roadmap/planner/") for _ in range(2))
    one.get_by_label("Specialization", exact=True).select_option("area-voice")
    expect(two.get_by_label("Specialization", exact=True)).to_have_value("area-voice")
    one.get_by_label("Specialization", exact=True).select_option("")
    expect(two.get_by_label("Specialization", exact=True)).to_have_value("")


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("hours", [12, 6, 3])
def test_printed_the_plan_is_alone_on_two_pages(hours: int, paper: str, reader: BrowserContext, served: str) -> None:
    page = _opened(
        reader, served, f"roadmap/planner/#hours={hours}&start=2026-11-23&days=136&away=2026-12-21_2027-01-03"
    )
    page.get_by_role("button", name="Keep it as my plan").click()
    weeks = page.locator(".planner__weeks tbody tr")
    topics = set(page.locator(".planner__weeks li a").all_text_contents())
    assert weeks.count() > 10
    page.emulate_media(media="print")
    for week in weeks.all():
        assert week.is_visible()
    assert page.locator(".planner__weeks a").first.evaluate("e => getComputedStyle(e, '::after').content") == "none"
    printed = PdfReader(io.BytesIO(page.pdf(format=paper)))
    text = " ".join(" ".join(part.extract_text() for part in printed.pages).split())
    assert len(printed.pages) <= 2
    assert f"{hours} hours a week from 2026-11-23, on Mon, Wed, Sat" in text
    assert "Away until 2027-01-03" in text
    for topic in topics:
        assert topic in text
    for other in (
        "How it is computed",
        "Where it is kept",
        "All weeks at the stated pace",
        "Session length",
        "minutes to read",
    ):
        assert other not in text


def test_the_plan_comes_as_calendar_and_as_markdown(browser: Browser, served: str, checked: tuple) -> None:
    with browser.new_context(service_workers="block") as context:
        page = _opened(context, served, "roadmap/planner/")
        texts = {}
        for name in ("Calendar (.ics)", "Markdown"):
            with page.expect_download() as download:
                page.get_by_role("button", name=name).click()
            texts[download.value.suggested_filename] = Path(download.value.path()).read_text(encoding="utf-8")
    calendar = icalendar.Calendar.from_ical(texts["handbook-plan.ics"])
    assert calendar.events
    title = checked[0].handbook.title
    assert calendar["PRODID"] == f"-//{title}//Plan//EN"
    lines = texts["handbook-plan.md"].splitlines()
    assert lines[0] == f"# My plan: {title}"
    assert re.fullmatch(r"## Week 1, from \d{4}-\d\d-\d\d: [\d.]+ hours", lines[4])
    assert re.fullmatch(
        rf"- \[ \] \[Tokens, context windows and sampling\]\({served}topics/tokens-and-sampling/\), 4 hours",
        lines[6],
    )


def test_a_tick_shows_on_the_page_in_the_navigation_on_the_timeline_and_in_the_overview(
    reader: BrowserContext, served: str
) -> None:
    page = _opened(reader, served, TOPIC)
    page.locator(BOX).check()
    mark = page.locator(".md-sidebar--primary .progress-mark").first
    assert "1 of 1 core topics and builds done" in mark.evaluate("e => e.textContent")
    page.goto(served + "roadmap/")
    expect(page.locator(".timeline .progress-mark").first).to_contain_text("1/8")
    phase = page.locator(".md-sidebar--primary a", has_text="Phase 1").locator(".progress-mark")
    assert "1 of 8 core topics and builds done" in (phase.text_content() or ""), "as on the timeline"
    page = _opened(reader, served, "roadmap/progress/")
    assert page.locator(BOX).is_checked()
    assert "4 of 32" in page.locator(".tool tr", has_text="AI Fundamentals").inner_text()
    _accessible(page)


def _download(page: Page, button: str) -> str:
    with page.expect_download() as download:
        page.get_by_role("button", name=button, exact=True).click()
    return Path(download.value.path()).read_text(encoding="utf-8")


def _forget(page: Page) -> None:
    page.get_by_role("button", name="Forget everything").click()
    page.get_by_role("button", name="Yes, forget it").click()


def test_progress_moves_by_file(reader: BrowserContext, served: str) -> None:
    page = _opened(reader, served, "roadmap/progress/")
    page.locator("[data-item=quantization] input").check()
    page.locator("#progress-file").set_input_files(ROOT / "tests/exports/v1.json")
    panel = page.get_by_role("group", name="This file holds")
    expect(panel).to_contain_text(
        "This file holds 2 ticks, 2 topics that you know, 1 answer and 1 plan. The last change in it is from 2026-12-18."
    )
    expect(panel).to_contain_text("in place of 1 tick")
    expect(page.get_by_role("button", name="Restore")).to_be_focused()
    _accessible(page)
    page.keyboard.press("Escape")
    status = page.locator(".tool__status")
    expect(status).to_have_text("Nothing was changed.")
    expect(page.locator("[data-item=embeddings] input")).not_to_be_checked()
    page.locator("#progress-file").set_input_files(ROOT / "tests/exports/v1.json")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(status).to_have_text("Added: 2 ticks, 2 topics that you know, 1 answer and 1 plan.")
    expect(status).to_be_focused()
    for topic in ("embeddings", "quantization"):
        expect(page.locator(f"[data-item={topic}] input")).to_be_checked()
    assert json.loads(_download(page, "Download my progress"))["items"]["done/embeddings"]["v"] is True
    for text, answer in (
        ("{]", "This is no progress file. Nothing was changed."),
        ('{"version": 3, "items": {}}', "newer version"),
        ('{"version": 1, "items": {}}', "The file is empty. Nothing was changed."),
        ("green " + _notes(**{"done/broken-queue": {"v": True, "t": "2026-12-01T00:00:00Z"}}), "Added: 1 tick."),
    ):
        page.get_by_label("or paste its text").fill(text)
        page.get_by_role("button", name="Open the text").click()
        expect(status).to_contain_text(answer)


def test_what_was_downloaded_and_forgotten_is_restored_whole(reader: BrowserContext, served: str) -> None:
    page = _opened(reader, served, "roadmap/planner/#hours=7&start=2026-11-23&days=135&done=tokens-and-sampling")
    page.get_by_role("button", name="Keep it as my plan").click()
    page.locator("[data-tick=model-api-calls]").check()
    planned = page.locator(".planner__output").inner_text()
    page.goto(served + "roadmap/progress/")
    exported = _download(page, "Download my progress")
    _forget(page)
    expect(page.locator(".ticks input:checked")).to_have_count(0)
    page.get_by_role("button", name="Delete the copy").click()
    page.reload()
    page.locator(".ticks input").nth(6).check()
    _open_text(page, exported, "Restore")
    status = page.locator(".tool__status")
    expect(status).to_have_text("Restored: 2 ticks and 1 plan.")
    expect(page.locator(".ticks input:checked")).to_have_count(2)
    expect(page.locator(".progress__suggestion")).to_be_hidden()
    _accessible(page)
    page.goto(served + "roadmap/planner/")
    assert page.locator(".planner__output").inner_text() == planned, "the same plan, with its ticks in their place"
    # What was restored is later than what it replaced: another device's file takes none of it back.
    page.goto(served + "roadmap/progress/")
    again = json.loads(_download(page, "Download my progress"))["items"]
    assert again["done/model-api-calls"]["t"] > json.loads(exported)["items"]["done/model-api-calls"]["t"]
    assert again["done/model-api-calls"]["d"] == json.loads(exported)["items"]["done/model-api-calls"]["d"]
    page.get_by_role("button", name="Bring it back").click()
    expect(page.locator(".ticks input:checked")).to_have_count(1), "restoring can be undone as well"


def test_adding_a_file_says_what_it_cannot_bring_back(reader: BrowserContext, served: str) -> None:
    page = _opened(reader, served, "roadmap/progress/")
    for number in range(3):
        page.locator(".ticks input").nth(number).check()
    exported = _download(page, "Download my progress")
    _forget(page)
    _open_text(page, exported, "Add")
    expect(page.locator(".tool__status")).to_have_text(
        "Added: nothing. Not added: 3 ticks, which you took away here after the file was made. To get them back, open "
        "the file again and choose “Restore”."
    )
    expect(page.locator(".ticks input:checked")).to_have_count(0)


def test_forgetting_asks_once_and_can_be_undone_after_a_reload(reader: BrowserContext, served: str) -> None:
    page = _opened(reader, served, "roadmap/progress/")
    status = page.locator(".tool__status")
    page.get_by_role("button", name="Forget everything").click()
    expect(status).to_have_text("There is nothing to forget.")
    for number in (0, 1):
        page.locator(".ticks input").nth(number).check()
    page.get_by_role("button", name="Forget everything").click()
    expect(page.get_by_role("group", name="This takes away 2 ticks from this browser.")).to_be_visible()
    expect(page.get_by_role("button", name="Keep it")).to_be_focused()
    _accessible(page)
    page.keyboard.press("Escape")
    expect(page.locator(".ticks input:checked")).to_have_count(2)
    expect(page.get_by_role("button", name="Forget everything")).to_be_focused()
    _forget(page)
    expect(page.locator(".ticks input:checked")).to_have_count(0)
    expect(status).to_be_focused()
    page.reload()
    # A tick that was made since stays.
    page.locator(".ticks input").nth(2).check()
    expect(page.locator(".progress__files")).to_contain_text("is still in this browser: 2 ticks")
    _accessible(page)
    page.get_by_role("button", name="Bring it back").click()
    expect(status).to_have_text("Everything is back.")
    expect(page.locator(".ticks input:checked")).to_have_count(3)
    page.reload()
    expect(page.locator(".ticks input:checked")).to_have_count(3)
    expect(page.get_by_role("button", name="Bring it back")).to_be_hidden()
    _forget(page)
    page.get_by_role("button", name="Delete the copy").click()
    page.reload()
    expect(page.get_by_role("button", name="Bring it back")).to_be_hidden()
    assert "embeddings" not in page.evaluate(
        "JSON.stringify(Object.entries(localStorage).filter(([k]) => k.includes('before')))"
    )


def test_what_scripts_say_on_a_translated_page_is_in_its_language(reader: BrowserContext, served: str) -> None:
    page = reader.new_page()
    page.goto(served + "de/skills/caching-strategies/", wait_until="networkidle")
    page.locator("a.term").first.focus()
    expect(page.locator("#term-definition")).to_contain_text("Glossar")
    fold = page.locator("details.self-check").first
    fold.locator("summary").click()
    expect(fold.locator(".knew")).to_contain_text("Hast du es gewusst?")
    fold.get_by_role("button", name="Nein").click()
    expect(fold.get_by_role("status")).to_have_text("Die Frage kommt in einem Tag wieder.")
    assert page.get_by_role("checkbox", name=re.compile("done|Done")).count() == 0
    # Back in English they say it in English, whatever was read before.
    page.goto(served + "topics/hybrid-search/")
    page.locator("details.self-check summary").first.click()
    expect(page.locator(".knew").first).to_contain_text("Did you know it?")


def test_a_missed_question_comes_back_after_one_three_and_nine_days(reader: BrowserContext, served: str) -> None:
    page = reader.new_page()
    page.clock.set_fixed_time("2026-11-23T19:00:00")
    page.goto(served + "topics/hybrid-search/")
    fold = page.locator("details.self-check").first
    fold.locator("summary").click()
    fold.get_by_role("button", name="No").click()
    expect(fold.get_by_role("status")).to_have_text("It comes back in 1 day.")
    # One that was known at once is not kept.
    second = page.locator("details.self-check").nth(1)
    second.locator("summary").click()
    second.get_by_role("button", name="Yes").click()
    expect(second.get_by_role("status")).to_have_text("Good.")
    asked = fold.locator("summary").inner_text()
    tool = page.locator("[data-tool=review]")
    for day, says in (
        ("2026-11-23", "Nothing is due today. 1 more from 2026-11-24 on."),
        ("2026-11-24", "1 due today."),
        ("2026-11-26", "Nothing is due today. 1 more from 2026-11-27 on."),
        ("2026-11-27", "1 due today."),
        ("2026-12-05", "Nothing is due today. 1 more from 2026-12-06 on."),
        ("2026-12-06", "1 due today."),
        ("2027-01-01", "Nothing is waiting. Answer “No” under a question that you missed, and it comes back here."),
    ):
        page.clock.set_fixed_time(f"{day}T19:00:00")
        page.goto(served + "roadmap/review/")
        expect(tool.get_by_role("status").first).to_have_text(says)
        if says == "1 due today.":
            expect(tool.locator(".review__question")).to_have_text(asked)
            expect(tool.get_by_role("link").first).to_be_hidden()
            tool.get_by_role("button", name="Show the answer").press("Enter")
            expect(tool.get_by_role("button", name="Yes")).to_be_focused()
            _accessible(page)
            tool.get_by_role("button", name="Yes").press("Enter")
            expect(tool.get_by_role("status").first).to_contain_text("Nothing is")


def test_an_answer_that_was_open_before_the_script_came_has_its_question_too(
    reader: BrowserContext, served: str
) -> None:
    page = reader.new_page()
    waiting: list[Route] = []
    page.route("**/reader.js", lambda route: waiting.append(route))
    page.goto(served + "topics/hybrid-search/")
    fold = page.locator("details.self-check").first
    fold.locator("summary").click()
    expect(fold).to_have_attribute("open", "")
    expect(fold.locator(".knew")).to_have_count(0)
    waiting[0].continue_()
    expect(fold.locator(".knew")).to_have_count(1)


def test_the_page_says_what_is_new_since_the_last_visit(browser: Browser, served: str) -> None:
    with browser.new_context(service_workers="block") as context:
        page = _opened(context, served, "roadmap/progress/")
        assert page.locator(".tool__notice:visible").count() == 0, (
            "everything is new to somebody who comes for the first time"
        )
        _open_text(page, _notes(seen={"v": "first-edition", "t": "2999-01-01T00:00:00Z"}), "Add")
        page.reload()
        expect(page.locator(".tool__notice").first).to_contain_text("New since your last visit")
        assert page.locator(".tool__notice li").count() >= 3


def test_the_planner_can_be_used_by_keyboard_alone(browser: Browser, served: str) -> None:
    with browser.new_context(service_workers="block", viewport=DEVICES["desktop"]) as context:
        page = _opened(context, served, "roadmap/planner/")
        page.get_by_label("Hours a week").focus()
        reached = []
        for _ in range(40):
            reached.append(
                page.evaluate(
                    "document.activeElement.getAttribute('aria-label') || document.activeElement.id || document.activeElement.innerText"
                )
            )
            page.keyboard.press("Tab")
        order = [
            "plan-hours-a-week",
            "plan-first-day",
            "plan-specialization",
            "Monday",
            "plan-session-length",
            "plan-sessions-begin-at",
            "plan-calendar-entries",
            "Add time away",
            "Calendar (.ics)",
            "Address of this plan",
        ]
        places = [next(i for i, text in enumerate(reached) if text.startswith(name) or name in text) for name in order]
        assert places == sorted(places)


def test_tools_work_after_instant_navigation(tmp_path: Path, browser: Browser) -> None:
    """The feature is off here; a host who switches it on keeps the tools."""
    from support.serving import serve
    from support.sitebuild import build, copy_sources

    root = copy_sources(tmp_path / "copy")
    settings = (root / "mkdocs.yml").read_text(encoding="utf-8")
    (root / "mkdocs.yml").write_text(
        settings.replace("    - navigation.tabs\n", "    - navigation.tabs\n    - navigation.instant\n"),
        encoding="utf-8",
    )
    with (
        serve(tmp_path / "site") as address,
        browser.new_context(service_workers="block", viewport=DEVICES["desktop"]) as context,
    ):
        build(root, tmp_path / "site", site_url=address)
        page = context.new_page()
        page.goto(address + "roadmap/")
        page.evaluate("window.stays = true")
        page.locator(".md-sidebar--primary").get_by_role("link", name="Your plan").click()
        expect(page.locator(".planner__end")).to_contain_text("Likely end")
        page.locator(".md-sidebar--primary").get_by_role("link", name="Your progress").click()
        expect(page.locator(BOX)).to_have_count(1)
        assert page.evaluate("window.stays"), "the page was replaced, not loaded anew"


# ---------------------------------------------------------------------------------------------------------
# The code


def test_a_page_loads_its_own_tool_and_no_other(browser: Browser, served: str, site: Path) -> None:
    everywhere = {"frame.js", "offline.js", "start.js", "reader.js", "lib/page.js", "lib/state.js"}
    parts = {f"planner/{file.name}" for file in (site / SCRIPTS / "planner").glob("*.js") if file.stem != "files"}
    wanted = {
        "skills/": set(),
        "calculators/call-cost/": {"tools/calculators.js", "lib/formulas.js"},
        "start/where-do-i-stand/": {"tools/standing.js", "standing/flow.js", "standing/row.js"},
        "roadmap/progress/": {"tools/progress.js"},
        "roadmap/review/": {"tools/review.js", "lib/review.js"},
        "roadmap/planner/": {"tools/planner.js", "lib/levels.js", "lib/plan.js", *parts},
    }
    sizes = {
        f.relative_to(site / SCRIPTS).as_posix(): len(gzip.compress(f.read_bytes(), 9))
        for f in own_files(site)
        if f.suffix == ".js"
    }
    # These two replace the theme's script; test_first_view.py weighs them with the rest of a page.
    frame = {"frame.js", "search.js"}
    # test_figures.py weighs these: only a page with a figure loads them.
    figures = {name for name in sizes if name.startswith("figures/")} | {"tools/figure.js", "lib/drawing.js"}
    figures.add("lib/vectors.js")
    assert sum(size for name, size in sizes.items() if name not in frame | figures) <= 54 * KB, sizes
    with browser.new_context(service_workers="block") as context:
        for path, own in wanted.items():
            page = context.new_page()
            asked: set[str] = set()
            page.on(
                "request",
                lambda r, asked=asked: (
                    asked.add(r.url.split(f"{SCRIPTS}/")[1]) if SCRIPTS in r.url and ".min." not in r.url else None
                ),
            )
            page.goto(served + path, wait_until="networkidle")
            expect(page.locator(NOT_READY)).to_have_count(0)
            assert asked == everywhere | own, path
            if path != "roadmap/planner/":
                assert sum(sizes[name] for name in asked - frame) <= 11 * KB, path


def test_the_types_of_the_scripts_hold() -> None:
    """The comments say what each function takes; TypeScript's checker reads them."""
    checker = shutil.which("tsc")
    if not checker:
        is_missing(
            "no TypeScript on this machine; install it with: sudo apt-get install node-typescript (or npm install --global typescript)"
        )
    scripts = [
        str(f) for f in sorted((ROOT / "docs" / SCRIPTS).rglob("*.js")) if f.name not in ("offline.js", "start.js")
    ]
    done = subprocess.run(
        [checker, "--noEmit", "--allowJs", "--checkJs", "--strict", "--target", "es2022", "--lib", "es2022,dom,dom.iterable", "--module", "es2022", *scripts],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
