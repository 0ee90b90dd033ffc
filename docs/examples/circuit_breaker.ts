/** A circuit breaker that counts errors, and also answers that fail a check. */

const [WINDOW, LEAST, LIMIT] = [100, 50, 10]; // 10 of the last 100, once there are 50
const PAUSE = 60; // seconds until stored cases are tried, and tried again
const STORED_CASES = 20;
const MOST_WRONG = 1; // a model that is well fails one now and then

type Outcome = "right" | "error" | "rejected";
type Phase = { name: string; seconds: number; every: number; fault: Outcome };

/** One request a second: what happens, for how many seconds, every how many calls. */
const PHASES: Phase[] = [
  { name: "1 answer in 50 fails the check, as usual",
    seconds: 200, every: 50, fault: "rejected" },
  { name: "a bad change: 1 answer in 5 fails it",
    seconds: 200, every: 5, fault: "rejected" },
  { name: "the change is taken back", seconds: 200, every: 50, fault: "rejected" },
  { name: "the provider is down", seconds: 150, every: 1, fault: "error" },
  { name: "the provider is back", seconds: 250, every: 50, fault: "rejected" },
];

// --8<-- [start:breaker]
/** Lets calls through to one model while it's closed, and none while it's open. */
class Breaker {
  private outcomes: Outcome[] = [];
  private tryAt: number | null = null; // null while it's closed

  isOpen(): boolean {
    return this.tryAt !== null;
  }

  /** Count what became of a user's call, and open when too many failed. */
  note(outcome: Outcome, now: number): void {
    if (this.isOpen()) return; // this call began before it opened
    this.outcomes = [...this.outcomes, outcome].slice(-WINDOW);
    const [errors, rejected] = [this.count("error"), this.count("rejected")];
    if (this.outcomes.length >= LEAST && errors + rejected >= LIMIT) {
      say(now, `open: ${errors} errors and ${rejected} rejected answers`);
      this.tryAt = now + PAUSE;
    }
  }

  isDue(now: number): boolean {
    return this.tryAt !== null && now >= this.tryAt;
  }

  /** Close when the model is right again. Until then, no user has to try it. */
  noteStoredCases(wrong: number, now: number): void {
    const verdict = wrong > MOST_WRONG ? "still open" : "closed";
    say(now, `${verdict}: ${wrong} of ${STORED_CASES} stored cases wrong`);
    if (wrong > MOST_WRONG) {
      this.tryAt = now + PAUSE;
    } else {
      this.outcomes = [];
      this.tryAt = null;
    }
  }

  private count(wanted: Outcome): number {
    return this.outcomes.filter((outcome) => outcome === wanted).length;
  }
}
// --8<-- [end:breaker]

function say(now: number, what: string): void {
  console.log(`${String(now).padStart(4)} s  ${what}`);
}

function outcomeOf(call: number, { every, fault }: Phase): Outcome {
  return call % every === every - 1 ? fault : "right";
}

function wrongStoredCases(first: number, phase: Phase): number {
  let wrong = 0;
  for (let call = first; call < first + STORED_CASES; call++) {
    if (outcomeOf(call, phase) !== "right") wrong++;
  }
  return wrong;
}

const breaker = new Breaker();
let [now, failed, failedWithout, toFallback] = [0, 0, 0, 0];
for (const phase of PHASES) {
  say(now, `-- ${phase.name}`);
  for (let second = 0; second < phase.seconds; second++) {
    if (breaker.isDue(now)) {
      breaker.noteStoredCases(wrongStoredCases(second, phase), now);
    }
    const outcome = outcomeOf(second, phase);
    if (outcome !== "right") failedWithout++;
    if (breaker.isOpen()) {
      toFallback++;
    } else {
      if (outcome !== "right") failed++;
      breaker.note(outcome, now);
    }
    now++;
  }
}
console.log(
  `failed calls of users: ${failed} of ${now}, without a breaker ${failedWithout}`,
);
console.log(`requests that went to the fallback: ${toFallback}`);
