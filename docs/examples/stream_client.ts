/** Read a streamed answer by hand, and say what each of six endings is worth. */

import { createServer } from "node:http";

const SILENCE = 2_000; // milliseconds

// --8<-- [start:client]
type Chunk = {
  error?: { code: string };
  usage?: { completion_tokens: number };
  choices?: { delta: { content?: string | null }; finish_reason?: string | null }[];
};

/** The data of each event. An empty line ends an event; a colon begins a comment. */
async function* events(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let data: string[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split(/\r?\n/);
    rest = lines.pop() ?? ""; // the next piece goes on in this line
    for (const line of lines) {
      if (line.startsWith("data:")) {
        data.push(line.replace(/^data: ?/, ""));
      } else if (line === "" && data.length) {
        yield data.join("\n");
        data = [];
      }
    }
  }
}

async function readAnswer(url: string, leaveAfter?: number): Promise<string> {
  let [text, tokens, finishReason, count] = ["", "unknown", "", 0];
  const leave = new AbortController();
  const silent = () => setTimeout(() => leave.abort(), SILENCE);
  let timer = silent();
  try {
    // An error up to here still has a status.
    const response = await fetch(url, { signal: leave.signal });
    for await (const data of events(response.body!)) {
      clearTimeout(timer);
      timer = silent();
      console.log(data);
      if (data === "[DONE]") { // all events came; the finish reason says the rest
        const verdict = finishReason === "stop" ? "whole" : "not whole";
        return `${verdict} (${finishReason}): '${text}', ${tokens} tokens`;
      }
      const chunk: Chunk = JSON.parse(data);
      if (chunk.error) return `failed, ${chunk.error.code}: throw '${text}' away`;
      if (chunk.usage) tokens = String(chunk.usage.completion_tokens);
      for (const choice of chunk.choices ?? []) { // empty in the chunk with usage
        text += choice.delta.content ?? ""; // missing or null
        finishReason = choice.finish_reason ?? finishReason;
      }
      if (++count === leaveAfter) return `canceled after ${count} events`;
    }
    return `failed, no closing event: throw '${text}' away`;
  } catch { // no byte within the timeout, or a broken line
    return `failed, silent or broken off: throw '${text}' away`;
  } finally {
    clearTimeout(timer);
    leave.abort(); // on every way out: this is what cancels the answer
  }
}
// --8<-- [end:client]

function piece(text: string): string {
  return `{"choices": [{"delta": {"content": ${JSON.stringify(text)}}}]}`;
}

function end(reason: string): string {
  return `{"choices": [{"delta": {"content": null}, "finish_reason": "${reason}"}]}`;
}

const BEGINNING = [piece("Your "), piece("order ")];
const REST = [piece("ships "), piece("on "), piece("Friday."), end("stop")];
const USAGE = '{"choices": [], "usage": {"completion_tokens": 6}}';
const ANSWERS: Record<string, string[]> = {
  "/whole": [...BEGINNING, ...REST, USAGE, "[DONE]"],
  "/limit": [...BEGINNING, end("length"), "[DONE]"],
  "/cut": BEGINNING,
  "/overloaded": [...BEGINNING, '{"error": {"code": "overloaded"}}'],
  "/silent": BEGINNING,
  "/endless": Array(1_000_000).fill(piece("and ")),
};

const sleep = (time: number) => new Promise<void>((done) => setTimeout(done, time));
let stopped: (how: string) => void;
const serverStopped = new Promise<string>((done) => (stopped = done));

const server = createServer(async (request, response) => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(": a comment, so that the wait is no silence\n\n");
  for (const event of ANSWERS[request.url]) {
    if (response.destroyed) return stopped("yes"); // the cancel has arrived
    response.write(`data: ${event}\n\n`);
    await sleep(10); // a model needs time for each token
  }
  if (request.url === "/cut") response.write('data: {"choices": [{"de');
  if (request.url !== "/silent") response.end();
});

async function main(): Promise<void> {
  const verdicts: string[] = [];
  const address = `http://127.0.0.1:${server.address().port}`;
  for (const path of Object.keys(ANSWERS)) {
    console.log(`== ${path} ==`);
    const leaveAfter = path === "/endless" ? 2 : undefined;
    verdicts.push(`${path} => ${await readAnswer(address + path, leaveAfter)}`);
  }
  console.log("== verdicts ==");
  console.log(verdicts.join("\n"));
  const late = setTimeout(() => stopped("no"), 10_000);
  console.log("the server stopped writing:", await serverStopped);
  clearTimeout(late);
  server.closeAllConnections();
  server.close();
}

server.listen(0, "127.0.0.1", main);
