import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Retry what waiting can fix, within a deadline, and stop at once otherwise. */
class BoundedRetry {
  // The times are in seconds.
  static final double BASE = 0.5;
  static final double CAP = 8;
  static final double DEADLINE = 6;
  static final int ATTEMPTS = 3;

  /** The code is error.code of the body. */
  record Reply(int status, String code, double retryAfter, double took) {}

  record Case(String name, List<Reply> replies) {}

  static final Reply BUSY = new Reply(503, "", 0, 0.2);
  static final Reply OVERLOADED = new Reply(529, "", 0, 0.2);
  static final Reply TIMEOUT = new Reply(504, "", 0, 4);
  static final Reply GOOD = new Reply(200, "", 0, 1.4);
  static final Reply SHORT_LIMIT = new Reply(429, "rate_limit_exceeded", 2, 0.1);
  static final Reply LONG_LIMIT = new Reply(429, "rate_limit_exceeded", 30, 0.1);
  static final Reply NO_CREDIT = new Reply(429, "credit_balance_exhausted", 0, 0.1);
  static final Reply TOO_LONG = new Reply(400, "context_length_exceeded", 0, 0.1);

  static final List<Case> CASES = List.of(
      new Case("two short faults", List.of(BUSY, OVERLOADED, GOOD)),
      new Case("rate limit", List.of(SHORT_LIMIT, GOOD)),
      new Case("long rate limit", List.of(LONG_LIMIT, GOOD)),
      new Case("no credit", List.of(NO_CREDIT, GOOD)),
      new Case("prompt too long", List.of(TOO_LONG)),
      new Case("slow and down", List.of(TIMEOUT, TIMEOUT, GOOD)));

  private static long state = 81;

  /** From 0 to 1, and the same on each run. In production, use ThreadLocalRandom. */
  static double share() {
    state = state * 48_271 % 2_147_483_647;
    return state / 2_147_483_647.0;
  }

  // --8<-- [start:policy]
  /** Values of error.code for a limit on money or usage: add those of your provider. */
  static final Set<String> SPENT = Set.of("credit_balance_exhausted");

  /** Whether the same request can succeed later without anyone's help. */
  static boolean worthARetry(int status, String code) {
    return switch (status) {
      case 429 -> !SPENT.contains(code);
      case 408, 500, 502, 503, 504, 529 -> true;
      default -> false;
    };
  }

  static String call(Iterator<Reply> replies) {
    double spent = 0;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Reply reply = replies.next();
      spent += reply.took(); // a real client also cuts the call off at the deadline
      if (reply.status() == 200) {
        return text("answered after %d calls, %.1f s", attempt + 1, spent);
      }
      if (!worthARetry(reply.status(), reply.code())) {
        return text("fallback: %d %s is not worth a retry",
            reply.status(), reply.code());
      }
      if (attempt == ATTEMPTS - 1) {
        break;
      }
      // A random wait below a growing limit, and never less than Retry-After.
      double most = Math.min(CAP, BASE * Math.pow(2, attempt));
      double wait = Math.max(share() * most, reply.retryAfter());
      if (spent + wait >= DEADLINE) {
        return text("fallback: a wait of %.1f s would miss the deadline", wait);
      }
      spent += wait;
      double left = DEADLINE - spent;
      if (reply.took() >= left) {
        return text("fallback: %.1f s left, a call took %.1f s",
            left, reply.took());
      }
    }
    return text("fallback: %d calls failed", ATTEMPTS);
  }
  // --8<-- [end:policy]

  /** With a decimal point wherever it runs: the default locale may write a comma. */
  static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  public static void main(String[] arguments) {
    for (Case one : CASES) {
      System.out.println(text("%-18s%s", one.name(), call(one.replies().iterator())));
    }
  }
}
