"""What `mkdocs serve` makes of an edit, and how it answers a browser."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import re
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import material
import pytest

from macros.checked import load_checked
from macros.site.live import SHARED_META, Memo, beside_marks
from support.edits import BAD, GOOD, KEEPING, Edit, Project, page_added, page_removed
from support.live_build import LiveBuild
from support.sitebuild import ROOT, copy_sources

# Its edits are edits of this handbook's pages.
pytestmark = pytest.mark.this_handbook

#: How many random edits are compared one by one. `EDITS=100 python -m pytest -n0 tests/site/test_live.py -k edits` takes
#: five minutes when nothing else runs. By default nearly every kind is made once, and a clean build follows twice.
EDITS = int(os.environ.get("EDITS", 0))
ADDRESS = "skills/caching-strategies/"
PAGE = "docs/skills/caching-strategies/index.md"


@pytest.mark.slow
@pytest.mark.xdist_group("live")
def test_a_site_after_edits_is_a_clean_one_byte_by_byte(tmp_path: Path) -> None:
    """Site and messages are those of a build that knows nothing of an earlier one; a bad edit changes nothing."""
    chance = random.Random(EDITS)
    edited, clean = copy_sources(tmp_path / "edited"), copy_sources(tmp_path / "clean")
    live = LiveBuild(edited, tmp_path / "live")
    assert live.good, live.heard
    accepted = 0
    for number, kind in enumerate(kinds(chance), 1):
        told = f"edit {number}, {kind.__name__}"
        edit = kind(Project(edited, chance))
        before, old = texts(edited, edit), contents(live.site)
        write(edited, edit)
        good = live.rebuild()
        accepted += good
        assert good or contents(live.site) == old, told
        assert not good or kind in GOOD, told
        if good or EDITS:
            write(clean, edit)
        if EDITS or kind is KEEPING[-1]:
            anew = LiveBuild(clean, tmp_path / "anew")
            assert anew.good or not good, f"{told}: {anew.heard}"
            assert not EDITS or (good, sorted(live.heard)) == (anew.good, sorted(anew.heard)), told
            assert not anew.good or differences(live.site, anew.site) == [], told
        if not good:
            write(edited, before)
            write(clean, before)
    assert accepted > number / 2, "most edits are good ones"
    assert live.rebuild()
    anew = LiveBuild(clean, tmp_path / "anew")
    for build in (live, anew):
        build.live.make_on_demand("book/")
    assert differences(live.site, anew.site) == []
    print(f"{number} edits, {accepted} of them good")


def kinds(chance: random.Random) -> Iterator[Callable[[Project], Edit]]:
    if not EDITS:
        every = itertools.zip_longest((*KEEPING, page_added, page_removed), BAD)
        return (kind for pair in every for kind in pair if kind)
    return (chance.choice(chance.choice((GOOD, GOOD, GOOD, BAD))) for _ in range(EDITS))


def texts(root: Path, edit: Edit) -> Edit:
    return {path: (root / path).read_text("utf-8") if (root / path).exists() else None for path in edit}


def write(root: Path, edit: Edit) -> None:
    for path, text in edit.items():
        if text is None:
            (root / path).unlink()
        else:
            (root / path).write_text(text, encoding="utf-8")


def contents(site: Path) -> dict[str, bytes]:
    return {file.relative_to(site).as_posix(): file.read_bytes() for file in sorted(site.rglob("*")) if file.is_file()}


def differences(left: Path, right: Path) -> list[str]:
    one, other = contents(left), contents(right)
    return sorted(path for path in {*one, *other} if one.get(path) != other.get(path))


@contextlib.contextmanager
def serving(project: Path) -> Iterator[tuple[str, IO[str]]]:
    """`mkdocs serve` as anybody types it; gives its address and what it says, once it serves."""
    command = Path(sys.executable).with_name("mkdocs")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    address = f"127.0.0.1:{free_port()}"
    with subprocess.Popen(
        [command, "serve", "--dev-addr", address], cwd=project, env=environment | {"SOURCE_DATE_EPOCH": "1763856000"},
        stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stderr
        try:
            heard(process.stderr, "Serving on")
            yield f"http://{address}/", process.stderr
        finally:
            process.terminate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def heard(said: IO[str], words: str) -> str:
    """What a server says up to a line with these words."""
    lines: list[str] = []
    for line in said:
        lines.append(line)
        if words in line:
            return "".join(lines)
    raise AssertionError(f"{words!r} was never said:\n{''.join(lines)}")


def fetched(address: str) -> str:
    # This machine is asked without the proxy that its environment may name for others.
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address, timeout=60) as answer:
        return answer.read().decode()


@pytest.mark.slow
@pytest.mark.xdist_group("live")
def test_an_edit_arrives_and_a_bad_one_leaves_the_last_good_site(tmp_path: Path) -> None:
    project = copy_sources(tmp_path / "project")
    page = project / PAGE
    first = page.read_text(encoding="utf-8")
    with serving(project) as (address, said):
        moment = re.search(r"livereload\((\d+), ", fetched(address + ADDRESS))[1]
        page.write_text(first.replace("## Check yourself", "Arrived.\n\n## Check yourself"), encoding="utf-8")
        # It answers once there is something newer.
        fetched(f"{address}livereload/{moment}/1")
        assert "Arrived." in fetched(address + ADDRESS)
        assert re.fullmatch(
            # A translation of it says from now on that it is out of date.
            r"INFO +-  Rebuilt (de/skills/caching-strategies/index\.md, )?skills/caching-strategies/index\.md in \d+\.\d s\n",
            last_line(said, "Rebuilt"),
        )
        # What nobody asks for is not made; what is asked for is made from the present pages.
        assert "Arrived." in fetched(address + "llms-full.txt")
        assert "Arrived." in fetched(address + "book/")
        for _ in range(2):
            page.write_text(first + "\n[x](no-such-page.md)\n", encoding="utf-8")
            told = heard(said, "The last good site is served until this is repaired.")
            assert "282:5 link: 'no-such-page.md': is not a file below docs/" in re.sub(r":\d+:5", ":282:5", told)
            assert "Traceback" not in told
            assert "<h1" in fetched(address + ADDRESS)
            page.write_text(first, encoding="utf-8")
            heard(said, "Rebuilt")
        assert "Arrived." not in fetched(address + ADDRESS)
        assert "Arrived." not in fetched(address + "llms-full.txt")


def last_line(said: IO[str], words: str) -> str:
    return heard(said, words).splitlines(keepends=True)[-1]


@pytest.mark.slow
def test_a_busy_port_gets_a_sentence(tmp_path: Path) -> None:
    command = Path(sys.executable).with_name("mkdocs")
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        done = subprocess.run(
            [command, "serve", "--dev-addr", f"127.0.0.1:{port}"], cwd=ROOT, capture_output=True, text=True
        )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        f"Error: dev_addr: '127.0.0.1:{port}': cannot be served on (address already in use): "
        f"end what is served there, or take another port: make serve PORT={port + 1}"
    )
    assert "Traceback" not in done.stderr


def test_a_memo_keeps_what_the_last_good_build_asked_for() -> None:
    memo = Memo()
    assert memo.get("a", lambda: 1) == 1
    memo.get("b", lambda: 1)
    memo.end_build(good=True)
    assert memo.get("a", lambda: 2) == 1
    assert memo.get("new", lambda: 1) == 1
    memo.end_build(good=False)
    assert memo.get("a", lambda: 2) == 1
    assert memo.get("new", lambda: 2) == 2, "what a bad build has made is forgotten"
    memo.end_build(good=True)
    assert memo.get("b", lambda: 2) == 2, "what a good build has not asked for is forgotten"


def test_the_theme_reads_nothing_else_of_other_pages() -> None:
    """What SHARED_META lacks could change on one page and stay as it was in the navigation of all others."""
    theme = Path(material.__file__).parent / "templates"
    templates = [*theme.rglob("*.html"), *(ROOT / "overrides").rglob("*.html")]
    text = "\n".join(file.read_text(encoding="utf-8") for file in templates if "languages" not in file.parts)
    owners = {name: set() for name in re.findall(r"\b(\w+)\.meta\b", text)}
    for owner, key in re.findall(r"\b(\w+)\.meta\.(\w+)", text):
        owners[owner].add(key)
    # `page` is the page that is drawn; the blog is a plugin that is not used.
    assert owners.keys() == {"page", "nav_item", "blog"}
    assert owners["nav_item"] == {*SHARED_META}


def test_files_are_looked_for_beside_the_marks_of_snippets() -> None:
    assert beside_marks('a.py\n--8<-- "b.py"\nc.py') == '--8<-- "b.py"'
    assert beside_marks("--8<--\na.py\n--8<--") == "--8<--\na.py\n--8<--"
    assert beside_marks("a.py") == ""


def test_a_project_is_read_anew_when_a_file_has_changed(tmp_path: Path) -> None:
    project = copy_sources(tmp_path / "project")
    first = load_checked(project)
    assert load_checked(project) is first
    page = project / PAGE
    page.write_text(page.read_text(encoding="utf-8").replace("On Tuesday", "On Sunday", 1), encoding="utf-8")
    assert "On Sunday" in load_checked(project).pages["skills/caching-strategies/index.md"].prose
