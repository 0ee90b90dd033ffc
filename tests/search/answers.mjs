// Asks the site's search: node answers.mjs SCRIPTS INDEX [VECTORS], with a list of queries as JSON on the standard input.
// Prints for each the addresses of its results, in their order, and what it was corrected to; with VECTORS also what
// words, vectors and both of them find, as pairs of address and title.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [scripts, ...files] = process.argv.slice(2);
const script = (/** @type {string} */ name) => import(String(pathToFileURL(`${scripts}/${name}.js`)));
const [index, table] = files.map((file) => JSON.parse(readFileSync(file, "utf8")));
const finder = new (await script("find")).Finder(index);
const { compared, Vectors } = table ? await script("vectors") : {};
const vectors = table && new Vectors(table, finder);
/** @typedef {{ address: string, title: string }} Result */
const answers = JSON.parse(readFileSync(0, "utf8")).map((/** @type {string} */ query) => {
  const addresses = (/** @type {Result[]} */ results) => results.map(({ address }) => address);
  const { results, corrected, unknown } = finder.search(query);
  const near = results.length ? [] : finder.nearest(query);
  const answer = { addresses: addresses(results), corrected, unknown, near: addresses(near) };
  if (!vectors) return answer;
  const { lists } = compared(query, finder, vectors);
  return { ...answer, lists: lists.map((/** @type {Result[]} */ list) => list.map((r) => [r.address, r.title])) };
});
process.stdout.write(JSON.stringify(answers));
