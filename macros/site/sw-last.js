// Replaces the worker when a host turns the offline copy off: it deletes the copies of this handbook and itself.
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
// Other handbooks may live on the same host: theirs stay.
const OURS = "handbook " + worker.registration.scope + " ";

worker.addEventListener("install", () => worker.skipWaiting());
worker.addEventListener("activate", (event) => event.waitUntil(removeAll()));

async function removeAll() {
  const copies = (await caches.keys()).filter((name) => name.startsWith(OURS));
  await Promise.all(copies.map((name) => caches.delete(name)));
  await worker.registration.unregister();
}
