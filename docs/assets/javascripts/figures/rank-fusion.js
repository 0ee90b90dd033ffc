// Two ranked lists at the sides, and in the middle what merging by rank makes of them.
import { line, number, rect, text } from "../lib/drawing.js";

/**
 * @typedef {{text: string, right: string[], lists: string[][], exact: string[] | null}} Question
 * @typedef {{questions: Record<string, Question>, passages: Record<string, string>}} Data
 * @typedef {{question: string, keywords: number, vectors: number, ranks: number, exact: boolean}} Settings
 */

const SHOWN = 10;

/** The merged list: passages with their points, most points first. */
export function results(/** @type {Settings} */ settings, /** @type {Data} */ data) {
  const { lists, exact } = data.questions[settings.question];
  /** @type {Map<string, number>} */
  const points = new Map();
  [settings.keywords, settings.vectors].forEach((weight, index) => {
    lists[index].slice(0, settings.ranks).forEach((passage, place) => {
      if (weight) points.set(passage, (points.get(passage) ?? 0) + weight / (61 + place));
    });
  });
  // Equal points keep the order in which they came: that of the example.
  const merged = [...points].sort(([, a], [, b]) => b - a);
  return settings.exact && exact ? merged.filter(([passage]) => exact.includes(passage)) : merged;
}

/** As much of a text as fits. */
const cut = (/** @type {string} */ words, /** @type {number} */ most) =>
  words.length <= most ? words : words.slice(0, words.lastIndexOf(" ", most - 1)).replace(/[,;:]$/, "") + " …";

/** A text in lines. */
function wrapped(/** @type {string} */ words, /** @type {number} */ most) {
  const lines = [""];
  for (const word of words.split(" ")) {
    if ((lines[lines.length - 1] + word).length > most) lines.push("");
    lines[lines.length - 1] += word + " ";
  }
  return lines.map((line) => line.trim());
}

/** @type {(settings: Settings, data: Data, wide: boolean) => import("../lib/drawing.js").Drawn} */
export function draw(settings, data, wide) {
  const { text: question, right, lists } = data.questions[settings.question];
  const merged = results(settings, data);
  const weights = [settings.keywords, settings.vectors];
  const high = wide ? 30 : 27;
  const top = wide ? 66 : 84;
  const columns = wide ? [0, 520] : [0, 226];
  const side = wide ? 200 : 62;
  const middle = wide ? { x: 256, width: 208 } : { x: 90, width: 108 };
  const answer = right.length ? `right: ${right.join(", ")}` : "right: nothing, there is no such code";
  const parts = [
    text("t b", 0, 18, `“${question}”`),
    text(wide ? "s end" : "s", wide ? 717 : 0, wide ? 18 : 38, answer),
    text("t b", columns[0], top - 12, "keywords"),
    text("t b", middle.x, top - 12, "merged"),
    text("t b", columns[1], top - 12, "vectors"),
  ];

  const row = (/** @type {number} */ place) => top + place * high;
  const center = (/** @type {number} */ place) => row(place) + high / 2 - 2;
  lists.forEach((list, index) => {
    const x = columns[index];
    if (!list.length) parts.push(text("s", x, top + 16, wide ? "no passage has a word of it" : "none"));
    list.forEach((passage, place) => {
      const counted = place < settings.ranks && weights[index] > 0;
      const isRight = right.includes(passage);
      const to = merged.findIndex(([name]) => name === passage);
      if (counted && to >= 0 && to < SHOWN) {
        const [from, end] = index ? [x - 2, middle.x + middle.width + 3] : [x + side + 2, middle.x - 3];
        parts.push(line(isRight ? "arrow" : "line", from, center(place), end, center(to)));
      }
      parts.push(rect(counted ? (isRight ? "new" : "box") : "ghost", x + 0.5, row(place), side - 1, high - 4));
      const label = wide ? `${place + 1}  ${passage}  ${cut(data.passages[passage], 22)}` : `${place + 1} ${passage}`;
      parts.push(text(isRight ? "s b" : "s", x + 7, center(place) + 4, label));
    });
  });

  merged.slice(0, SHOWN).forEach(([passage, points], place) => {
    const isRight = right.includes(passage);
    parts.push(rect(isRight ? "new" : "box", middle.x, row(place), middle.width, high - 4));
    const sum = lists.flatMap((list, index) => {
      const at = list.indexOf(passage);
      return at >= 0 && at < settings.ranks && weights[index] ? [`${weights[index]}/${61 + at}`] : [];
    });
    const label = `${place + 1}  ${passage}`;
    const score = number(points, 4);
    const classes = isRight ? "s b" : "s";
    parts.push(text(classes, middle.x + 7, center(place) + 4, label));
    const end = wide ? `${sum.join(" + ")} = ${score}` : score;
    parts.push(text(classes + " end", middle.x + middle.width - 7, center(place) + 4, end));
  });
  if (!merged.length) parts.push(text("t b", middle.x + 7, center(0) + 4, "nothing"));
  let height = row(SHOWN);
  if (merged.length > SHOWN) parts.push(text("s", middle.x, height + 12, `and ${merged.length - SHOWN} more`));
  height += 18;
  if (!wide) {
    const first = merged.length ? `First: ${merged[0][0]} ${data.passages[merged[0][0]]}` : "Nothing is found.";
    wrapped(first, 46).forEach((words, place) => parts.push(text("s", 0, height + 16 + place * 17, words)));
    height += 58;
  }

  const rank = (/** @type {string[]} */ list) => {
    const at = list.findIndex((passage) => right.includes(passage));
    return at < 0 ? "is not found" : `is at rank ${at + 1}`;
  };
  const names = merged.map(([name]) => name);
  const sides = `By keywords the right passage ${rank(lists[0])}, by vectors it ${rank(lists[1])}`;
  const found = `${sides}, and merged it ${rank(names)}`;
  const none = names.length
    ? `No passage has this code, and the merged list answers with ${names.length} others`
    : "No passage has this code, and the merged list is empty, so the service can say so";
  const set = settings.ranks < SHOWN ? `, from the first ${settings.ranks} of each list` : "";
  return { body: parts.join(""), height, says: `“${question}”: ${right.length ? found : none}${set}.` };
}
