// Asks the browser to keep a copy for reading offline, after everything else; not from readers who save data.
if ("serviceWorker" in navigator && !navigator.connection?.saveData) {
  const worker = new URL("../../sw.js", document.currentScript.src);
  addEventListener("load", async () => {
    try {
      await navigator.serviceWorker.register(worker);
    } catch {
      // A browser that stores nothing keeps no copy either; some throw already when they are asked for the worker.
    }
  });
}
