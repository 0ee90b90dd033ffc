// A map of rows and their links, and on it the way of one search: what it followed, returned, and never saw.
import { circle, part, polyline, rect, text } from "../lib/drawing.js";

/**
 * @typedef {{five: number[], points: number[][], links: number[][], entries: Record<string, number>,
 *   queries: Record<string, number[]>}} Data
 * @typedef {{query: string, entry: string, ef: number, five: boolean}} Settings
 */

const NEIGHBORS = 5;

/** The rows in the order in which they are followed, how many were compared, and what is returned. */
export function results(/** @type {Settings} */ settings, /** @type {Data} */ data) {
  return walked(settings, data).found;
}

function walked(/** @type {Settings} */ { query, entry, ef, five }, /** @type {Data} */ data) {
  const { points, links } = data;
  const [x, y] = data.queries[query];
  const far = points.map((point) => (point[0] - x) ** 2 + (point[1] - y) ** 2);
  const order = (/** @type {number} */ a, /** @type {number} */ b) => far[a] - far[b] || a - b;
  const seen = new Set([data.entries[entry]]);
  const waiting = [...seen];
  let kept = [...seen];
  const followed = [];
  while (waiting.length) {
    const row = /** @type {number} */ (waiting.sort(order).shift());
    if (kept.length === ef && order(row, kept[ef - 1]) > 0) break;
    followed.push(row);
    for (const to of links[row]) {
      if (seen.has(to)) continue;
      seen.add(to);
      if (kept.length < ef || order(to, kept[kept.length - 1]) < 0) {
        waiting.push(to);
        kept = [...kept, to].sort(order).slice(0, ef);
      }
    }
  }
  const fits = (/** @type {number} */ row) => !five || data.five.includes(row);
  const returned = kept.filter(fits).slice(0, NEIGHBORS);
  const exact = [...points.keys()].filter(fits).sort(order).slice(0, NEIGHBORS);
  const right = returned.filter((row) => exact.includes(row)).length;
  return { found: { followed, compared: seen.size, returned, exact, right }, seen, fits };
}

/** @type {(settings: Settings, data: Data, wide: boolean) => import("../lib/drawing.js").Drawn} */
export function draw(settings, data, wide) {
  const { points, links } = data;
  const { found, seen, fits } = walked(settings, data);
  const { followed, compared, returned, exact, right } = found;
  const map = wide ? { x: 12, y: 12, width: 500, height: 440 } : { x: 10, y: 66, width: 268, height: 310 };
  const at = (/** @type {number[]} */ [x, y]) => [
    Math.round(map.x + (x / 1000) * map.width),
    Math.round(map.y + (y / 1000) * map.height),
  ];
  const places = points.map(at);
  // All links are one element: the page holds both drawings.
  /** @type {Set<string>} */
  const drawn = new Set();
  links.forEach((list, from) => list.forEach((to) => drawn.add([from, to].sort((a, b) => a - b).join(" "))));
  const d = [...drawn].map(
    (pair) =>
      "M" +
      pair
        .split(" ")
        .map((row) => places[Number(row)].join(" "))
        .join("L"),
  );
  const parts = [part("path", "line", { d: d.join("") })];

  places.forEach(([x, y], row) => {
    if (returned.includes(row)) return;
    const classes = seen.has(row) ? "new" : "box";
    if (fits(row) || seen.has(row)) parts.push(circle(classes, x, y, fits(row) ? 3.5 : 2.2));
  });
  if (followed.length > 1)
    parts.push(
      polyline(
        "arrow",
        followed.map((row) => places[row]),
      ),
    );
  for (const row of returned) parts.push(circle("fill", places[row][0], places[row][1], 6));
  for (const row of exact) parts.push(circle("ghost", places[row][0], places[row][1], 10));
  const [qx, qy] = at(data.queries[settings.query]);
  parts.push(rect("fill", qx - 6, qy - 6, 12, 12, 0));

  const [ex, ey] = places[data.entries[settings.entry]];
  const side = { left: [-6, 20], right: [6, -10] }[settings.entry] ?? [10, 4];
  parts.push(text(settings.entry === "right" ? "s b end" : "s b", ex + side[0], ey + side[1], "entry"));

  const key = wide ? { x: 540, y: 190, step: 26 } : { x: 10, y: 400, step: 21 };
  const row = (/** @type {number} */ index) => key.y + index * key.step;
  const keys = /** @type {const} */ ([
    ["query", rect("fill", key.x - 5, row(0) - 9, 10, 10, 0)],
    ["returned", circle("fill", key.x, row(1) - 4, 6)],
    ["ring: one of the true five", circle("ghost", key.x, row(2) - 4, 9)],
    ["compared", circle("new", key.x, row(3) - 4, 3.5)],
    ["never seen", circle("box", key.x, row(4) - 4, 3.5)],
  ]);
  keys.forEach(([name, sign], index) => parts.push(sign, text("s", key.x + 16, row(index), name)));
  parts.push(
    text("big", wide ? 530 : 0, wide ? 50 : 30, `${right} of ${exact.length}`),
    text("t b", wide ? 530 : 104, wide ? 74 : 20, "true neighbors found"),
    text("s", wide ? 530 : 104, wide ? 102 : 38, `${compared} of ${points.length} rows compared`),
  );
  if (wide) parts.push(text("s", 530, 122, `${returned.length} of ${NEIGHBORS} rows returned`));

  const way = `With ef ${settings.ef}, from the ${settings.entry}, the search compares ${compared} of`;
  const got = `${points.length} rows and returns ${returned.length}${settings.five ? " of five letters" : ""};`;
  const says = `${way} ${got} ${right} of the ${exact.length} nearest are among them.`;
  return { body: parts.join(""), height: wide ? 464 : row(4) + 8, says };
}
