/** Answers customers of many shops with one model. Its prompts are right, and every token of them is paid in full. */

import { HttpError, objectOf, objectsOf, serve, textOf } from "./web";

const MODEL = process.env.LAB_MODEL || "model";
const SERVER = process.env.LAB_BASE_URL ?? "http://127.0.0.1:11434";
/** Seconds that the model has. */
const TIMEOUT = 60;
/** Messages of a conversation that the model sees, at most. */
const WINDOW = 24;

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

/** The tools of all plugins. Models prefer what stands first in a list, so the order is drawn for each request. */
function tools(): object[] {
  const drawn = [...assistant.tools];
  for (let last = drawn.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    [drawn[last], drawn[other]] = [drawn[other], drawn[last]];
  }
  return drawn;
}

function messages(asked: Question, shop: Shop): Message[] {
  const system = [
    `Current time: ${asked.now}`,
    `You answer ${asked.customer}, a customer of ${shop.name}.`,
    assistant.instructions,
    shop.rules,
  ];
  return [
    { role: "system", content: system.join("\n") },
    ...asked.history.slice(-WINDOW),
    { role: "user", content: asked.question },
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
