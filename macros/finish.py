"""What is done to a built site before anybody reads it, whichever engine has built it: the data as JSON, tables that a
phone can show, the feed, the whole handbook as one page and as plain text, the offline copy, the security policy, and a
list of all files with their hashes."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from macros.book import BOOK, book_page, read_book
from macros.check import DATA, HISTORY, MODELS, RADAR, Checked, as_json
from macros.history import FEED, feed
from macros.llms import FULL, LIST, llms, llms_full
from macros.reader import COURSE, course

#: Where the handbook's own style sheets and scripts lie; the theme's stand in the same folders under names with a hash.
STYLES = "assets/stylesheets"
SCRIPTS = "assets/javascripts"
WORKER = "sw.js"
#: The theme's search, which runs beside the page.
SEARCH = f"{SCRIPTS}/workers/search.*.min.js"
#: In the format of sha256sum: `sha256sum --check files.sha256` proves a copy.
MANIFEST = "files.sha256"
#: What the offline copy holds: pages and what they need. Everybody fetches it once, so data, examples, pictures for
#: other sites, the book with the same text again, and stemmers for other languages that come with the theme are left out.
OFFLINE = re.compile(
    r"(?!book/).*\.html|(?!assets/javascripts/lunr/)assets/.*\.(css|js|woff2|svg)|search/search_index\.json|data/course\.json"
)

_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<code>.*?)</script>", re.DOTALL)
#: The theme's colors. Ours are in the handbook's own sheet, and a reader need not fetch both.
_PALETTE = re.compile(r'\s*<link rel="stylesheet" href="[^"]*/palette\.\w+\.min\.css">')
_CHARSET = re.compile(r'<meta charset="utf-8" ?/?>', re.IGNORECASE)


@dataclass(frozen=True)
class Settings:
    """What the site's configuration says.

    Attributes:
        url: where the site will live, with a slash at the end.
        offline: whether browsers keep a copy for offline reading.
        live: whether the site is served while it is written: then its server adds a script that a policy would
            forbid, and nobody needs hashes.
    """

    url: str
    offline: bool = True
    live: bool = False


def finish(site: Path, checked: Checked, settings: Settings) -> None:
    """Complete a built site in its folder. Running it twice changes nothing the second time."""
    for name, data in ((DATA, checked.handbook), (RADAR, checked.radar), (HISTORY, checked.history)):
        _write(site / name.removeprefix("docs/").replace(".yml", ".json"), as_json(data))
    for file in sorted([*(site / STYLES).glob("*.css"), *(site / SCRIPTS).glob("*.js")]):
        if ".min." in file.name:
            continue
        text = file.read_text(encoding="utf-8")
        _write(
            file, without_notes(text) if file.suffix == ".js" else re.sub(r"/\*.*?\*/\s*", "", text, flags=re.DOTALL)
        )
    for file in site.glob(SEARCH):
        _write(file, mended_search(file.read_text(encoding="utf-8")))
    _write(site / COURSE, course(checked.handbook, checked.history))
    _write(site / FEED, feed(checked.history, checked.handbook.handbook, settings.url))
    for page in sorted(set(site.rglob("*.html")) - {site / BOOK}):
        text = label_cells(_PALETTE.sub("", page.read_text(encoding="utf-8")))
        _write(page, text if settings.live else with_policy(text))
    whole = read_book(site, checked.handbook)
    text = book_page(whole)
    _write(site / BOOK, text if settings.live else with_policy(text))
    _write(site / LIST, llms(whole))
    _write(site / FULL, llms_full(whole))
    _write(site / WORKER, worker(site) if settings.offline and not settings.live else LAST_WORKER)
    if not settings.live:
        _write(site / MANIFEST, manifest(site))


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="\n")


#: lunr merges the branches of its tree of words that have the same name, and builds the name from letters and numbers
#: without a mark between them: two branches can get one name when words hold digits ("1" to node 23, "12" to node 3).
#: Then it finds words that no page has, and every search for their beginning fails. With the mark, names are unique.
_UNIQUE_NAMES = """
lunr.TokenSet.prototype.toString = function () {
  return this._str || Object.keys(this.edges).sort().reduce((name, letter) => name + letter + this.edges[letter].id + ",", this.final ? "1" : "0");
};
"""


def mended_search(worker: str) -> str:
    """The theme's search worker, which gives lunr to the code after it, with a repair of lunr at its end."""
    return worker if worker.endswith(_UNIQUE_NAMES) else worker + _UNIQUE_NAMES


def without_notes(script: str) -> str:
    """A script of ours without its comments and types: they are for whoever changes it, and a third of its size.

    Comments stand on lines of their own or, as types, between `/**` and `*/`; none of our strings holds either mark.
    """
    script = re.sub(r"/\*\*.*?\*/ ?", "", script, flags=re.DOTALL)
    return re.sub(r"^\s*(//.*)?\n", "", script, flags=re.MULTILINE)


