/** Retry what waiting can fix, within a deadline, and stop at once otherwise. */

const [BASE, CAP, ATTEMPTS, DEADLINE] = [0.5, 8, 3, 6]; // the times are in seconds

type Reply = [status: number, errorCode: string, retryAfter: number, took: number];
const CASES: Record<string, Reply[]> = {
  "two short faults": [[503, "", 0, 0.2], [529, "", 0, 0.2], [200, "", 0, 1.4]],
  "rate limit": [[429, "rate_limit_exceeded", 2, 0.1], [200, "", 0, 1.4]],
  "long rate limit": [[429, "rate_limit_exceeded", 30, 0.1], [200, "", 0, 1.4]],
  "no credit": [[429, "credit_balance_exhausted", 0, 0.1], [200, "", 0, 1.4]],
  "prompt too long": [[400, "context_length_exceeded", 0, 0.1]],
  "slow and down": [[504, "", 0, 4], [504, "", 0, 4], [200, "", 0, 1.4]],
};

let state = 81;

/** A number from 0 to 1, the same on each run. In production, use Math.random. */
function share(): number {
  state = (state * 48_271) % 2_147_483_647;
  return state / 2_147_483_647;
}

// --8<-- [start:policy]
/** Values of error.code for a limit on money or usage: add those of your provider. */
const SPENT = new Set(["credit_balance_exhausted"]);

/** Whether the same request can succeed later without anyone's help. */
function worthARetry(status: number, code: string): boolean {
  if (status === 429) return !SPENT.has(code);
  return [408, 500, 502, 503, 504, 529].includes(status);
}

function call(replies: Reply[]): string {
  let spent = 0;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const [status, code, retryAfter, took] = replies[attempt];
    spent += took; // a real client also cuts the call off at the deadline
    if (status === 200) {
      return `answered after ${attempt + 1} calls, ${spent.toFixed(1)} s`;
    }
    if (!worthARetry(status, code)) {
      return `fallback: ${status} ${code} is not worth a retry`;
    }
    if (attempt === ATTEMPTS - 1) break;
    // A random wait below a growing limit, and never less than Retry-After.
    const wait = Math.max(share() * Math.min(CAP, BASE * 2 ** attempt), retryAfter);
    if (spent + wait >= DEADLINE) {
      return `fallback: a wait of ${wait.toFixed(1)} s would miss the deadline`;
    }
    spent += wait;
    const left = DEADLINE - spent;
    if (took >= left) {
      return `fallback: ${left.toFixed(1)} s left, a call took ${took.toFixed(1)} s`;
    }
  }
  return `fallback: ${ATTEMPTS} calls failed`;
}
// --8<-- [end:policy]

for (const [name, replies] of Object.entries(CASES)) {
  console.log(name.padEnd(18) + call(replies));
}
