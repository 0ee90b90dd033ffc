// Loads the reader's tools when the page has everything that it needs itself.
const here = document.currentScript.src;
addEventListener("load", () => import(String(new URL("reader.js", here))));
