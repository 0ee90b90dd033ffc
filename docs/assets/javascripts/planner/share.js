// A plan outside of its page: its files, on paper and as an address, and what is said of one that came so.
import { addressField, button, download, make } from "../lib/page.js";
import { plan, toFragment } from "../lib/plan.js";

/**
 * @typedef {import("../lib/page.js").Data} Data
 * @typedef {import("../lib/plan.js").Plan} Plan
 * @typedef {import("../lib/plan.js").Settings} Settings
 */

/**
 * Buttons for the files and the print, and the plan's address.
 * @param {{course: Data, settings: Settings, follow: () => void}} current the plan, and what is done before it is used
 */
export function outputs(current) {
  const file = (/** @type {string} */ name, /** @type {string} */ type, /** @type {"ics" | "asMarkdown"} */ write) => {
    return async () => {
      current.follow();
      const { course, settings } = current;
      // Most visits end without a file.
      const files = await import("./files.js");
      download(name, type, files[write](course, settings, plan(course, settings)));
    };
  };
  const onPaper = () => {
    current.follow();
    print();
  };
  return [
    make(
      "p",
      { class: "planner__outputs" },
      button("Calendar (.ics)", file("handbook-plan.ics", "text/calendar", "ics")),
      " ",
      button("Markdown", file("handbook-plan.md", "text/markdown", "asMarkdown")),
      " ",
      button("Print", onPaper),
    ),
    addressField("This plan as an address: ", "Address of this plan", toFragment(current.settings)),
  ];
}

/**
 * What is said above a plan that came with the address.
 * @param {string[]} unknown what the address names and this edition does not know
 * @param {() => void} keep makes it the reader's own
 * @param {() => void} leave goes back to the reader's own
 */
export function foreignNote(unknown, keep, leave) {
  const lines = ["This plan came with the address. Your own notes are unchanged."];
  if (unknown.length) lines.push(`Left out, because this edition does not know it: ${unknown.join(", ")}.`);
  const notes = lines.map((line) => make("p", {}, line));
  return make(
    "div",
    { class: "tool__notice" },
    ...notes,
    button("Keep it as my plan", keep),
    " ",
    button("Back to mine", leave),
  );
}
