// Keeps a copy of the pages for reading offline. Made at each build; the version is a hash of what is kept.
// A network that answers in time goes first: the copy is for one that fails, stays silent, or has a host in trouble.
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const OURS = "handbook " + worker.registration.scope + " ";
// The build puts the version and the files in (macros/site/offline.py).
const COPY = OURS + "VERSION";
const FILES = ["FILES"];
/** The page for addresses that do not exist. Hosts may give it another address, or the status 404, or no address. */
const NOT_FOUND = "404.html";
/** So many milliseconds the network has before the copy is shown. */
const LIMIT = 3000;

/** Windows that show a page of the copy: what belongs to the page comes from the copy too, and fits it. */
const showCopy = new Set();

worker.addEventListener("install", (event) => event.waitUntil(keep()));
worker.addEventListener("activate", (event) => event.waitUntil(removeOlderCopies()));
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "GET" && request.url.startsWith(worker.registration.scope))
    event.respondWith(request.mode === "navigate" ? page(event) : file(event));
});

/** All files or none: a copy with holes is removed, and the browser tries again with a later visit. */
async function keep() {
  const cache = await caches.open(COPY);
  try {
    await Promise.all(FILES.map((name) => fetchInto(cache, name)));
  } catch (error) {
    await caches.delete(COPY);
    throw error;
  }
  await worker.skipWaiting();
}

/**
 * @param {Cache} cache
 * @param {string} name
 */
async function fetchInto(cache, name) {
  const answer = await fetch(name, { cache: "no-cache" });
  const found = answer.status === 200 || (name === NOT_FOUND && answer.status === 404);
  // A host may lead to an address without index.html, .html or slash. Whatever else it leads to is no page of ours.
  if (!found || plain(answer.url) !== plain(String(new URL(name, worker.location.href))))
    throw new Error(`${name}: ${answer.status} ${answer.url}`);
  await cache.put(name, new Response(await answer.blob(), { headers: headersOf(answer) }));
}

/** @param {string} url */
function plain(url) {
  return url.replace(/[?#].*/, "").replace(/(\/index)?(\/|\.html)$/, "");
}

/**
 * Headers for the copy of an answer: its body is unpacked, and nobody negotiates with a copy.
 * @param {Response} answer
 */
function headersOf(answer) {
  const headers = new Headers(answer.headers);
  for (const name of ["content-encoding", "content-length", "vary"]) headers.delete(name);
  return headers;
}

async function removeOlderCopies() {
  const older = (await caches.keys()).filter((name) => name.startsWith(OURS) && name !== COPY);
  await Promise.all(older.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/**
 * What the copy holds under an address, whatever its query and whatever the host varies its answers by.
 * @param {string} url
 */
async function kept(url) {
  try {
    // Not by opening it: that would make an empty one anew after the next version has removed it.
    return await caches.match(url, { cacheName: COPY, ignoreSearch: true, ignoreVary: true });
  } catch {
    // The browser has closed its storage.
    return undefined;
  }
}

/**
 * The network's answer if it is of use and comes in time.
 * @param {Promise<Response>} network
 * @returns {Promise<Response | undefined>}
 */
function inTime(network) {
  const late = new Promise((resolve) => setTimeout(resolve, LIMIT));
  const good = network.then(
    // A host that is in trouble, or has had enough requests.
    (answer) => (answer.status >= 500 || answer.status === 429 ? undefined : answer),
    () => undefined,
  );
  return Promise.race([good, late]);
}

/**
 * @param {FetchEvent} event
 * @returns {Promise<Response>}
 */
async function file(event) {
  const { request } = event;
  if (showCopy.has(event.clientId)) {
    const copy = await kept(request.url);
    if (copy) return copy;
  }
  // What a deployment may change under its old name is asked for anew, past the browser's own cache: nobody reads
  // today's page with yesterday's style sheet.
  const lasting = /\.min\.(css|js)$|\.woff2$/.test(request.url);
  const network = fetch(request, lasting ? {} : { cache: "no-cache" });
  return (await inTime(network)) ?? (await kept(request.url)) ?? network;
}

/**
 * @param {FetchEvent} event
 * @returns {Promise<Response>}
 */
async function page(event) {
  const { request } = event;
  const network = fetch(request, { cache: "no-cache" });
  const answer = await inTime(network);
  if (answer) return answer;
  const copy = await keptPage(request.url);
  if (copy) {
    showCopy.add(event.resultingClientId);
    // A late answer is not put among the pages of another version. It shows that the whole copy can be renewed.
    event.waitUntil(network.then(() => worker.registration.update()).catch(() => {}));
    return copy;
  }
  try {
    return await network;
  } catch {
    const notFound = await kept(NOT_FOUND);
    showCopy.add(event.resultingClientId);
    return notFound ? withNote(notFound, 404) : Response.error();
  }
}

/**
 * The copy of a page, or the way to it: readers and hosts write index.html, or leave the slash away.
 * @param {string} url
 */
async function keptPage(url) {
  const copy = await kept(url);
  if (copy) return withNote(copy, 200);
  const folder = new URL(url);
  folder.pathname = folder.pathname.replace(/(\/index(\.html)?)?\/?$/, "/");
  return folder.href !== url && (await kept(folder.href)) ? Response.redirect(folder) : undefined;
}

/**
 * A page of the copy with a line that says so.
 * @param {Response} copy
 * @param {number} status
 */
async function withNote(copy, status) {
  const date = new Date(copy.headers.get("date") ?? NaN);
  const day = Number.isNaN(date.valueOf()) ? "" : ` on ${date.toISOString().slice(0, 10)}`;
  const says = `The network did not give this page. You are reading the copy that this browser kept${day}.`;
  const note = `<p class="copy-note" role="status">${says} <a href="">Try again</a></p>`;
  const text = (await copy.text()).replace(/<article[^>]*>/, (start) => start + note);
  return new Response(text, { status, headers: copy.headers });
}