def label_cells(html: str) -> str:
    """Give each cell of a plain table with four columns or more its column's name.

    A phone shows such a row as a card, with the name before the cell; a table that scrolls sideways would hide its
    last column and could not be reached by keyboard. Tables of the renderers carry their names already.
    """

    def labelled(match: re.Match[str]) -> str:
        table = match[0]
        heads = [
            re.sub(r"<[^>]+>", "", head).replace('"', "&quot;")
            for head in re.findall(r"<th>(.*?)</th>", table, re.DOTALL)
        ]
        if len(heads) < 4 or "data-label" in table:
            return table
        names = itertools.cycle(heads)

        def cell(found: re.Match[str]) -> str:
            name = next(names)
            return "<td>" if name is heads[0] else f'<td data-label="{name}">'

        return f'<div class="wide-table">{re.sub("<td>", cell, table)}</div>'

    return re.sub(r"<table>.*?</table>", labelled, html, flags=re.DOTALL)


def with_policy(html: str) -> str:
    """A page that runs only the scripts that the build put there, and asks no other host for anything.

    Inline scripts of the theme are allowed by the hash of their text. Styles may be inline: the timeline places its
    bars with them. A page that has its policy already is returned as it is.
    """
    if "Content-Security-Policy" in html:
        return html
    hashes = sorted({f"'sha256-{_digest(code)}'" for code in inline_scripts(html)})
    policy = "; ".join(
        [
            "default-src 'none'",
            " ".join(["script-src 'self'", *hashes]),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "worker-src 'self'",
            "base-uri 'self'",
            "form-action 'self'",
        ]
    )
    metas = (
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><meta name="referrer" content="same-origin">'
    )
    if not _CHARSET.search(html):
        raise ValueError("a page without <meta charset> cannot carry its policy: see overrides/main.html")
    return _CHARSET.sub(lambda charset: charset[0] + metas, html, count=1)


def inline_scripts(html: str) -> list[str]:
    """The code of each script that stands in the page itself. Data in a script element is not code."""
    return [
        match["code"]
        for match in _SCRIPT.finditer(html)
        if "src=" not in match["attributes"] and "application/json" not in match["attributes"]
    ]


def _digest(code: str) -> str:
    return base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()


def manifest(site: Path) -> str:
    """One line for each file of the site but this one: its SHA-256 and its path."""
    files = sorted(f.relative_to(site).as_posix() for f in site.rglob("*") if f.is_file())
    return "".join(
        f"{hashlib.sha256((site / name).read_bytes()).hexdigest()}  {name}\n" for name in files if name != MANIFEST
    )


#: What replaces the worker when a host turns the offline copy off: it deletes the copies and itself.
LAST_WORKER = """\
addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(
  caches.keys()
    .then((names) => Promise.all(names.filter((name) => name.startsWith("handbook ")).map((name) => caches.delete(name))))
    .then(() => registration.unregister()),
));
"""

_WORKER = """\
// Keeps a copy of the pages for reading offline. Made at each build; the version is a hash of what is kept.
// With a network the reader gets the network's page: the copy answers only when the network does not.
const COPY = "handbook " + registration.scope + " VERSION";
const FILES = NAMES;
addEventListener("install", (event) => event.waitUntil(
  caches.open(COPY)
    .then((cache) => cache.addAll(FILES.map((name) => new Request(name, { cache: "no-cache" }))))
    .then(() => skipWaiting()),
));
addEventListener("activate", (event) => event.waitUntil(
  caches.keys()
    .then((names) => Promise.all(names
      .filter((name) => name.startsWith("handbook " + registration.scope + " ") && name !== COPY)
      .map((name) => caches.delete(name))))
    .then(() => clients.claim()),
));
addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(registration.scope)) return;
  // What a deployment may change under its old name is asked for anew, past the browser's own cache: nobody reads
  // yesterday's page, or today's with yesterday's style sheet.
  const lasting = /\\.min\\.(css|js)$|\\.woff2$/.test(request.url);
  event.respondWith(fetch(request, lasting ? {} : { cache: "no-cache" }).catch(async (error) => {
    const cache = await caches.open(COPY);
    const kept = await cache.match(request, { ignoreSearch: true });
    if (kept) return kept;
    if (request.mode !== "navigate") throw error;
    // Hosts lead from an address without its slash to the page.
    const folder = new URL(request.url);
    folder.pathname += "/";
    return (await cache.match(folder, { ignoreSearch: true })) ? Response.redirect(folder) : cache.match("404.html");
  }));
});
"""


def worker(site: Path) -> str:
    """The service worker: it fetches every page once and answers with that copy when there is no network."""
    kept = [f for f in sorted(site.rglob("*")) if f.is_file() and OFFLINE.fullmatch(f.relative_to(site).as_posix())]
    version = _version(kept, site)
    names = [re.sub(r"(^|/)index\.html$", r"\1", f.relative_to(site).as_posix()) or "./" for f in kept]
    return _WORKER.replace("VERSION", version).replace("NAMES", json.dumps(names))


def _version(files: Iterable[Path], site: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(site).as_posix()}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


def unfinished(models: Iterable[str] = MODELS) -> list[str]:
    """Files that exist only when a site is finished; pages may link to them before."""
    return [name.removeprefix("docs/").replace(".yml", ".json") for name in models] + [COURSE, FEED, BOOK, LIST, FULL]
