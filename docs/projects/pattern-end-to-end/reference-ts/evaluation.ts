// The evaluation: what search and answers come to on cases whose right passage is known.

import { oneLine, type Result } from "./answers";
import { MODES, type Hit, type Mode } from "./library";

export interface Case {
  question: string;
  document?: string;
  sentence?: string;
}

export const FLOORS = ["recall_at_5", "supported_claims", "right_abstentions", "answered"] as const;
export type Floor = Partial<Record<(typeof FLOORS)[number], number>>;

/** The report on these cases. A number that nobody could work out is null, and misses its floor. */
export async function evaluate(
  cases: Case[],
  floor: Floor,
  search: (question: string, mode: Mode) => Hit[],
  ask: (question: string) => Promise<Result>,
) {
  const answerable = cases.filter((each) => each.sentence !== undefined);
  const ranks = (mode: Mode) => answerable.map((each) => rankOf(each, search(each.question, mode)));
  const found = { keyword: ranks("keyword"), vector: ranks("vector"), hybrid: ranks("hybrid") };
  const results: Result[] = [];
  const abstained: Result[] = [];
  for (const each of cases) (each.sentence === undefined ? abstained : results).push(await ask(each.question));
  const all = [...results, ...abstained];

  const answers = {
    supported_claims: share(
      sum(all.map((each) => each.checked.supported)),
      sum(all.map((each) => each.checked.claims)),
    ),
    right_abstentions: share(abstained.filter((each) => each.kind === "no_answer").length, abstained.length),
    answered: share(results.filter((each) => each.kind === "answer").length, results.length),
  };
  const numbers = { recall_at_5: quality(found.hybrid).recall_at_5, ...answers };
  const below = FLOORS.filter((name) => {
    const [least, number] = [floor[name], numbers[name]];
    return least !== undefined && (number === null || number < least);
  });
  return {
    passed: below.length === 0,
    below,
    search: Object.fromEntries(MODES.map((mode) => [mode, quality(found[mode])])),
    answers,
    misses: answerable.filter((_, index) => found.hybrid[index] === 0).map((each) => each.question),
  };
}

/** The place of the passage that holds the case's sentence, from 1; 0 when it isn't there. */
function rankOf(each: Case, hits: Hit[]): number {
  const sentence = oneLine(each.sentence ?? "");
  return hits.findIndex((hit) => hit.document === each.document && oneLine(hit.text).includes(sentence)) + 1;
}

function quality(ranks: number[]) {
  const found = ranks.filter((rank) => rank > 0);
  return {
    recall_at_5: share(found.length, ranks.length),
    reciprocal_rank: share(sum(found.map((rank) => 1 / rank)), ranks.length),
  };
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
