import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Sorts tickets: category, priority, summary. Answers within a contract, or says which promise it could not keep. */
final class Service {
  private static final String SHOTS =
      """
      Category is one of payment, delivery, account, other. Priority is one of low, normal, high.

      Ticket: I was charged twice for order 8814. Please refund one payment.
      {"category": "payment", "priority": "high", "summary": "charged twice for order 8814"}

      Ticket: Where can I change my delivery address?
      {"category": "account", "priority": "low", "summary": "wants to change the address"}

      """;

  /**
   * Bytes of a ticket. A token holds one byte at least, so this is a bound in tokens for any tokenizer and any text. With
   * 105 tokens of examples and 80 of answer it fits a window of 2,048.
   */
  private static final int LONGEST = 1600;

  /** Seconds that the model has. */
  private static final double TIMEOUT = Double.parseDouble(System.getenv().getOrDefault("LAB_TIMEOUT", "20"));

  private static final List<String> CATEGORIES = List.of("payment", "delivery", "account", "other");
  private static final List<String> PRIORITIES = List.of("low", "normal", "high");

  /** Characters of a summary. */
  private static final int SUMMARY = 80;

  record Triage(String category, String priority, String summary) {}

  /** The contract as the model's server gets it; `checked` holds the answer to the same values. */
  private static final Map<String, Object> SCHEMA =
      Map.of(
          "type", "object",
          "properties",
              Map.of(
                  "category", Map.of("enum", CATEGORIES),
                  "priority", Map.of("enum", PRIORITIES),
                  "summary", Map.of("type", "string", "minLength", 1, "maxLength", SUMMARY)),
          "required", List.of("category", "priority", "summary"),
          "additionalProperties", false);

  private static final class Unusable extends RuntimeException {
    Unusable(String message) {
      super(message);
    }
  }

  /** What the caller can act on: shorten, wait, try later, or look at it. */
  private static Web.HttpError problem(Exception error) {
    if (error instanceof LabKit.RateLimited limited) {
      long pause = Math.max(1, (long) Math.ceil(limited.retryAfter));
      return new Web.HttpError(429, "the model is busy", Map.of("retry-after", String.valueOf(pause)));
    }
    if (error instanceof LabKit.TimedOut) {
      return new Web.HttpError(504, "the model did not answer in time");
    }
    if (error instanceof Unusable || error instanceof LabKit.ModelException) {
      return new Web.HttpError(502, "the model gave no usable answer");
    }
    return null;
  }

  /** The text of a ticket, if it fits the budget: before a token is paid for. */
  private static String ticketOf(JsonElement body) {
    String text = Web.textOf(Web.objectOf(body), "text");
    if (text.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
      throw new Web.HttpError(413, "a ticket has at most " + LONGEST + " bytes");
    }
    return text;
  }

  /** An answer of the model within the contract. Throws Unusable. */
  private static Triage checked(String text) {
    JsonElement found;
    try {
      found = Json.parsed(text);
    } catch (JsonParseException error) {
      throw new Unusable("no JSON");
    }
    if (!found.isJsonObject() || found.getAsJsonObject().size() != 3) {
      throw new Unusable("outside the contract");
    }
    JsonObject fields = found.getAsJsonObject();
    return new Triage(
        oneOf(CATEGORIES, textOf(fields, "category")),
        oneOf(PRIORITIES, textOf(fields, "priority")),
        summaryOf(textOf(fields, "summary")));
  }

  private static String textOf(JsonObject fields, String name) {
    if (!Json.isText(fields.get(name))) {
      throw new Unusable("outside the contract");
    }
    return fields.get(name).getAsString();
  }

  private static String oneOf(List<String> agreed, String value) {
    if (!agreed.contains(value)) {
      throw new Unusable("outside the contract");
    }
    return value;
  }

  private static String summaryOf(String value) {
    String summary = value.strip();
    int characters = summary.codePointCount(0, summary.length());
    if (characters < 1 || characters > SUMMARY) {
      throw new Unusable("outside the contract");
    }
    return summary;
  }

  private static Triage triage(String ticket) {
    LabKit.Wanted wanted = new LabKit.Wanted(80, List.of("\n\n"), SCHEMA, TIMEOUT);
    LabKit.Generation answer = LabKit.generate(SHOTS + "Ticket: " + ticket + "\n", wanted);
    if (answer.finish().equals("length")) {
      throw new Unusable("cut off");
    }
    // Servers that ignore the schema exist, so the contract is checked here, whoever promised it.
    return checked(answer.text());
  }

  /** A first draft of the reply, as it is written. Whoever sends it closes it when the reader is gone. */
  private static Web.Pieces draft(String ticket) {
    LabKit.Wanted wanted = new LabKit.Wanted(200, List.of("\nTicket"), null, TIMEOUT);
    LabKit.Pieces pieces = LabKit.stream("Ticket: " + ticket + "\nReply:", wanted);
    // Waits for the first piece: until then an error still has a status.
    pieces.hasNext();
    return pieces;
  }

  public static void main(String[] arguments) throws IOException {
    Web.serve(
        Map.of(
            "GET /health", request -> Web.Answer.of(Map.of("status", "ok")),
            "POST /triage", request -> Web.Answer.of(triage(ticketOf(request.body()))),
            "POST /draft", request -> Web.Answer.streamed(draft(ticketOf(request.body())))),
        Service::problem);
  }
}
