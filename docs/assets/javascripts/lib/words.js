// Words as the search sees them: cut from a text, folded to one spelling and one form, and compared letter by letter.
// macros/site/search.py cuts the pages' texts in the same way; everything else about words is here alone.

const JOINED = /[\p{L}\p{N}]+(?:[._+/'-]+[\p{L}\p{N}]+)*(?:\+\+|#)?/gu;
const PART = /[\p{L}\p{N}]+/gu;
const SIGN = /(?<!\S)[@#$%&*+<>=|~^{}[\]:/\\-]{1,3}(?=\s|$)|@(?=[\p{L}\p{N}_])/gu;

/** Words that say nothing about what is asked: they do not vote, unless there is nothing else. */
const STOP = new Set(
  (
    "a an and are as at be been but by can could did do does doing for from had has have having how i if " +
    "in into is it its me my of on or our shall should so some such than that the their them then there " +
    "these they this those to too us very vs versus was we were what when where which while who whom why " +
    "will with would you your am im ive dont doesnt isnt cant wont s t please about any just like also " +
    "not no much many get gets getting"
  ).split(" "),
);
/** Words that say little. */
const WEAK = new Set(
  (
    "need needs want make makes use uses using used best good better way ways work works working thing " +
    "things mean means explain explained explanation tutorial guide example examples definition " +
    "difference between really still keep keeps keeping always never same right without one two new first " +
    "go going know think help problem issue ai llm llms"
  ).split(" "),
);

/** Words that are asked for each other. What is asked counts first; the others of its line count as well, but less. */
const ALIKE = `
  accurate precise quality correct right
  answer reply response output
  approve confirm consent
  attack hack exploit malicious trick
  autonomous agent
  boss manager employer company
  bot chatbot assistant
  cancel abort interrupt disconnect
  change switch migrate replace upgrade update move
  charge cost price expensive cheap bill invoice spend money budget pay
  chunk split passage
  compress shrink reduce smaller
  conversation chat dialog dialogue history
  crash fail failure break die
  crawl scrape
  critic judge grader evaluator reviewer
  customer user tenant client
  cv resume
  delete remove erase purge
  deploy release rollout ship production launch
  document file doc
  duplicate twice double repeat
  empty null none blank nothing
  endless infinite forever loop
  fallback backup failover
  fast quick speed accelerate
  forget lose
  framework library package
  gpu vram graphics accelerator
  grade score rate
  guess predict
  guideline rule policy
  hang stuck freeze block
  image picture photo screenshot scan
  ingest import upload load
  instruction prompt
  invent fabricate hallucinate fake imaginary
  vacancy opening hiring career
  keyword lexical
  label annotate
  law legal regulation compliance
  leak reveal expose disclose exfiltrate steal extract
  learn study course
  limit quota cap maximum restrict throttle
  local offline premise host
  meaning semantic
  memory ram
  mock fake stub
  monitor observe trace log
  number digit figure
  old stale outdated
  outage unavailable down
  permission access authorization rights role
  person human people
  plan schedule roadmap
  question query
  rank order sort
  safe secure security protect
  salary earn
  scale autoscale capacity
  schema format
  search retrieve retrieval lookup
  sensitive personal private confidential pii
  slow latency lag delay
  store save keep persist retain storage
  summarize compress compact
  survive recover resume restart
  test eval evaluate assess
  train finetune tune
  truncate incomplete partial
  unreliable flaky random nondeterministic
  vector embedding vectorize
  voice speech audio phone telephone spoken
  wrong incorrect false inaccurate
`;

/** What grammar has made of a word. */
const IRREGULAR = new Map(
  Object.entries({
    make: "made",
    send: "sent",
    lose: "lost",
    forget: "forgot forgotten",
    run: "ran",
    write: "wrote written",
    choose: "chose chosen",
    build: "built",
    see: "saw seen",
    break: "broke broken",
    keep: "kept",
    find: "found",
    pay: "paid",
    spend: "spent",
    give: "gave given",
    take: "took taken",
    know: "knew known",
    grow: "grew grown",
    hide: "hid hidden",
    freeze: "froze frozen",
    steal: "stole stolen",
    speak: "spoke spoken",
    teach: "taught",
    buy: "bought",
    think: "thought",
    bring: "brought",
    leave: "left",
    mean: "meant",
    index: "indices",
    matrix: "matrices",
    person: "people",
  }).flatMap(([word, others]) => others.split(" ").map((other) => /** @type {const} */ ([other, word]))),
);

/** @param {string} word */
export const isStop = (word) => STOP.has(word);

/** @param {string} word */
export const isWeak = (word) => WEAK.has(word);

/** @param {string} text */
export function fold(text) {
  // Most texts need nothing else, and thousands of them are folded when the search starts.
  if (/^[ -~]*$/.test(text)) return text.toLowerCase();
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/ß/g, "ss").replace(/’/g, "'");
}

/**
 * The words of a text. One that a sign belongs to is given whole, with its parts.
 * @param {string} text
 * @returns {{ whole: string, parts: string[] }[]}
 */
export function words(text) {
  const folded = fold(text);
  if (/^[a-z0-9]+(?: [a-z0-9]+)*$/.test(folded))
    return folded.split(" ").map((word) => ({ whole: word, parts: [word] }));
  const found = [...folded.matchAll(JOINED)].map((match) => ({
    at: match.index ?? 0,
    whole: match[0],
    parts: match[0].replace(/'(s|t|re|ve|ll|d|m)(?![\p{L}\p{N}])/gu, "").match(PART) ?? [],
  }));
  for (const match of folded.matchAll(SIGN)) found.push({ at: match.index ?? 0, whole: match[0], parts: [] });
  return found.sort((a, b) => a.at - b.at).map(({ whole, parts }) => ({ whole, parts }));
}

/**
 * Every word of a text, in parts.
 * @param {string} text
 */
export const parts = (text) => inParts(words(text));

/** @param {ReturnType<typeof words>} found */
export const inParts = (found) =>
  found.flatMap(({ whole, parts }) => (parts.length ? (/[._+#]/.test(whole) ? [...parts, whole] : parts) : [whole]));

/** What British texts write otherwise. */
const AMERICAN = /** @type {[RegExp, string][]} */ ([
  [/isation(s?)$/, "ization$1"],
  [/(?<=..)is(e|es|ed|er|ers|ing)$/, "iz$1"],
  [/ys(e|es|ed|er|ers|ing)$/, "yz$1"],
  [/(?<=..[^aeiou])our(s|ed|ing|al|ful|ite|able)?$/, "or$1"],
  [/(?<=..)ogue(s?)$/, "og$1"],
  [/(cen|me|li|fi)tre(s|d)?$/, "$1ter$2"],
  [/^(licen|defen|offen|practi)ce(s|d)?$/, "$1se$2"],
  [/^artefact/, "artifact"],
  [/^programme(s?)$/, "program$1"],
  [/^judgement/, "judgment"],
  [/^grey/, "gray"],
]);

/** What all of them have; most words have none of it, and thousands are looked at when the search starts. */
const MAYBE_BRITISH = /[iy]s[aei]|our|ogue|tre|ce|^(?:art|prog|jud|grey)/;

/**
 * A word in American spelling, and in the singular.
 * @param {string} word folded
 */
export function plain(word) {
  if (word.length < 4 || /[^a-z]/.test(word)) return word;
  for (const [british, american] of MAYBE_BRITISH.test(word) ? AMERICAN : []) {
    const spelled = word.replace(british, american);
    if (spelled !== word) {
      word = spelled;
      break;
    }
  }
  if (/[^aeiou]ies$/.test(word) && word.length > 4) return word.slice(0, -3) + "y";
  if (/(ss|sh|ch|x|zz)es$/.test(word)) return word.slice(0, -2);
  if (/[^sui]s$/.test(word)) return word.slice(0, -1);
  return word;
}

const ENDINGS = new RegExp(
  "(?:" +
    "izations?|izing|ized|izer|ize|ations?|ating|ated|ator|ate|itions?|ions?|ments?|ances?|ences?|ities|ity|ness|" +
    "ingly|ings?|edly|ed|ers?|ors?|ly|able|ible|ive|al|ant|ent|e|y|s" +
    ")$",
);

/**
 * What a word has in common with others of its family: chunk, chunks, chunking. Short words keep their endings.
 * @param {string} word
 */
export function stem(word) {
  let left = plain(IRREGULAR.get(word) ?? word);
  if (/[^a-z]/.test(left)) return left;
  const bare = left.replace(ENDINGS, "");
  if (bare.length >= 4 || (bare.length === 3 && /ing$|ed$/.test(left) && /[aeiou]/.test(bare))) left = bare;
  left = left.replace(/([b-df-hj-np-tv-z])\1$/, "$1");
  return left.length > 4 ? left.replace(/[ey]$/, "") : left;
}

/** @type {Map<string, string[]>} */
const alikes = new Map();
for (const line of ALIKE.trim().split("\n")) {
  const group = line.trim().split(" ").map(stem);
  for (const word of group) alikes.set(word, [...(alikes.get(word) ?? []), ...group.filter((other) => other !== word)]);
}

/**
 * Others that mean nearly the same.
 * @param {string} stem of a word
 * @returns {string[]} stems
 */
export const alike = (stem) => alikes.get(stem) ?? [];

/**
 * In how many letters two words differ, counting two that changed places once; more than `most` is not told apart.
 * @param {string} a
 * @param {string} b
 * @param {number} most
 */
export function distance(a, b, most) {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let before = /** @type {number[]} */ ([]);
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      let value = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) value = Math.min(value, before[j - 2] + 1);
      row.push(value);
      least = Math.min(least, value);
    }
    if (least > most) return most + 1;
    before = last;
    last = row;
  }
  return last[b.length];
}

/**
 * How many wrong letters are forgiven.
 * @param {string} word
 */
export const forgiven = (word) => (/\d/.test(word) || word.length < 4 ? 0 : word.length < 8 ? 1 : 2);
