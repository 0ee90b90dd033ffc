// The documents of all tenants: in memory for searching, and each in a file of its own for the next start.

import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { join } from "node:path";

export const MODES = ["keyword", "vector", "hybrid"] as const;
export type Mode = (typeof MODES)[number];

export interface Passage {
  text: string;
  sha256: string;
  vector: number[];
}

export interface Hit {
  document: string;
  text: string;
  score: number;
}

/** How soon a rank stops to count when two lists are merged. */
const FUSION = 60;
/** How much a word's repetition and a passage's length count, as BM25 calls them. */
const [K1, B] = [1.2, 0.75];
const STOP_WORDS = new Set(
  `a an and are as at be by can do does for from get go has have how i in is it its long many may me more much must my
  new of often on or someone the there to under up was we what when where which who will with you your`.split(/\s+/),
);

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** The paragraphs of a document. A line of white space separates as an empty one does. */
export function passagesOf(text: string): string[] {
  const parts = text.split(/\n(?:[ \t]*\n)+/);
  return parts.map((part) => part.replace(/^[ \t\n]+|[ \t\n]+$/g, "")).filter((part) => part);
}

export class Library {
  private readonly tenants = new Map<string, Map<string, Passage[]>>();

  constructor(private readonly folder: string) {
    fs.mkdirSync(folder, { recursive: true });
    for (const tenant of fs.readdirSync(folder)) {
      const documents = new Map<string, Passage[]>();
      for (const file of fs.readdirSync(join(folder, tenant))) {
        // A draft is what a crash has left of a write that nobody was told of.
        if (!file.endsWith(".json")) continue;
        documents.set(file.slice(0, -".json".length), JSON.parse(fs.readFileSync(join(folder, tenant, file), "utf8")));
      }
      this.tenants.set(tenant, documents);
    }
  }

  documents(tenant: string): Map<string, Passage[]> {
    return this.tenants.get(tenant) ?? new Map();
  }

  /** Replace a document, or add it. A passage whose hash it had before keeps its vector. */
  async put(tenant: string, document: string, texts: string[], embed: (texts: string[]) => Promise<number[][]>) {
    const vectors = new Map<string, number[]>();
    for (const passage of this.documents(tenant).get(document) ?? []) vectors.set(passage.sha256, passage.vector);
    const fresh = [...new Set(texts)].filter((text) => !vectors.has(sha256(text)));
    // Before anything changes: when this fails, the old document is still whole.
    const embedded = await embed(fresh);
    fresh.forEach((text, index) => vectors.set(sha256(text), embedded[index]));
    const passages = texts.map((text) => ({ text, sha256: sha256(text), vector: vectors.get(sha256(text)) ?? [] }));

    fs.mkdirSync(join(this.folder, tenant), { recursive: true });
    const file = this.file(tenant, document);
    const draft = fs.openSync(file + ".draft", "w");
    fs.writeSync(draft, JSON.stringify(passages));
    fs.fsyncSync(draft);
    fs.closeSync(draft);
    // The name changes hands in one step, so a reader after a crash finds the old document or the new one.
    fs.renameSync(file + ".draft", file);
    this.tenants.set(tenant, new Map(this.documents(tenant)).set(document, passages));
  }

  delete(tenant: string, document: string): void {
    fs.rmSync(this.file(tenant, document), { force: true });
    this.documents(tenant).delete(document);
  }

  private file(tenant: string, document: string): string {
    return join(this.folder, tenant, document + ".json");
  }

  /** The tenant's best passages. The vector is the question's; a search by keyword doesn't look at it. */
  search(tenant: string, question: string, vector: number[], mode: Mode, k: number): Hit[] {
    const all = [...this.documents(tenant)].flatMap(([document, passages]) =>
      passages.map((passage) => ({ document, ...passage })),
    );
    const words = mode === "vector" ? [] : byWords(all, question);
    const near = mode === "keyword" ? [] : byVector(all, vector);
    const hits = mode === "keyword" ? words : mode === "vector" ? near : merged([words, near]);
    return hits.slice(0, k).map(({ document, text, score }) => ({ document, text, score }));
  }
}

/** Passages that share a word with the question, ranked by BM25. */
function byWords<P extends Passage & { document: string }>(all: P[], question: string): (P & Hit)[] {
  const asked = [...new Set(wordsOf(question))].filter((word) => !STOP_WORDS.has(word));
  const written = all.map((passage) => wordsOf(passage.text));
  const usual = written.reduce((sum, words) => sum + words.length, 0) / (all.length || 1);
  const scores = all.map(() => 0);
  for (const word of asked) {
    const counts = written.map((words) => words.filter((each) => each === word).length);
    const holding = counts.filter((count) => count > 0).length;
    const rarity = Math.log(1 + (all.length - holding + 0.5) / (holding + 0.5));
    counts.forEach((count, index) => {
      const length = 1 - B + (B * written[index].length) / usual;
      scores[index] += (rarity * count * (K1 + 1)) / (count + K1 * length);
    });
  }
  return ranked(all.map((passage, index) => ({ ...passage, score: scores[index] }))).filter((hit) => hit.score > 0);
}

function byVector<P extends Passage & { document: string }>(all: P[], vector: number[]): (P & Hit)[] {
  const cosine = (other: number[]): number => vector.reduce((sum, number, place) => sum + number * other[place], 0);
  return ranked(all.map((passage) => ({ ...passage, score: cosine(passage.vector) })));
}

/** One list by rank: scores of different searches can't be compared, their ranks can. */
function merged(lists: (Passage & Hit)[][]): (Passage & Hit)[] {
  const found = new Map<string, Passage & Hit>();
  for (const hits of lists) {
    hits.forEach((hit, index) => {
      const key = `${hit.document} ${hit.sha256}`;
      const score = (found.get(key)?.score ?? 0) + 1 / (FUSION + index + 1);
      found.set(key, { ...hit, score });
    });
  }
  return ranked([...found.values()]);
}

function ranked<H extends Hit>(hits: H[]): H[] {
  return hits.sort((one, other) => other.score - one.score);
}
