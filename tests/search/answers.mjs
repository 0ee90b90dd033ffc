// Asks the site's search: node answers.mjs SCRIPTS INDEX, with a list of queries as JSON on the standard input.
// Prints for each the addresses of its results, in their order, and what it was corrected to.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [scripts, index] = process.argv.slice(2);
const { Finder } = await import(String(pathToFileURL(`${scripts}/find.js`)));
const finder = new Finder(JSON.parse(readFileSync(index, "utf8")));
const answers = JSON.parse(readFileSync(0, "utf8")).map((/** @type {string} */ query) => {
  const { results, corrected, unknown } = finder.search(query);
  const near = results.length ? [] : finder.nearest(query);
  return { addresses: results.map(({ address }) => address), corrected, unknown, near: near.map(({ address }) => address) };
});
process.stdout.write(JSON.stringify(answers));
