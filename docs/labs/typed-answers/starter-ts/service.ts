/** Sorts tickets: category, priority, summary. Everything in here worked on the day it was demonstrated. */

import { generate, stream } from "./labkit";
import { objectOf, serve, textOf } from "./web";

const SHOTS = `Category is one of payment, delivery, account, other. Priority is one of low, normal, high.

Ticket: I was charged twice for order 8814. Please refund one payment.
Category: payment
Priority: high
Summary: charged twice for order 8814

Ticket: Where can I change my delivery address?
Category: account
Priority: low
Summary: wants to change the address

`;

/** Seconds that the model has. */
const TIMEOUT = Number(process.env.LAB_TIMEOUT ?? "20");

interface Triage {
  category: string;
  priority: string;
  summary: string;
}

async function triage(ticket: string): Promise<Triage> {
  const answer = await generate(`${SHOTS}Ticket: ${ticket}\n`, { maxTokens: 60, stop: ["\n\n"] });
  const lines = [...answer.text.matchAll(/^(Category|Priority|Summary): (.*)$/gm)];
  const found = new Map(lines.map(([, name, value]) => [name, value]));
  return {
    category: found.get("Category") ?? "other",
    priority: found.get("Priority") ?? "low",
    summary: found.get("Summary") ?? "",
  };
}

/** A first draft of the reply, as it is written. */
async function draft(ticket: string): Promise<string[]> {
  const pieces: string[] = [];
  for await (const piece of stream(`Ticket: ${ticket}\nReply:`, { maxTokens: 200, stop: ["\nTicket"] })) {
    pieces.push(piece);
  }
  return pieces;
}

serve({
  "GET /health": () => ({ json: { status: "ok" } }),
  "POST /triage": async ({ body }) => ({ json: await triage(textOf(objectOf(body), "text")) }),
  "POST /draft": async ({ body }) => ({ pieces: await draft(textOf(objectOf(body), "text")) }),
});
