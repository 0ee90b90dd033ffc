import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;

/** A circuit breaker that counts errors, and also answers that fail a check. */
class CircuitBreaker {
  // 10 of the last 100 answers open it, once there are 50.
  static final int WINDOW = 100, LEAST = 50, LIMIT = 10;
  /** Seconds until stored cases are tried, and tried again. */
  static final int PAUSE = 60;
  // A model that is well fails one now and then.
  static final int STORED_CASES = 20, MOST_WRONG = 1;

  enum Outcome { RIGHT, ERROR, REJECTED }

  /** What happens at one request a second: every so many calls, a fault. */
  record Phase(String name, int seconds, int every, Outcome fault) {
    Outcome outcomeOf(int call) {
      return call % every == every - 1 ? fault : Outcome.RIGHT;
    }

    int wrongStoredCases(int first) {
      return (int) IntStream.range(first, first + STORED_CASES)
          .filter(call -> outcomeOf(call) != Outcome.RIGHT)
          .count();
    }
  }

  static final List<Phase> PHASES = List.of(
      new Phase("1 answer in 50 fails the check, as usual", 200, 50, Outcome.REJECTED),
      new Phase("a bad change: 1 answer in 5 fails it", 200, 5, Outcome.REJECTED),
      new Phase("the change is taken back", 200, 50, Outcome.REJECTED),
      new Phase("the provider is down", 150, 1, Outcome.ERROR),
      new Phase("the provider is back", 250, 50, Outcome.REJECTED));

  // --8<-- [start:breaker]
  /**
   * Lets calls through to one model while it's closed, and none while it's open.
   * Callers share one, so its methods are synchronized.
   */
  static final class Breaker {
    private final Deque<Outcome> outcomes = new ArrayDeque<>();
    private boolean open = false;
    private int tryAt; // counts while it's open

    synchronized boolean isOpen() {
      return open;
    }

    /** Counts what became of a user's call, and opens when too many failed. */
    synchronized void note(Outcome outcome, int now) {
      if (open) {
        return; // this call began before it opened
      }
      outcomes.addLast(outcome);
      if (outcomes.size() > WINDOW) {
        outcomes.removeFirst();
      }
      int errors = Collections.frequency(outcomes, Outcome.ERROR);
      int rejected = Collections.frequency(outcomes, Outcome.REJECTED);
      if (outcomes.size() >= LEAST && errors + rejected >= LIMIT) {
        say(now, "open: %d errors and %d rejected answers", errors, rejected);
        open = true;
        tryAt = now + PAUSE;
      }
    }

    synchronized boolean isDue(int now) {
      return open && now >= tryAt;
    }

    /** Closes when the model is right again. Until then, no user has to try it. */
    synchronized void noteStoredCases(int wrong, int now) {
      if (wrong > MOST_WRONG) {
        say(now, "still open: %d of %d stored cases wrong", wrong, STORED_CASES);
        tryAt = now + PAUSE;
        return;
      }
      say(now, "closed: %d of %d stored cases wrong", wrong, STORED_CASES);
      outcomes.clear();
      open = false;
    }
  }
  // --8<-- [end:breaker]

  static void say(int now, String format, Object... values) {
    System.out.printf("%4d s  %s%n", now, String.format(format, values));
  }

  public static void main(String[] arguments) {
    Breaker breaker = new Breaker();
    int now = 0, failed = 0, failedWithout = 0, toFallback = 0;
    for (Phase phase : PHASES) {
      say(now, "-- %s", phase.name());
      for (int second = 0; second < phase.seconds(); second++) {
        if (breaker.isDue(now)) {
          breaker.noteStoredCases(phase.wrongStoredCases(second), now);
        }
        Outcome outcome = phase.outcomeOf(second);
        if (outcome != Outcome.RIGHT) {
          failedWithout++;
        }
        if (breaker.isOpen()) {
          toFallback++;
        } else {
          if (outcome != Outcome.RIGHT) {
            failed++;
          }
          breaker.note(outcome, now);
        }
        now++;
      }
    }
    System.out.printf("failed calls of users: %d of %d, without a breaker %d%n",
        failed, now, failedWithout);
    System.out.printf("requests that went to the fallback: %d%n", toFallback);
  }
}
