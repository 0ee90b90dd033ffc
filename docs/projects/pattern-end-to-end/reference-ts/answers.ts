// What the model is asked, and whether the passages support what it claims.

import type { Hit } from "./library";
import { ModelFailed, type Message } from "./model";

/** Words that a quote needs, so that "the" is none. */
const LEAST_WORDS = 3;
const PROMPT = `Answer the question from the passages and from nothing else. Answer with one JSON object and nothing else:
{"claims": [{"text": "...", "document": "...", "quote": "..."}]}. text: one statement. document: the id that stands before
the passage. quote: the words of the passage that say so, unchanged. If the passages don't answer it: {"claims": []}.`;

export interface Claim {
  text: string;
  document?: unknown;
  quote?: unknown;
}

export interface Result {
  kind: "answer" | "no_answer";
  reason: "nothing_found" | "model_abstained" | "unsupported" | null;
  claims: Claim[];
  checked: { claims: number; supported: number };
}

export function messagesFor(question: string, hits: Hit[]): Message[] {
  const passages = hits.map((hit) => `[${hit.document}]\n${hit.text}`).join("\n\n");
  return [
    { role: "system", content: PROMPT },
    { role: "user", content: `${passages}\n\nQuestion: ${question}` },
  ];
}

export function noAnswer(reason: Result["reason"], claims = 0, supported = 0): Result {
  return { kind: "no_answer", reason, claims: [], checked: { claims, supported } };
}

/** The model's answer, with its claims held against the passages that it was sent. Throws ModelFailed. */
export function check(content: string, hits: Hit[]): Result {
  const claims = claimsIn(content);
  const supported = claims.filter((claim) => isSupported(claim, hits)).length;
  if (claims.length === 0) return noAnswer("model_abstained");
  if (supported < claims.length) return noAnswer("unsupported", claims.length, supported);
  const handedOn = claims.map(({ text, document, quote }) => ({ text, document, quote }));
  return { kind: "answer", reason: null, claims: handedOn, checked: { claims: claims.length, supported } };
}

function claimsIn(content: string): Claim[] {
  let claims: unknown;
  try {
    claims = JSON.parse(content)?.claims;
  } catch {
    claims = undefined;
  }
  const isClaim = (claim: any): claim is Claim => typeof claim?.text === "string" && oneLine(claim.text) !== "";
  if (!Array.isArray(claims) || !claims.every(isClaim))
    throw new ModelFailed("the model's answer is no list of claims");
  return claims;
}

/** Whether the quote stands in one sent passage of the cited document, and holds every number of the claim. */
function isSupported(claim: Claim, hits: Hit[]): boolean {
  if (typeof claim.quote !== "string") return false;
  const quote = oneLine(claim.quote);
  if (quote.split(" ").length < LEAST_WORDS) return false;
  const standsThere = hits.some((hit) => hit.document === claim.document && oneLine(hit.text).includes(quote));
  return standsThere && [...numbers(claim.text)].every((number) => numbers(quote).has(number));
}

export function oneLine(text: string): string {
  return text.replace(/[ \t\n]+/g, " ").replace(/^ | $/g, "");
}

function numbers(text: string): Set<string> {
  return new Set(text.match(/[0-9]+/g) ?? []);
}
