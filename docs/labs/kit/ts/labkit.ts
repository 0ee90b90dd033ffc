/**
 * The model behind a lab: two functions, over any server that speaks OpenAI's interface.
 *
 * The kit names the server in LAB_BASE_URL: the small model of the labs, or your own. With LAB_MODEL set, requests go to
 * chat completions, which instructed models expect.
 */

import { isObject } from "./web";

/** A call to the model that brought no answer. */
export class ModelError extends Error {}

/** No connection, or a server that fails. */
export class Unavailable extends ModelError {}

/** No answer within the time that was allowed. */
export class TimedOut extends ModelError {}

/** The server does not accept the request: key, model name, schema, or a prompt that is too long. */
export class Refused extends ModelError {}

/** The server wants a pause. */
export class RateLimited extends ModelError {
  constructor(
    message: string,
    /** Seconds. */
    readonly retryAfter: number,
  ) {
    super(message);
  }
}

/** What a model wrote. */
export interface Generation {
  /** The continuation, without what stood before it. */
  text: string;
  /** "stop", "length" when the cap cut it off, or what else the server says. */
  finish: string;
}

export interface Wanted {
  /** Cap on the answer, in tokens. */
  maxTokens?: number;
  /** Texts at which the answer ends; they are not part of it. */
  stop?: string[];
  /** Seconds until TimedOut: for the whole answer, or for each piece of a stream. */
  timeout?: number;
}

/**
 * The likeliest continuation of a prompt, at temperature zero and with a fixed seed.
 *
 * Given a JSON Schema, the answer has to fit it. A server that ignores it answers in free text.
 * Throws Unavailable, TimedOut, RateLimited or Refused.
 */
export async function generate(prompt: string, wanted: Wanted & { schema?: object } = {}): Promise<Generation> {
  const deadline = new Deadline(wanted.timeout ?? 30);
  try {
    const answer = await post(requestOf(prompt, wanted, wanted.schema), deadline);
    return generationOf(await answer.json());
  } catch (error) {
    throw modelError(error, deadline);
  } finally {
    deadline.stop();
  }
}

/**
 * The same as pieces of text, as they are written. Ending the loop closes the connection, which stops the model.
 *
 * A stream that ends without its end mark was cut off, and is no answer.
 */
export async function* stream(prompt: string, wanted: Wanted = {}): AsyncGenerator<string, void> {
  const deadline = new Deadline(wanted.timeout ?? 30);
  try {
    const answer = await post({ ...requestOf(prompt, wanted), stream: true }, deadline);
    for await (const line of linesOf(answer)) {
      if (!line.startsWith("data:")) continue;
      const data = line.slice("data:".length).trim();
      if (data === "[DONE]") return;
      const piece = pieceOf(JSON.parse(data));
      if (piece) {
        deadline.stop();
        yield piece;
        deadline.start();
      }
    }
    throw new Unavailable("the answer broke off");
  } catch (error) {
    throw modelError(error, deadline);
  } finally {
    deadline.cut();
  }
}

/** A time for an answer, after which its connection is cut. */
class Deadline {
  passed = false;
  private readonly controller = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly seconds: number) {
    this.start();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  start(): void {
    this.timer = setTimeout(() => {
      this.passed = true;
      this.controller.abort();
    }, this.seconds * 1000);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  cut(): void {
    this.stop();
    this.controller.abort();
  }
}

function requestOf(prompt: string, { maxTokens = 64, stop = ["\n"] }: Wanted, schema?: object): object {
  const common = { max_tokens: maxTokens, stop, temperature: 0, seed: 1 };
  const model = process.env.LAB_MODEL;
  if (!model) return { ...common, prompt, json_schema: schema }; // llama.cpp's name for it on completions
  const shape = { type: "json_schema", json_schema: { name: "answer", strict: true, schema } };
  const messages = [{ role: "user", content: prompt }];
  return { ...common, model, messages, response_format: schema && shape };
}

async function post(body: object, deadline: Deadline): Promise<Response> {
  const { LAB_BASE_URL, LAB_MODEL, LAB_API_KEY } = process.env;
  if (!LAB_BASE_URL) throw new Unavailable("there is no model: set LAB_BASE_URL to its server");
  const server = LAB_BASE_URL.replace(/\/$/, "").replace(/\/v1$/, "");
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (LAB_API_KEY) headers.authorization = `Bearer ${LAB_API_KEY}`;
  const answer = await fetch(`${server}${LAB_MODEL ? "/v1/chat/completions" : "/v1/completions"}`, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
    signal: deadline.signal,
  });
  if (answer.status === 429) {
    const pause = Number(answer.headers.get("retry-after") ?? "1");
    throw new RateLimited("the server wants a pause", Number.isFinite(pause) ? pause : 1);
  }
  if (answer.status >= 400 && answer.status < 500) throw new Refused(`the server refuses with ${answer.status}`);
  if (answer.status !== 200) throw new Unavailable(`the server fails with ${answer.status}`);
  return answer;
}

async function* linesOf(answer: Response): AsyncGenerator<string, void> {
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield line;
  }
}

function choiceOf(answer: unknown): Record<string, unknown> | undefined {
  const choices = isObject(answer) ? answer.choices : undefined;
  return Array.isArray(choices) && isObject(choices[0]) ? choices[0] : undefined;
}

function generationOf(answer: unknown): Generation {
  const choice = choiceOf(answer);
  const text = isObject(choice?.message) ? choice?.message.content : choice?.text;
  if (typeof text !== "string") throw new Unavailable("the server gives no usable answer");
  return { text, finish: typeof choice?.finish_reason === "string" ? choice.finish_reason : "unknown" };
}

function pieceOf(event: unknown): string {
  const choice = choiceOf(event);
  const piece = choice?.text ?? (isObject(choice?.delta) ? choice?.delta.content : "");
  return typeof piece === "string" ? piece : "";
}

function modelError(error: unknown, deadline: Deadline): ModelError {
  if (deadline.passed) return new TimedOut("no answer in time");
  if (error instanceof ModelError) return error;
  return new Unavailable(`no usable answer (${error instanceof Error ? error.message : String(error)})`);
}
