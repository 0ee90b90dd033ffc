// Keeps a copy of the pages for reading offline. Made at each build; the version is a hash of what is kept.
// With a network the reader gets the network's page: the copy answers only when the network does not.
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const OURS = "handbook " + worker.registration.scope + " ";
// The build puts the version and the files in (macros/site/offline.py).
const COPY = OURS + "VERSION";
const FILES = ["FILES"];

worker.addEventListener("install", (event) => event.waitUntil(keep()));
worker.addEventListener("activate", (event) => event.waitUntil(removeOlderCopies()));
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(worker.registration.scope)) return;
  // What a deployment may change under its old name is asked for anew, past the browser's own cache: nobody reads
  // yesterday's page, or today's with yesterday's style sheet.
  const lasting = /\.min\.(css|js)$|\.woff2$/.test(request.url);
  event.respondWith(fetch(request, lasting ? {} : { cache: "no-cache" }).catch((error) => kept(request, error)));
});

async function keep() {
  const cache = await caches.open(COPY);
  await cache.addAll(FILES.map((name) => new Request(name, { cache: "no-cache" })));
  await worker.skipWaiting();
}

async function removeOlderCopies() {
  const older = (await caches.keys()).filter((name) => name.startsWith(OURS) && name !== COPY);
  await Promise.all(older.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/**
 * The copy of what the network did not give.
 * @param {Request} request
 * @param {unknown} error what the network said; thrown on for what is no page and has no copy
 * @returns {Promise<Response>}
 */
async function kept(request, error) {
  const cache = await caches.open(COPY);
  const copy = await cache.match(request, { ignoreSearch: true });
  if (copy) return copy;
  if (request.mode !== "navigate") throw error;
  // Hosts lead from an address without its slash to the page.
  const folder = new URL(request.url);
  folder.pathname += "/";
  if (await cache.match(folder, { ignoreSearch: true })) return Response.redirect(folder);
  return (await cache.match("404.html")) ?? Response.error();
}
