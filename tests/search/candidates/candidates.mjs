// The other engines on the same sections: node candidates.mjs FOLDER, in which candidates.py has put docs.json, queries.json,
// vectors.json and index.json. Prints for each engine its answers; candidates.py counts.
import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { create, insertMultiple, save, search } from "@orama/orama";
import lunr from "lunr";
import MiniSearch from "minisearch";
import * as pagefind from "pagefind";

const folder = process.argv[2];
const read = (name) => JSON.parse(readFileSync(`${folder}/${name}`, "utf8"));
const docs = read("docs.json");
const queries = read("queries.json");
const { Finder } = await import(`${folder}/lib/find.js`);
const file = read("index.json");
const joined = docs.map((doc) => ({ ...doc, names: doc.names.join(" | ") }));
const worth = (kind) => (kind === "c" ? 0.4 : kind === "l" ? 0.6 : 1);
const BOOST = { title: 6, names: 4, page: 2, body: 1, code: 0.3 };
const found = [];

/** Keeps what an engine answers, and what a reader fetches for the first search. */
const keep = async (name, answer, index) => {
  const answers = [];
  for (const query of queries) answers.push((await answer(query)).slice(0, 10));
  found.push({ name, answers, bytes: typeof index === "number" ? index : index ? gzipSync(JSON.stringify(index)).length : 0 });
};

const lunrIndex = lunr(function () {
  this.ref("id");
  for (const [name, boost] of Object.entries(BOOST)) this.field(name, { boost });
  for (const doc of joined) this.add(doc, { boost: worth(doc.kind) });
});
await keep("lunr with fields and boosts", (query) => {
  const words = lunr.tokenizer(query).map(String);
  const answer = lunrIndex.query((clause) => {
    for (const word of words) {
      clause.term(word, { boost: 10 });
      if (word.length > 3) clause.term(word, { boost: 1, editDistance: 1 });
    }
  });
  return answer.map(({ ref }) => docs[ref].address);
}, lunrIndex); // prettier-ignore

const mini = new MiniSearch({ fields: Object.keys(BOOST) });
mini.addAll(joined);
const options = {
  boost: BOOST,
  prefix: (word) => word.length > 2,
  fuzzy: (word) => (word.length > 7 ? 2 : word.length > 3 ? 1 : 0),
  boostDocument: (id) => worth(docs[id].kind),
};
await keep("MiniSearch", (query) => mini.search(query, options).map(({ id }) => docs[id].address), mini);

const orama = await create({ schema: Object.fromEntries(Object.keys(BOOST).map((name) => [name, "string"])) });
await insertMultiple(orama, joined.map((doc) => ({ ...doc, id: String(doc.id) })));
await keep("Orama", async (query) => {
  const { hits } = await search(orama, { term: query, boost: BOOST, tolerance: 1, limit: 10, threshold: 1 });
  return hits.map(({ id }) => docs[id].address);
}, await save(orama)); // prettier-ignore

const { index } = await pagefind.createIndex({});
const plain = (text) => text.replace(/[<&]/g, " ");
for (const doc of joined) {
  const parts = Object.entries(BOOST).filter(([name]) => name !== "title");
  const body = parts.map(([name, weight]) => `<p data-pagefind-weight="${weight}">${plain(doc[name])}</p>`).join("");
  const content = `<html lang="en"><body><h1 data-pagefind-weight="${BOOST.title}">${plain(doc.title)}</h1>${body}</body></html>`;
  await index.addHTMLFile({ url: `/${doc.id}/`, content });
}
await index.writeFiles({ outputPath: `${folder}/pagefind` });
await pagefind.close();
writeFileSync(`${folder}/pagefind/package.json`, '{"type":"module"}');
Object.assign(globalThis, { window: globalThis, location: { href: `file://${folder}/pagefind/`, origin: "file://" } });
globalThis.document = { querySelector: () => ({ getAttribute: () => "en" }), currentScript: null };
let bytes = 0;
let first = 0;
globalThis.fetch = async (url) => {
  const path = String(url).replace(/^file:\/\//, "").replace(/\?.*/, "");
  const data = readFileSync(path.startsWith("/") ? path : `${folder}/pagefind/${path}`);
  bytes += data.length;
  return new Response(data);
};
const browser = await import(`${folder}/pagefind/pagefind.js`);
await browser.options({ basePath: `${folder}/pagefind/`, bundlePath: `${folder}/pagefind/` });
await keep("Pagefind", async (query) => {
  const { results } = await browser.search(query);
  const shown = await Promise.all(results.slice(0, 10).map((result) => result.data()));
  first ||= bytes;
  return shown.map(({ url }) => docs[Number(url.match(/(\d+)\/$/)[1])].address);
}); // prettier-ignore
found.at(-1).bytes = first;

const vectors = read("vectors.json");
const byVector = (query) => vectors[queries.indexOf(query)];
const fused = (first, share) => (query) => {
  const points = new Map();
  for (const [list, weight] of [[first(query), 1], [byVector(query), share]])
    list.forEach((at, rank) => points.set(at, (points.get(at) ?? 0) + weight / (61 + rank)));
  return [...points].sort((a, b) => b[1] - a[1]).map(([at]) => at);
}; // prettier-ignore
const asks = (finder) => (query) => finder.search(query, { limit: 60 }).results.map(({ address }) => address);
const ours = asks(new Finder(file));
const nameless = { ...file, names: [] };
const without = asks(new Finder(nameless));
await keep("vectors alone, in full", byVector);
await keep("ours without other names", without, nameless);
await keep("the same, fused with vectors", fused(without, 1));
await keep("ours", ours, file);
await keep("ours, fused with vectors", fused(ours, 1));
await keep("ours, vectors count half", fused(ours, 0.5));
process.stdout.write(JSON.stringify(found));
