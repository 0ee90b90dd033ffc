"""The copy for reading offline: the service worker that fetches it, and the one that removes it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path

#: What the offline copy holds: pages and what they need. Everybody fetches it once, so data, examples, pictures for
#: other sites, the book with the same text again, and stemmers for other languages that come with the theme are left out.
OFFLINE = re.compile(
    r"(?!book/).*\.html|(?!assets/javascripts/lunr/)assets/.*\.(css|js|woff2|svg)|search/search_index\.json|data/course\.json"
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
