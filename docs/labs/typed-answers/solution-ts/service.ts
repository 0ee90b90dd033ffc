/** Sorts tickets: category, priority, summary. Answers within a contract, or says which promise it could not keep. */

import { generate, ModelError, RateLimited, stream, TimedOut } from "./labkit";
import { HttpError, isObject, objectOf, serve, textOf } from "./web";

const SHOTS = `Category is one of payment, delivery, account, other. Priority is one of low, normal, high.

Ticket: I was charged twice for order 8814. Please refund one payment.
{"category": "payment", "priority": "high", "summary": "charged twice for order 8814"}

Ticket: Where can I change my delivery address?
{"category": "account", "priority": "low", "summary": "wants to change the address"}

`;

/**
 * Bytes of a ticket. A token holds one byte at least, so this is a bound in tokens for any tokenizer and any text. With
 * 105 tokens of examples and 80 of answer it fits a window of 2,048.
 */
const LONGEST = 1600;
/** Seconds that the model has. */
const TIMEOUT = Number(process.env.LAB_TIMEOUT ?? "20");

const CATEGORIES = ["payment", "delivery", "account", "other"];
const PRIORITIES = ["low", "normal", "high"];
/** Characters of a summary. */
const SUMMARY = 80;

interface Triage {
  category: string;
  priority: string;
  summary: string;
}

/** The contract as the model's server gets it; `checked` holds the answer to the same values. */
const SCHEMA = {
  type: "object",
  properties: {
    category: { enum: CATEGORIES },
    priority: { enum: PRIORITIES },
    summary: { type: "string", minLength: 1, maxLength: SUMMARY },
  },
  required: ["category", "priority", "summary"],
  additionalProperties: false,
};

class Unusable extends Error {}

/** What the caller can act on: shorten, wait, try later, or look at it. */
function problem(error: unknown): HttpError | undefined {
  if (error instanceof RateLimited) {
    const pause = Math.max(1, Math.ceil(error.retryAfter));
    return new HttpError(429, "the model is busy", { "retry-after": String(pause) });
  }
  if (error instanceof TimedOut) return new HttpError(504, "the model did not answer in time");
  if (error instanceof Unusable || error instanceof ModelError) {
    return new HttpError(502, "the model gave no usable answer");
  }
  return undefined;
}

/** The text of a ticket, if it fits the budget: before a token is paid for. */
function ticketOf(body: unknown): string {
  const text = textOf(objectOf(body), "text");
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > LONGEST) throw new HttpError(413, `a ticket has at most ${LONGEST} bytes`);
  return text;
}

/** An answer of the model within the contract. Throws Unusable. */
function checked(text: string): Triage {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    throw new Unusable("no JSON");
  }
  if (!isObject(found) || Object.keys(found).length !== SCHEMA.required.length) {
    throw new Unusable("outside the contract");
  }
  return {
    category: oneOf(CATEGORIES, found.category),
    priority: oneOf(PRIORITIES, found.priority),
    summary: summaryOf(found.summary),
  };
}

function oneOf(agreed: string[], value: unknown): string {
  if (typeof value !== "string" || !agreed.includes(value)) throw new Unusable("outside the contract");
  return value;
}

function summaryOf(value: unknown): string {
  const summary = typeof value === "string" ? value.trim() : "";
  const characters = [...summary].length;
  if (characters < 1 || characters > SUMMARY) throw new Unusable("outside the contract");
  return summary;
}

async function triage(ticket: string): Promise<Triage> {
  const prompt = `${SHOTS}Ticket: ${ticket}\n`;
  const answer = await generate(prompt, { maxTokens: 80, stop: ["\n\n"], schema: SCHEMA, timeout: TIMEOUT });
  if (answer.finish === "length") throw new Unusable("cut off");
  // Servers that ignore the schema exist, so the contract is checked here, whoever promised it.
  return checked(answer.text);
}

/** A first draft of the reply, as it is written, for as long as somebody reads it. */
async function draft(ticket: string, gone: AbortSignal): Promise<AsyncIterable<string>> {
  const prompt = `Ticket: ${ticket}\nReply:`;
  const source = stream(prompt, { maxTokens: 200, stop: ["\nTicket"], timeout: TIMEOUT });

  // Waits for the first piece: until then an error still has a status.
  const first = await source.next();

  async function* pieces(): AsyncGenerator<string, void> {
    try {
      if (first.done) return;
      yield first.value;
      for await (const piece of source) {
        if (gone.aborted) return;
        yield piece;
      }
    } finally {
      await source.return(); // closes the connection to the model, which then stops
    }
  }

  return pieces();
}

serve(
  {
    "GET /health": () => ({ json: { status: "ok" } }),
    "POST /triage": async ({ body }) => ({ json: await triage(ticketOf(body)) }),
    "POST /draft": async ({ body, gone }) => ({ pieces: await draft(ticketOf(body), gone) }),
  },
  problem,
);
