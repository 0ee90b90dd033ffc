"""The copy for reading offline: what is in it, and what readers get from it on the networks and hosts that there are."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from macros.data.paths import WORKER
from macros.entities.edition import Edition
from macros.site.assets import own_files
from macros.site.finish import Settings, finish
from macros.site.offline import last_worker, worker
from support.serving import SUBPATH, Habits, serve


def _until(page: Page, condition: str) -> None:
    """Wait until an asynchronous function gives true. `wait_for_function` would take its promise for true."""
    page.evaluate(
        f"""async () => {{
          const end = performance.now() + 20000;
          while (!(await ({condition})())) {{
            if (performance.now() > end) throw new Error("waited for 20 seconds");
            await new Promise((resolve) => requestAnimationFrame(resolve));
          }}
        }}"""
    )


def _names(site: Path) -> list[str]:
    return json.loads(re.search(r"FILES=(\[.*?\]);", (site / WORKER).read_text(encoding="utf-8"))[1])


def test_the_offline_copy_names_every_page_and_only_files_that_exist(site: Path) -> None:
    names = _names(site)
    pages = {re.sub(r"index\.html$", "", f.relative_to(site).as_posix()) or "./" for f in site.rglob("*.html")}
    assert pages - {"book/"} <= set(names), "the book holds the same text again"
    assert [n for n in names if not (site / n / "index.html" if n.endswith("/") else site / n).is_file()] == []
    ours = {file.relative_to(site).as_posix() for file in own_files(site)}
    assert ours - set(names) == set(), "a tool needs every module that it imports"


@pytest.mark.this_handbook
def test_a_reader_without_network_reads_every_page_and_gets_the_new_one_when_it_is_back(
    browser: Browser, site: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "site"
    shutil.copytree(site, copy)
    with serve(copy) as address, browser.new_context() as context:
        page = context.new_page()
        page.goto(address)
        page.evaluate("() => navigator.serviceWorker.ready")
        page.wait_for_function("() => navigator.serviceWorker.controller")
        context.set_offline(True)
        page.goto(address + "skills/error-handling/")
        assert page.inner_text("h1").startswith("From error handling")
        page.goto(address + "skills/error-handling?from=a-note")
        assert page.url.endswith("skills/error-handling/?from=a-note")
        assert page.inner_text("h1").startswith("From error handling")
        page.goto(address + "no-such-page/")
        assert page.locator("h1#not-found").is_visible()
        context.set_offline(False)
        # A deployment: the very next visit shows it, though the old copy is still there.
        file = copy / "skills/error-handling/index.html"
        file.write_text(file.read_text(encoding="utf-8").replace("From error handling", "Deployed anew"), "utf-8")
        sheet = copy / "assets/stylesheets/handbook.css"
        sheet.write_text(sheet.read_text(encoding="utf-8") + "h1 { outline: 3px solid rgb(1, 2, 3); }", "utf-8")
        # In another tab: one that is open keeps its style sheets in memory.
        page.close()
        page = context.new_page()
        page.goto(address + "skills/error-handling/")
        assert page.inner_text("h1").startswith("Deployed anew")
        outline = "e => getComputedStyle(e).outlineColor"
        assert page.locator("article h1").evaluate(outline) == "rgb(1, 2, 3)", "a new page in the old style"
        # The switch is turned off: the copies go.
        (copy / WORKER).write_text(last_worker(), encoding="utf-8")
        page.evaluate("async () => (await navigator.serviceWorker.getRegistration()).update()")
        _until(page, "async () => (await caches.keys()).length === 0")
        _until(page, "async () => !(await navigator.serviceWorker.getRegistration())")


@pytest.mark.this_handbook
def test_a_reader_without_network_searches_on_a_page_that_was_never_opened(browser: Browser, site: Path) -> None:
    with serve(site) as address, browser.new_context() as context:
        page = context.new_page()
        page.goto(address)
        page.evaluate("() => navigator.serviceWorker.ready")
        page.wait_for_function("() => navigator.serviceWorker.controller")
        context.set_offline(True)
        page.add_init_script("addEventListener('securitypolicyviolation', (e) => (window.refused = e.blockedURI))")
        page.goto(address + "skills/error-handling/")
        page.locator(".md-search__input").click()
        page.keyboard.type("exponential backof")
        # With the line of another page that was found.
        result = page.locator("a.md-search-result__link", has_text="Retries, limits and fallbacks").first
        expect(result.locator("mark").first).to_be_visible()
        page.keyboard.press("Enter")
        page.wait_for_url("**/topics/retries-and-fallbacks/*")
        expect(page.locator("h1")).to_contain_text("Retries")
        assert page.evaluate("window.refused") is None


def test_the_version_of_the_copy_changes_with_its_content(site: Path, checked: Edition, tmp_path: Path) -> None:
    copy = tmp_path / "site"
    shutil.copytree(site, copy)
    before = (copy / WORKER).read_text(encoding="utf-8")
    (copy / "index.html").write_text((copy / "index.html").read_text(encoding="utf-8") + "<!-- new -->", "utf-8")
    finish(copy, checked, Settings(f"https://owner.example{SUBPATH}"))
    assert (copy / WORKER).read_text(encoding="utf-8") != before
    finish(copy, checked, Settings(f"https://owner.example{SUBPATH}", offline=False))
    assert (copy / WORKER).read_text(encoding="utf-8") == last_worker()


# --- networks and hosts, with a handbook of three pages ---

_PAGE = '<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="{up}assets/style.css"><article><h1>{title}</h1></article>'


def small_site(folder: Path, edition: str = "First", limit: int = 3000) -> Path:
    """Three pages, a style sheet and the worker; `limit` is how long it waits for the network."""
    for name, up in (("index.html", ""), ("skills/index.html", "../"), ("404.html", SUBPATH)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(_PAGE.format(up=up, title=f"{edition} {name}"), encoding="utf-8")
    (folder / "assets").mkdir(exist_ok=True)
    (folder / "assets/style.css").write_text(f"h1::before {{ content: '{edition}'; }}", encoding="utf-8")
    script = worker(folder)
    assert "LIMIT=3000;" in script
    (folder / WORKER).write_text(script.replace("LIMIT=3000;", f"LIMIT={limit};"), encoding="utf-8")
    return folder


def _with_copy(context: BrowserContext, address: str) -> Page:
    """A page of a reader whose browser has made its copy.

    The worker of a folder above controls the page at once, so only this folder's own one says that its copy is there.
    """
    page = context.new_page()
    page.goto(address)
    page.evaluate("navigator.serviceWorker.register('sw.js')")
    page.wait_for_function(
        "() => navigator.serviceWorker.controller?.scriptURL === new URL('sw.js', location.href).href"
    )
    return page


def _style(page: Page) -> str:
    return page.locator("h1").evaluate("e => getComputedStyle(e, '::before').content").strip('"')


#: A host that gives pages addresses without .html does so for the page that it sends for an address that does not exist.
HOSTS = {
    "pages": Habits(),
    "answers vary": Habits(headers={"Vary": "Accept-Encoding, Origin, Accept, Sec-Fetch-Mode"}),
    "answers vary by everything": Habits(headers={"Vary": "*"}),
    "no .html": Habits(moved={"404.html": "404"}, pages={"404": (200, "404.html")}),
    "no .html, and the status": Habits(moved={"404.html": "404"}, pages={"404": (404, "404.html")}),
    "no slash": Habits(moved={"skills/": "skills"}, pages={"skills": (200, "skills/index.html")}),
}


@pytest.mark.parametrize("habits", HOSTS.values(), ids=HOSTS)
def test_on_every_kind_of_host_the_copy_has_every_page_under_every_address(
    browser: Browser, tmp_path: Path, habits: Habits
) -> None:
    with serve(small_site(tmp_path), habits) as address, browser.new_context() as context:
        page = _with_copy(context, address)
        context.set_offline(True)
        for path in ("skills/", "skills", "skills/index.html", "skills/?h=cache", "skills/index.html?h=cache"):
            page.goto(address + path)
            assert page.inner_text("h1") == "First skills/index.html", path
            assert _style(page) == "First"
        page.goto(address + "no-such-page/")
        assert page.inner_text("h1") == "First 404.html"


def _note(page: Page) -> Locator:
    return page.get_by_role("article").get_by_role("status")


def test_a_server_that_stays_silent_or_fails_does_not_keep_the_reader_from_the_copy(
    browser: Browser, tmp_path: Path
) -> None:
    habits = Habits()
    with serve(small_site(tmp_path, limit=100), habits) as address, browser.new_context() as context:
        page = _with_copy(context, address)
        for trouble in ({"silent": True}, {"failing": 503}, {"failing": 429}):
            vars(habits).update({"silent": False, "failing": 0} | trouble)
            page.goto(address + "skills/")
            assert page.inner_text("h1") == "First skills/index.html", trouble
            assert _style(page) == "First"
            expect(_note(page)).to_contain_text(re.compile(r"the copy that this browser kept on 20\d\d-\d\d-\d\d\. "))
            habits.released.set()
            # What the copy does not have is the host's to answer.
            if habits.failing:
                assert page.request.get(address + "data.csv").status == habits.failing
                answer = page.goto(address + "data/")
                assert answer and answer.status == habits.failing


def test_a_page_of_the_copy_has_the_style_of_the_copy_when_the_network_is_back_with_another(
    browser: Browser, tmp_path: Path
) -> None:
    habits = Habits()
    small_site(tmp_path)
    with serve(tmp_path, habits) as address, browser.new_context() as context:
        page = _with_copy(context, address)
        (tmp_path / "assets/style.css").write_text("h1::before { content: 'Second'; }", encoding="utf-8")
        habits.pages["skills/"] = (503, "404.html")
        page.goto(address + "skills/")
        assert (page.inner_text("h1"), _style(page)) == ("First skills/index.html", "First")
        again = str(_note(page).get_by_role("link", name="Try again").evaluate("link => link.href"))
        # In another tab: one that is open keeps its style sheets in memory.
        page.close()
        page = context.new_page()
        habits.pages.clear()
        page.goto(again)
        expect(_note(page)).to_have_count(0)
        assert (page.inner_text("h1"), _style(page)) == ("First skills/index.html", "Second")


def test_a_late_answer_renews_the_whole_copy(browser: Browser, tmp_path: Path) -> None:
    habits = Habits()
    with serve(small_site(tmp_path, limit=100), habits) as address, browser.new_context() as context:
        page = _with_copy(context, address)
        small_site(tmp_path, "Second", limit=100)
        habits.silent = True
        page.goto(address + "skills/")
        assert page.inner_text("h1") == "First skills/index.html"
        habits.silent = False
        habits.released.set()
        _until(page, "async () => (await (await caches.match('../skills/')).text()).includes('Second')")
        _until(page, "async () => (await (await caches.match('../assets/style.css')).text()).includes('Second')")


#: What makes the copy incomplete while a host deploys, or in a hotel: a page with a trouble, and the name of a file.
HOLES = {
    "a page is missing": Habits(pages={"skills/": (404, "404.html")}),
    "a host fails": Habits(pages={"assets/style.css": (503, "404.html")}),
    "a part of a file": Habits(pages={"assets/style.css": (206, "404.html")}),
    "a page to sign in": Habits(moved={"skills/": "login"}, pages={"login": (200, "404.html")}),
}


@pytest.mark.parametrize("habits", HOLES.values(), ids=HOLES)
def test_a_copy_with_holes_is_not_kept_and_the_one_before_stays(
    browser: Browser, tmp_path: Path, habits: Habits
) -> None:
    host = Habits()
    with serve(small_site(tmp_path), host) as address, browser.new_context() as context:
        page = _with_copy(context, address)
        before = page.evaluate("caches.keys()")
        small_site(tmp_path, "Second")
        host.moved, host.pages = habits.moved, habits.pages
        page.evaluate(
            """async () => {
              const registration = await navigator.serviceWorker.ready;
              registration.onupdatefound = () => {
                const found = registration.installing;
                found.onstatechange = () => (globalThis.end ??= found.state);
              };
              registration.update().catch(() => {});
            }"""
        )
        page.wait_for_function("globalThis.end")
        assert page.evaluate("end") == "redundant"
        assert page.evaluate("caches.keys()") == before
        context.set_offline(True)
        page.goto(address + "skills/")
        assert (page.inner_text("h1"), _style(page)) == ("First skills/index.html", "First")


#: The copies in a browser: the last folder of each handbook's address, and the page that it keeps.
_COPIES = """async () => {
  const copies = (await caches.keys()).map(async (key) => {
    const [, address, folder] = key.match(/(http.*[/](.*)[/]) /);
    const page = await caches.match(address, { cacheName: key });
    return `${folder} ${(await page?.text())?.match(/<h1>(.*?) /)[1]}`;
  });
  return (await Promise.all(copies)).sort().join(", ");
}"""

_UPDATE = "navigator.serviceWorker.getRegistration().then((one) => one.update())"


def test_handbooks_on_one_host_leave_each_other_s_copies_alone(browser: Browser, tmp_path: Path) -> None:
    sites = {folder: small_site(tmp_path / folder) for folder in (".", "a", "b")}
    with serve(tmp_path) as address, browser.new_context() as context:
        for folder in sites:
            page = _with_copy(context, f"{address}{folder}/")
        assert page.evaluate(_COPIES) == "a First, b First, repo First"
        small_site(sites["a"], "Second")
        page.goto(address + "a/")
        page.evaluate(_UPDATE)
        _until(page, f"async () => await ({_COPIES})() === 'a Second, b First, repo First'")
        for folder, left in (("b", "a Second, repo First"), (".", "a Second")):
            (sites[folder] / WORKER).write_text(last_worker(), encoding="utf-8")
            page.goto(f"{address}{folder}/")
            page.evaluate(_UPDATE)
            workers = len(left.split(","))
            _until(page, f"async () => (await navigator.serviceWorker.getRegistrations()).length === {workers}")
            assert page.evaluate(_COPIES) == left
        context.set_offline(True)
        page.goto(address + "a/skills/")
        assert page.inner_text("h1") == "Second skills/index.html"
