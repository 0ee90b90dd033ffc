"""What is done to a built site: policy, hashes, feed and the offline copy."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser

from macros.data.paths import MANIFEST
from macros.entities.edition import Edition
from macros.entities.history import changes, check_history
from macros.site.assets import compact, own_files
from macros.site.feed import ATOM, feed
from macros.site.finish import Settings, finish
from macros.site.policy import inline_scripts, with_policy
from support.entity_cases import BAD_HISTORIES, damaged_history
from support.htmlpages import built_files, built_pages
from support.serving import SUBPATH, serve
from support.small_handbook import handbook

PAGE = '<!doctype html><html><head><meta charset="utf-8"><script>one()</script></head><body>{}</body></html>'


def test_every_page_has_a_policy_that_allows_no_inline_script_but_its_own(site: Path) -> None:
    for page in built_files(site).values():
        policy = page.tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
        assert len(policy) == 1, page.path
        rules = dict(part.strip().split(" ", 1) for part in policy[0].split(";"))
        assert rules["default-src"] == "'none'"
        assert "unsafe" not in rules["script-src"], page.path
        assert not re.search(r"https?:|\*", policy[0]), page.path
        # A policy binds only what comes after it.
        head = [element.tag for element in page.tree.head]
        assert "script" not in head[:2]
        assert page.tree.head[1].get("http-equiv") == "Content-Security-Policy"
        assert page.tree.xpath("//meta[@name='referrer']/@content") == ["same-origin"]


def test_a_policy_allows_the_scripts_of_the_build_and_a_browser_refuses_others(
    browser: Browser, tmp_path: Path
) -> None:
    allowed = with_policy(PAGE.format("<p id=p>nothing</p><script>p.textContent = 'ran'</script>"))
    planted = allowed.replace("'ran'", "'planted'")
    (tmp_path / "allowed.html").write_text(allowed, encoding="utf-8")
    (tmp_path / "planted.html").write_text(planted, encoding="utf-8")
    (tmp_path / "handler.html").write_text(allowed.replace("<p ", "<img src=x onerror=p.textContent='handler'><p "))
    with serve(tmp_path) as address, browser.new_context() as context:
        page = context.new_page()
        page.goto(address + "allowed.html")
        assert page.inner_text("p") == "ran"
        page.goto(address + "planted.html")
        assert page.inner_text("p") == "nothing"
        page.goto(address + "handler.html")
        page.wait_for_load_state("networkidle")
        assert page.inner_text("p") == "ran"


def test_data_in_a_script_element_is_not_code() -> None:
    text = PAGE.format('<script type="application/json">{"a": 1}</script><script src="x.js"></script>')
    assert inline_scripts(text) == ["one()"]


def test_a_page_that_could_not_carry_its_policy_is_not_published() -> None:
    with pytest.raises(ValueError, match=r"main\.html"):
        with_policy("<html><head></head></html>")


def test_finishing_twice_changes_nothing(site: Path, checked: Edition, tmp_path: Path) -> None:
    copy = tmp_path / "site"
    shutil.copytree(site, copy)
    finish(copy, checked, Settings(f"https://owner.example{SUBPATH}"))
    assert (copy / MANIFEST).read_bytes() == (site / MANIFEST).read_bytes()


def test_the_manifest_names_every_file_with_its_hash(site: Path) -> None:
    lines = [line.split("  ", 1) for line in (site / MANIFEST).read_text(encoding="utf-8").splitlines()]
    names = [name for _, name in lines]
    assert names == sorted(
        f.relative_to(site).as_posix() for f in site.rglob("*") if f.is_file() and f.name != MANIFEST
    )
    for digest, name in lines:
        assert hashlib.sha256((site / name).read_bytes()).hexdigest() == digest, name


# --- scripts ---


@pytest.mark.parametrize(
    ("script", "published"),
    [
        ('// Why.\nlet a = "// no  comment"; // what\n', 'let a="// no  comment";'),
        ("const x = /** @type {A} */ (b);\nx.c();\n", "const x=(b);x.c();"),
        ("f(\n  a,\n  `${b ? 1 : 2} /* text */`,\n);\n", "f(a,`${b ? 1 : 2} /* text */`,);"),
        ('a.replace(/[/"`\\]]+ \\//g, "\\"");\n', 'a.replace(/[/"`\\]]+ \\//g,"\\"");'),
        ("const d = (a + 1) / 2 / b; // half\n", "const d=(a + 1)/ 2 / b;"),
        ("const e = (a - b) / (1 - c) + `${d / f} of`;\n", "const e=(a - b)/ (1 - c)+ `${d / f} of`;"),
        ("let n = 1 - -i;\nn++;\n+n;\n", "let n=1 - -i;n++;+n;"),
        ("class A {\n  /** One. */\n  b() {}\n\n  c() {}\n}\n", "class A{b(){}c(){}}"),
    ],
)
def test_a_script_loses_comments_and_layout_and_nothing_else(script: str, published: str) -> None:
    assert compact(script) == published + "\n"
    assert compact(published) == published + "\n", "read again, it is what it was"


def test_scripts_of_every_folder_are_published_without_their_comments(site: Path) -> None:
    scripts = [file for file in own_files(site) if file.suffix == ".js"]
    assert {file.parent.name for file in scripts} >= {"javascripts", "lib", "planner", "tools"}
    comment = re.compile(r"/\*\*|^\s*//", re.MULTILINE)
    assert [file.name for file in scripts if comment.search(file.read_text(encoding="utf-8"))] == []


# --- the feed ---


@pytest.mark.parametrize(("damage", "place", "rule"), BAD_HISTORIES)
def test_a_wrong_history_is_named_with_its_place(damage: dict, place: tuple, rule: str) -> None:
    found = list(check_history(damaged_history(**damage), ["index.md", "skills/a.md"]))
    assert [(problem.path, rule in problem.rule) for problem in found] == [(place, True)]
    assert list(check_history(damaged_history(), ["index.md", "skills/a.md"])) == []


def test_the_feed_is_valid_atom_with_permanent_ids_and_the_dates_of_the_data() -> None:
    root = ElementTree.fromstring(feed(damaged_history(), handbook().handbook, "https://h.example/"))
    names = {"a": ATOM}
    assert root.findtext("a:updated", namespaces=names) == "2026-02-02T00:00:00Z"
    entries = root.findall("a:entry", names)
    assert [e.findtext("a:title", namespaces=names) for e in entries] == ["A & B | C", "One"]
    assert [e.findtext("a:id", namespaces=names) for e in entries] == [
        "https://h.example/reference/changes/#second",
        "https://h.example/reference/changes/#first",
    ]
    # RFC 4287, 4.1: a feed has an id, a title, an author and a link to itself.
    for required in ("a:id", "a:title", "a:author/a:name", "a:link[@rel='self']"):
        assert root.find(required, names) is not None, required


def test_changes_stand_under_their_day_with_links() -> None:
    text = changes(damaged_history(), {"index.md": "Home", "skills/a.md": "A"}, "reference/changes.md")
    assert "## 2026-02-02 { #on-2026-02-02 }" in text
    assert "### A &amp; B &#124; C { #second }" in text
    assert "See [Home](../index.md) and [A](../skills/a.md)." in text


def test_the_real_feed_leads_to_anchors_that_exist(site: Path) -> None:
    root = ElementTree.parse(site / "feed.xml").getroot()
    ids = built_pages(site)["reference/changes/index.html"].ids
    for entry in root.findall(f"{{{ATOM}}}entry"):
        assert entry.findtext(f"{{{ATOM}}}id").split("#")[1] in ids
