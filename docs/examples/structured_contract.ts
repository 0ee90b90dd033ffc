/** Three schemas for one task: every reply parses, but not every reply is true. */

type Text = { type: "string"; pattern?: string };
type Schema = Text | { type: "null" } | { anyOf: Schema[] };
type Fields = { invoice: Schema; amount: Schema };
type Shots = [question: string, solution: string][];
type Choice = { finish_reason: string; message: { content: string } };

/** The same for every schema, so that only the schema changes. */
const SYSTEM =
  "Extract invoice number and amount. Use null where the message has none.";
/** Solved examples. They are sent as earlier turns of the conversation. */
const SHOTS: Shots = [
  ["Refund of KB-204, 18.00 euros.", '{"invoice": "KB-204", "amount": "18.00"}'],
  ["Do you ship to Malta?", '{"invoice": null, "amount": null}'],
  ["We paid 7.25 euros twice on RE-77.", '{"invoice": "RE-77", "amount": "7.25"}'],
];
const MESSAGES = [
  "Please refund INV-118 of 12.50 euros, thanks.",
  "Invoice TT-600: you charged 9.90 euros.",
  "My order never came. I want my money back.",
];
const TEXT: Schema = { type: "string" };
const CODE: Schema = { type: "string", pattern: "^[A-Z]{2,3}-[0-9]{2,4}$" };
const PRICE: Schema = { type: "string", pattern: "^[0-9]{1,4}[.][0-9]{2}$" };
const NULL: Schema = { type: "null" };
const STRINGS: Fields = { invoice: TEXT, amount: TEXT };
const PATTERNS: Fields = { invoice: CODE, amount: PRICE };
const OR_NULL: Fields = {
  invoice: { anyOf: [CODE, NULL] },
  amount: { anyOf: [PRICE, NULL] },
};

function request(message: string, fields: Fields, shots: Shots): object {
  const turns = [{ role: "system", content: SYSTEM }];
  for (const [question, solution] of shots) {
    turns.push({ role: "user", content: question });
    turns.push({ role: "assistant", content: solution });
  }
  turns.push({ role: "user", content: message });
  const schema = {
    type: "object",
    properties: fields,
    required: Object.keys(fields),
    additionalProperties: false,
  };
  const answer = { name: "refund", strict: true, schema };
  return {
    model: "example-model-2026-08-01",
    messages: turns,
    temperature: 0,
    max_completion_tokens: 60,
    response_format: { type: "json_schema", json_schema: answer },
  };
}

async function ask(body: object): Promise<Choice> {
  const server = (process.env.LLM_BASE_URL ?? "").replace(/\/v1$/, "");
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), 60_000);
  const response = await fetch(`${server}/v1/chat/completions`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${process.env.LLM_API_KEY}`,
    },
    body: JSON.stringify(body),
    signal: late.signal,
  });
  if (!response.ok) throw new Error(`no answer: ${response.status}`);
  const reply: { choices: Choice[] } = await response.json();
  clearTimeout(timer);
  return reply.choices[0];
}

/** Whether a value obeys its schema; knows only the keywords that stand above. */
function fits(value: unknown, field: Schema): boolean {
  if ("anyOf" in field) return field.anyOf.some((choice) => fits(value, choice));
  if (field.type === "null") return value === null;
  return typeof value === "string" && new RegExp(field.pattern ?? "").test(value);
}

function verdict(choice: Choice, message: string, fields: Fields): string {
  if (choice.finish_reason !== "stop") return `refused, ${choice.finish_reason}`;
  const values: Record<string, unknown> = JSON.parse(choice.message.content);
  const names = Object.keys(fields) as (keyof Fields)[];
  const allFit = names.every((name) => fits(values[name], fields[name]));
  if (!allFit || Object.keys(values).length !== names.length) {
    return "refused, breaks the schema";
  }
  // INV-118 and 12.50 are one word each.
  const words: unknown[] = message.match(/[\w.-]*\w/g) ?? [];
  const madeUp = names.filter((name) => ![...words, null].includes(values[name]));
  return madeUp.length ? `refused, no such word: ${madeUp.join(", ")}` : "accepted";
}

async function show(title: string, fields: Fields, shots: Shots): Promise<void> {
  console.log(title);
  for (const message of MESSAGES) {
    const choice = await ask(request(message, fields, shots));
    const content = choice.message.content.split(/\s+/).join(" ").trim();
    const shown = content.slice(0, 46).padEnd(46);
    console.log(`  ${shown}  ${verdict(choice, message, fields)}`);
  }
}

async function main(): Promise<void> {
  await show("strings", STRINGS, []);
  await show("patterns", PATTERNS, []);
  await show("patterns or null", OR_NULL, []);
  await show("patterns or null, after three solved examples", OR_NULL, SHOTS);
}

main();
