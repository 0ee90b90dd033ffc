// The service of pattern-end-to-end in TypeScript, with Node's standard library only. The contract is ../openapi.yml.

import { randomUUID } from "node:crypto";
import { createServer, type Request } from "node:http";
import { check, messagesFor, noAnswer, oneLine, type Result } from "./answers";
import { evaluate, FLOORS, type Case, type Floor } from "./evaluation";
import { Library, MODES, passagesOf, type Mode } from "./library";
import { chat, embed, ModelFailed, settings } from "./model";

/** Passages that the model is sent. */
const PASSAGES = 5;
const [LONGEST_TEXT, LONGEST_QUESTION, MOST_HITS, MOST_CASES] = [50_000, 1000, 20, 50];

/** The caller's fault, in words. */
class BadRequest extends Error {}

interface Answer {
  status: number;
  body?: object;
}

const library = new Library(settings.data);
const instance = randomUUID();

async function answered(request: Request): Promise<Answer> {
  const url = new URL(request.url, "http://127.0.0.1");
  const [, first, document] = url.pathname.split("/").map(decodeURIComponent);
  const route = `${request.method} /${first}${document === undefined ? "" : "/{document}"}`;
  if (route === "GET /health") return { status: 200, body: { status: "ok", instance } };
  const tenant = request.headers["x-tenant"] ?? "";
  if (!/^[a-z0-9-]{1,40}$/.test(tenant)) throw new BadRequest("X-Tenant is missing, or no name of a tenant");
  switch (route) {
    case "GET /documents":
      return { status: 200, body: { documents: list(tenant) } };
    case "PUT /documents/{document}":
      return { status: 200, body: await put(tenant, document, await bodyOf(request)) };
    case "GET /documents/{document}":
      return get(tenant, document);
    case "DELETE /documents/{document}":
      library.delete(tenant, named(document));
      return { status: 204 };
    case "GET /search":
      return { status: 200, body: await search(tenant, url.searchParams) };
    case "POST /ask": {
      const question = textOf(await bodyOf(request), "question", LONGEST_QUESTION);
      return { status: 200, body: await ask(tenant, question, await vectorOf(question)) };
    }
    case "POST /evaluate":
      return { status: 200, body: await report(tenant, await bodyOf(request)) };
  }
  return { status: 404, body: { code: "not_found", problem: "there is no such address" } };
}

function list(tenant: string): object[] {
  return [...library.documents(tenant)].map(([document, passages]) => ({ document, passages: passages.length }));
}

async function put(tenant: string, document: string, body: Record<string, unknown>): Promise<object> {
  const passages = passagesOf(textOf(body, "text", LONGEST_TEXT));
  await library.put(tenant, named(document), passages, embed);
  return { document, passages: passages.length };
}

function get(tenant: string, document: string): Answer {
  const passages = library.documents(tenant).get(document);
  if (!passages) return { status: 404, body: { code: "not_found", problem: "there is no such document" } };
  return { status: 200, body: { document, passages: passages.map(({ text, sha256 }) => ({ text, sha256 })) } };
}

async function search(tenant: string, asked: URLSearchParams): Promise<object> {
  const question = textOf({ q: asked.get("q") }, "q", LONGEST_QUESTION);
  const [mode, k] = [asked.get("mode") ?? "hybrid", asked.get("k") ?? "5"];
  if (!isMode(mode)) throw new BadRequest(`mode is none of ${MODES.join(", ")}`);
  if (!/^[0-9]{1,2}$/.test(k) || Number(k) < 1 || Number(k) > MOST_HITS) {
    throw new BadRequest(`k is no number from 1 to ${MOST_HITS}`);
  }
  const vector = mode === "keyword" ? [] : await vectorOf(question);
  return { hits: library.search(tenant, question, vector, mode, Number(k)) };
}

/** An answer whose every claim has its support, or no answer and the reason. */
async function ask(tenant: string, question: string, vector: number[]): Promise<Result> {
  const hits = library.search(tenant, question, vector, "hybrid", PASSAGES);
  if (hits.length === 0) return noAnswer("nothing_found");
  return check(await chat(messagesFor(question, hits)), hits);
}

async function report(tenant: string, body: Record<string, unknown>): Promise<object> {
  const { cases, floor = {} } = body;
  if (!Array.isArray(cases) || cases.length < 1 || cases.length > MOST_CASES) {
    throw new BadRequest(`cases is no list of 1 to ${MOST_CASES}`);
  }
  cases.forEach(checkCase);
  if (!isObject(floor) || Object.keys(floor).some((name) => !FLOORS.some((known) => known === name))) {
    throw new BadRequest(`floor has a name that is none of ${FLOORS.join(", ")}`);
  }
  const questions = (cases as Case[]).map((each) => each.question);
  const embedded = await embed(questions);
  const vectors = new Map(questions.map((question, index) => [question, embedded[index]]));
  const vector = (question: string): number[] => vectors.get(question) ?? [];
  return evaluate(
    cases,
    floor as Floor,
    (question, mode) => library.search(tenant, question, vector(question), mode, PASSAGES),
    (question) => ask(tenant, question, vector(question)),
  );
}

function checkCase(each: unknown): void {
  if (!isObject(each) || "no_answer" in each === "sentence" in each) {
    throw new BadRequest("a case has either document and sentence, or no_answer");
  }
  const names = "sentence" in each ? ["document", "sentence"] : ["no_answer"];
  for (const name of ["question", ...names]) textOf(each, name, LONGEST_QUESTION);
}

async function vectorOf(question: string): Promise<number[]> {
  const [vector] = await embed([question]);
  return vector;
}

async function bodyOf(request: Request): Promise<Record<string, unknown>> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of request) text += decoder.decode(chunk, { stream: true });
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new BadRequest("the body is not JSON");
  }
  if (!isObject(body)) throw new BadRequest("the body is not a JSON object");
  return body;
}

function textOf(values: Record<string, unknown>, name: string, longest: number): string {
  const text = values[name];
  if (typeof text !== "string" || oneLine(text) === "") throw new BadRequest(`${name} is missing, blank or no string`);
  // JavaScript's length counts UTF-16 units, and an emoji has two.
  if ([...text].length > longest) throw new BadRequest(`${name} has more than ${longest} characters`);
  return text;
}

function named(document: string): string {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(document)) throw new BadRequest("the document's id isn't in the contract's form");
  return document;
}

function isMode(mode: string): mode is Mode {
  return MODES.some((known) => known === mode);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function failure(error: unknown): Answer {
  if (error instanceof BadRequest) return { status: 400, body: { code: "bad_request", problem: error.message } };
  if (error instanceof ModelFailed) return { status: 502, body: { code: "model_failed", problem: error.message } };
  return { status: 500, body: { code: "internal", problem: String(error) } };
}

createServer(async (request, response) => {
  const { status, body } = await answered(request).catch(failure);
  response.writeHead(status, { "content-type": "application/json" });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}).listen(settings.port, "127.0.0.1");
