/** Answers customers of many shops with one model. What requests share comes first, so that it is paid in full once. */

import { HttpError, isObject, objectOf, objectsOf, serve, textOf } from "./web";

const MODEL = process.env.LAB_MODEL || "model";
const SERVER = process.env.LAB_BASE_URL ?? "http://127.0.0.1:11434";
/** Seconds that the model has. */
const TIMEOUT = 60;
/** Messages of a conversation that the model sees, at most. */
const WINDOW = 24;
/** Messages that leave together when there are more. Each time, the model reads the conversation anew. */
const STEP = 12;

/** What is the same for all shops: instructions, and the tools that the model may call. */
interface Assistant {
  instructions: string;
  tools: object[];
}

/** What is confidential to one shop. */
interface Shop {
  name: string;
  rules: string;
}

interface Message {
  role: string;
  content: string;
}

/** What a customer asks, the time on the customer's clock, and the conversation until now. */
interface Question {
  shop: string;
  customer: string;
  now: string;
  question: string;
  history: Message[];
}

let assistant: Assistant = { instructions: "", tools: [] };
const shops = new Map<string, Shop>();

function questionOf(body: unknown): Question {
  const asked = objectOf(body);
  return {
    shop: textOf(asked, "shop"),
    customer: textOf(asked, "customer"),
    now: textOf(asked, "now"),
    question: textOf(asked, "question"),
    history: objectsOf(asked, "history").map((message) => ({
      role: textOf(message, "role"),
      content: textOf(message, "content"),
    })),
  };
}

/**
 * The tools of all plugins, in one spelling and order on every replica; two plugins may bring the same one.
 *
 * Only what has no order is sorted: names in an object, and the tools. The order in a list, as of an enum, has a meaning.
 */
function tools(): object[] {
  const spelled = new Set(assistant.tools.map((tool) => JSON.stringify(inOrder(tool))));
  return [...spelled].sort().map((tool) => JSON.parse(tool));
}

/** The same value with the names in each object sorted. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isObject(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, inOrder(value[name])]));
}

/** The end of a conversation. It begins at the same message for STEP messages, and not later with each one. */
function recent(history: Message[]): Message[] {
  const steps = Math.ceil(Math.max(history.length - WINDOW, 0) / STEP);
  return history.slice(steps * STEP);
}

/** From what most requests share to what no other has: all shops, one shop, one customer, this moment. */
function messages(asked: Question, shop: Shop): Message[] {
  return [
    { role: "system", content: assistant.instructions },
    { role: "system", content: `You answer a customer of ${shop.name}.\n${shop.rules}` },
    { role: "system", content: `The customer's name: ${asked.customer}` },
    ...recent(asked.history),
    { role: "user", content: asked.question },
    { role: "system", content: `Current time: ${asked.now}` },
  ];
}

async function ask(asked: Question): Promise<{ answer: string }> {
  const shop = shops.get(asked.shop);
  if (!shop) throw new HttpError(404, `there is no shop ${asked.shop}`);
  const body = { model: MODEL, messages: messages(asked, shop), tools: tools(), max_tokens: 300 };
  try {
    return { answer: await answered(body) };
  } catch (error) {
    console.error(error);
    throw new HttpError(502, "the model gave no usable answer");
  }
}

async function answered(body: object): Promise<string> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), TIMEOUT * 1000);
  try {
    const answer = await fetch(`${SERVER}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: deadline.signal,
    });
    if (!answer.ok) throw new Error(`the model's server says ${answer.status}`);
    const { choices } = objectOf(await answer.json());
    const first: unknown = Array.isArray(choices) ? choices[0] : undefined;
    return textOf(objectOf(objectOf(first).message), "content");
  } finally {
    clearTimeout(timer);
  }
}

serve({
  "GET /health": () => ({ json: { status: "ok" } }),
  "PUT /assistant": ({ body }) => {
    const asked = objectOf(body);
    assistant = { instructions: textOf(asked, "instructions"), tools: objectsOf(asked, "tools") };
    return { json: { tools: assistant.tools.length } };
  },
  "PUT /shops/:shop": ({ params, body }) => {
    const asked = objectOf(body);
    shops.set(params.shop, { name: textOf(asked, "name"), rules: textOf(asked, "rules") });
    return { json: { shops: shops.size } };
  },
  "POST /ask": async ({ body }) => ({ json: await ask(questionOf(body)) }),
});
