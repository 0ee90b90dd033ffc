/** What the labs need of a web framework: routes, bodies in JSON, streams, and errors with a status. */

import { createServer, Request as Incoming, Response } from "node:http";

/** A request as a route gets it. */
export interface Request {
  /** The parts of the path that the route leaves open, by name. */
  params: Record<string, string>;
  /** The body, read as JSON; nobody has checked it yet. */
  body: unknown;
  /** Aborted when whoever has asked is gone before the answer was complete. */
  gone: AbortSignal;
}

/** An answer: a value goes out as JSON, pieces of text as a stream. */
export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  json?: unknown;
  pieces?: AsyncIterable<string> | Iterable<string>;
}

export type Route = (request: Request) => Answer | Promise<Answer>;

/** An error that the caller is told, with its status. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    title: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(title);
  }
}

/**
 * Serve routes such as "PUT /shops/:shop" on the port that PORT names.
 *
 * An error before the answer has begun becomes an answer: an HttpError with its own status, any other with what
 * `problem` makes of it, or with 500. After that the connection is cut, which a client sees as an error.
 */
export function serve(
  routes: Record<string, Route>,
  problem: (error: unknown) => HttpError | undefined = () => undefined,
): void {
  const server = createServer((incoming, response) => {
    void answer(routes, incoming, response).catch((error: unknown) => fail(response, error, problem));
  });
  server.listen(Number(process.env.PORT ?? "8000"), "127.0.0.1");
}

async function answer(routes: Record<string, Route>, incoming: Incoming, response: Response): Promise<void> {
  const left = new AbortController();
  response.on("close", () => {
    if (!response.writableFinished) left.abort();
  });
  const [route, params] = found(routes, incoming);
  const body = await bodyOf(incoming);
  const { status = 200, headers = {}, json, pieces } = await route({ params, body, gone: left.signal });
  if (!pieces) {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(json));
    return;
  }
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", ...headers });
  for await (const piece of pieces) {
    if (!response.write(piece)) await drained(response);
  }
  response.end();
}

/** Wait until a slow reader has taken what was sent, or is gone. */
function drained(response: Response): Promise<void> {
  if (response.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    response.once("drain", resolve);
    response.once("close", resolve);
  });
}

function found(routes: Record<string, Route>, incoming: Incoming): [Route, Record<string, string>] {
  const asked = incoming.url.split("?")[0].split("/");
  for (const [name, route] of Object.entries(routes)) {
    const [method, path] = name.split(" ");
    const parts = path.split("/");
    const params: Record<string, string> = {};
    const fits = parts.every((part, index) => {
      if (!part.startsWith(":")) return part === asked[index];
      params[part.slice(1)] = decodeURIComponent(asked[index] ?? "");
      return asked[index];
    });
    if (method === incoming.method && parts.length === asked.length && fits) return [route, params];
  }
  throw new HttpError(404, `there is no ${incoming.method} ${incoming.url}`);
}

async function bodyOf(incoming: Incoming): Promise<unknown> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of incoming) text += decoder.decode(chunk, { stream: true });
  text += decoder.decode();
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    throw new HttpError(422, "the body is not JSON");
  }
}

function fail(response: Response, error: unknown, problem: (error: unknown) => HttpError | undefined): void {
  const told = error instanceof HttpError ? error : problem(error);
  if (!told) console.error(error);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { status, message, headers } = told ?? new HttpError(500, "an error of ours");
  response.writeHead(status, { "content-type": "application/problem+json", ...headers });
  response.end(JSON.stringify({ title: message }));
}

/** Whether a value is an object with fields, and not a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object that a body has to be. Throws 422. */
export function objectOf(body: unknown): Record<string, unknown> {
  if (!isObject(body)) throw new HttpError(422, "the body has to be an object");
  return body;
}

/** A field that has to be text. Throws 422. */
export function textOf(body: Record<string, unknown>, name: string): string {
  const value = body[name];
  if (typeof value !== "string") throw new HttpError(422, `${name} has to be text`);
  return value;
}

/** A field that has to be a list of objects; none when it is left out. Throws 422. */
export function objectsOf(body: Record<string, unknown>, name: string): Record<string, unknown>[] {
  const value = body[name] ?? [];
  if (!Array.isArray(value) || !value.every(isObject)) {
    throw new HttpError(422, `${name} has to be a list of objects`);
  }
  return value;
}
