// What the figures draw with: parts of an SVG as text, with the classes of the style sheet instead of colors. Pure.

/** Width in units of the two layouts: a phone of 320 pixels, and the whole column. */
export const NARROW = 288;
export const WIDE = 720;

/**
 * What a figure's module gives: the parts of the drawing, its height in units, and the one sentence that says it.
 * @typedef {{body: string, height: number, says: string}} Drawn
 */

/** Text as it may stand in markup. */
export function escaped(/** @type {unknown} */ text) {
  return String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");
}

/** A tenth of a unit is seen by nobody, and makes drawings that are the same on every machine. */
const short = (/** @type {number} */ n) => String(Math.round(n * 10) / 10);

/**
 * An element without content; numbers are rounded.
 * @param {string} name
 * @param {string} classes
 * @param {Record<string, number | string>} attributes
 */
export function part(name, classes, attributes) {
  const written = Object.entries(attributes).map(
    ([key, v]) => ` ${key}="${typeof v === "number" ? short(v) : escaped(v)}"`,
  );
  return `<${name} class="${classes}"${written.join("")}/>`;
}

/**
 * @param {string} classes
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 * @param {number} [rx]
 */
export function rect(classes, x, y, width, height, rx = 2) {
  return part("rect", classes, { x, y, width: Math.max(0, width), height: Math.max(0, height), rx });
}

/**
 * @param {string} classes with arrow or alarm, it ends in a head
 * @param {number} x1
 * @param {number} y1
 * @param {number} x2
 * @param {number} y2
 */
export function line(classes, x1, y1, x2, y2) {
  return part("line", classes, { x1, y1, x2, y2 });
}

/**
 * Points joined by straight lines.
 * @param {string} classes
 * @param {number[][]} points
 */
export function polyline(classes, points) {
  return part("polyline", classes, { points: points.map((point) => point.map(short).join(" ")).join(" ") });
}

/**
 * @param {string} classes
 * @param {number} cx
 * @param {number} cy
 * @param {number} r
 */
export function circle(classes, cx, cy, r) {
  return part("circle", classes, { cx, cy, r });
}

/**
 * One line of text. s is the smallest that a phone shows well, t larger, big for the one number that counts.
 * @param {string} classes
 * @param {number} x
 * @param {number} y of the line on which the letters stand
 * @param {unknown} words
 */
export function text(classes, x, y, words) {
  return `<text class="${classes}" x="${short(x)}" y="${short(y)}">${escaped(words)}</text>`;
}

/**
 * A number as people read it, with this many digits behind the point.
 * @param {number} value
 * @param {number} [digits]
 */
export function number(value, digits = 0) {
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** The whole drawing, as it is committed below docs/figures/. */
export function framed(/** @type {Drawn} */ { body, height, says }, /** @type {boolean} */ wide) {
  const view = `0 0 ${wide ? WIDE : NARROW} ${Math.ceil(height)}`;
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${view}" role="img"><title>${escaped(says)}</title>`;
  return head + body + "</svg>";
}

/**
 * A drawing for a page: under the figure's title, and with heads on its arrows (macros/entities/diagrams.py does it for
 * those that stand still).
 * @param {string} svg
 * @param {string} title
 * @param {string} prefix of the heads' ids
 */
export function shown(svg, title, prefix) {
  const arrows = /(<(?:path|line|polyline) class="[^"]*\b(arrow|alarm)\b[^"]*")/g;
  const kinds = [...new Set([...svg.matchAll(arrows)].map((found) => found[2]))];
  const heads = kinds.map(
    (kind) =>
      `<marker id="${prefix}-${kind}" class="head ${kind}-head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" ` +
      `markerHeight="7" orient="auto-start-reverse"><path d="M0 0 8 4 0 8z"/></marker>`,
  );
  const named = `<svg aria-label="${escaped(title)}"`;
  return svg
    .replace("<svg", named)
    .replace(/<title>.*?<\/title>/, heads.length ? `<defs>${heads.join("")}</defs>` : "")
    .replace(arrows, `$1 marker-end="url(#${prefix}-$2)"`);
}
