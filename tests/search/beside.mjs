// Asks the search of a translated page: node beside.mjs SCRIPTS INDEX OWN_INDEX LANGUAGE, with a list of queries as JSON
// on the standard input. Prints what answers.mjs prints.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [scripts, index, ownIndex, language] = process.argv.slice(2);
const load = (/** @type {string} */ name) => import(String(pathToFileURL(`${scripts}/${name}.js`)));
const read = (/** @type {string | number} */ file) => JSON.parse(readFileSync(file, "utf8"));
const [{ Finder }, { Beside }, forms] = await Promise.all(["find", "beside", `words-${language}`].map(load));
const search = new Beside(new Finder(read(ownIndex), forms), new Finder(read(index)), language);
const answers = read(0).map((/** @type {string} */ query) => {
  const { results, corrected, unknown } = search.search(query);
  const near = results.length ? [] : search.nearest(query);
  return {
    addresses: results.map((/** @type {{ address: string }} */ { address }) => address),
    corrected,
    unknown,
    near: near.map((/** @type {{ address: string }} */ { address }) => address),
  };
});
process.stdout.write(JSON.stringify(answers));
