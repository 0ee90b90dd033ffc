// Replaces the worker when a host turns the offline copy off: it deletes the copies and itself.
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

worker.addEventListener("install", () => worker.skipWaiting());
worker.addEventListener("activate", (event) => event.waitUntil(removeAll()));

async function removeAll() {
  const copies = (await caches.keys()).filter((name) => name.startsWith("handbook "));
  await Promise.all(copies.map((name) => caches.delete(name)));
  await worker.registration.unregister();
}
