// The model server behind the service, over OpenAI's interface: chat and embeddings. Nothing is repeated.

/** The model server gave no usable answer. */
export class ModelFailed extends Error {}

export interface Message {
  role: "system" | "user";
  content: string;
}

/** Texts that one embedding request may carry. */
const BATCH = 256;

function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

export const settings = {
  port: Number(variable("PORT")),
  baseUrl: variable("LLM_BASE_URL").replace(/\/$/, ""),
  key: variable("LLM_API_KEY"),
  model: variable("LLM_MODEL"),
  embeddingModel: variable("EMBEDDING_MODEL"),
  data: variable("DATA_DIR"),
};

/** What the model writes. Throws ModelFailed. */
export async function chat(messages: Message[]): Promise<string> {
  const body = await post("/chat/completions", { model: settings.model, messages, temperature: 0 });
  const content = body?.choices?.[0]?.message?.content;
  if (typeof content !== "string") throw new ModelFailed("the model server's answer is no chat completion");
  return content;
}

/** A vector of length one for each text. Throws ModelFailed. */
export async function embed(texts: string[]): Promise<number[][]> {
  const vectors: number[][] = [];
  for (let start = 0; start < texts.length; start += BATCH) {
    const batch = texts.slice(start, start + BATCH);
    const body = await post("/embeddings", { model: settings.embeddingModel, input: batch });
    const found = new Array<number[] | undefined>(batch.length).fill(undefined);
    for (const each of Array.isArray(body?.data) ? body.data : []) {
      if (Array.isArray(each?.embedding)) found[each.index] = unit(each.embedding);
    }
    for (const vector of found) {
      if (!vector) throw new ModelFailed("the model server's answer holds no embeddings");
      vectors.push(vector);
    }
  }
  return vectors;
}

async function post(path: string, request: object): Promise<any> {
  try {
    const answer = await fetch(settings.baseUrl + path, {
      method: "POST",
      headers: { authorization: `Bearer ${settings.key}`, "content-type": "application/json" },
      body: JSON.stringify(request),
      redirect: "manual",
    });
    if (answer.status !== 200) throw new ModelFailed(`the model server answered ${answer.status}`);
    return await answer.json();
  } catch (error) {
    if (error instanceof ModelFailed) throw error;
    throw new ModelFailed("the connection to the model server failed, or its answer is not JSON");
  }
}

/** The vector scaled to length one, so that a dot product compares directions only. */
function unit(vector: number[]): number[] {
  const length = Math.hypot(...vector);
  return vector.map((number) => number / length);
}
