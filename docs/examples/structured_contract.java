import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.annotations.SerializedName;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Three schemas for one task: every reply parses, but not every reply is true. */
class StructuredContract {
  /** Without HTML's escapes: the model would read them, and you would pay for them. */
  static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();
  static final HttpClient CLIENT = HttpClient.newHttpClient();

  /** As much of JSON Schema as this task needs. */
  sealed interface Schema permits Text, Null, AnyOf {
    /** Whether a value obeys the schema. */
    boolean fits(JsonElement value);
  }

  /** The pattern may be null: then Gson leaves it out, and any text fits. */
  record Text(String type, String pattern) implements Schema {
    @Override
    public boolean fits(JsonElement value) {
      return value instanceof JsonPrimitive primitive
          && primitive.isString()
          && (pattern == null
              || Pattern.compile(pattern).matcher(value.getAsString()).find());
    }
  }

  record Null(String type) implements Schema {
    @Override
    public boolean fits(JsonElement value) {
      return value.isJsonNull();
    }
  }

  record AnyOf(List<Schema> anyOf) implements Schema {
    @Override
    public boolean fits(JsonElement value) {
      return anyOf.stream().anyMatch(choice -> choice.fits(value));
    }
  }

  /** A record because the model writes them in this order. Map.of has none. */
  record Fields(Schema invoice, Schema amount) {}

  record Turn(String role, String content) {}

  record Choice(@SerializedName("finish_reason") String finishReason, Turn message) {}

  record Reply(List<Choice> choices) {}

  /** The same for every schema, so that only the schema changes. */
  static final String SYSTEM =
      "Extract invoice number and amount. Use null where the message has none.";
  /** Solved examples. They are sent as earlier turns of the conversation. */
  static final List<Turn> SHOTS = List.of(
      new Turn("user", "Refund of KB-204, 18.00 euros."),
      new Turn("assistant", "{\"invoice\": \"KB-204\", \"amount\": \"18.00\"}"),
      new Turn("user", "Do you ship to Malta?"),
      new Turn("assistant", "{\"invoice\": null, \"amount\": null}"),
      new Turn("user", "We paid 7.25 euros twice on RE-77."),
      new Turn("assistant", "{\"invoice\": \"RE-77\", \"amount\": \"7.25\"}"));
  static final List<String> MESSAGES = List.of(
      "Please refund INV-118 of 12.50 euros, thanks.",
      "Invoice TT-600: you charged 9.90 euros.",
      "My order never came. I want my money back.");
  static final Schema TEXT = new Text("string", null);
  static final Schema CODE = new Text("string", "^[A-Z]{2,3}-[0-9]{2,4}$");
  static final Schema PRICE = new Text("string", "^[0-9]{1,4}[.][0-9]{2}$");
  static final Schema NULL = new Null("null");
  static final Fields STRINGS = new Fields(TEXT, TEXT);
  static final Fields PATTERNS = new Fields(CODE, PRICE);
  static final Fields OR_NULL = new Fields(
      new AnyOf(List.of(CODE, NULL)), new AnyOf(List.of(PRICE, NULL)));
  /** INV-118 and 12.50 are one word each. */
  static final Pattern WORD = Pattern.compile("[\\w.-]*\\w");

  static Map<String, Object> request(String message, Fields fields, List<Turn> shots) {
    List<Turn> turns = new ArrayList<>();
    turns.add(new Turn("system", SYSTEM));
    turns.addAll(shots);
    turns.add(new Turn("user", message));
    Map<String, Object> schema = Map.of(
        "type", "object",
        "properties", fields,
        "required", List.of("invoice", "amount"),
        "additionalProperties", false);
    Map<String, Object> answer = Map.of(
        "name", "refund", "strict", true, "schema", schema);
    return Map.of(
        "model", "example-model-2026-08-01",
        "messages", turns,
        "temperature", 0,
        "max_completion_tokens", 60,
        "response_format", Map.of("type", "json_schema", "json_schema", answer));
  }

  static Choice ask(Map<String, Object> body) throws IOException, InterruptedException {
    String server = System.getenv().getOrDefault("LLM_BASE_URL", "");
    String address = server.replaceFirst("/v1$", "") + "/v1/chat/completions";
    HttpRequest post = HttpRequest.newBuilder(URI.create(address))
        .version(HttpClient.Version.HTTP_1_1) // some model servers know no upgrade to 2
        .timeout(Duration.ofMinutes(1))
        .header("Content-Type", "application/json")
        .header("Authorization", "Bearer " + System.getenv("LLM_API_KEY"))
        .POST(BodyPublishers.ofString(GSON.toJson(body)))
        .build();
    HttpResponse<String> response = CLIENT.send(post, BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException("no answer: " + response.statusCode());
    }
    return GSON.fromJson(response.body(), Reply.class).choices().get(0);
  }

  static String verdict(Choice choice, String message, Fields fields) {
    if (!choice.finishReason().equals("stop")) {
      return "refused, " + choice.finishReason();
    }
    JsonObject values = GSON.fromJson(choice.message().content(), JsonObject.class);
    if (!values.keySet().equals(Set.of("invoice", "amount"))
        || !fields.invoice().fits(values.get("invoice"))
        || !fields.amount().fits(values.get("amount"))) {
      return "refused, breaks the schema";
    }
    Set<String> words = WORD.matcher(message).results()
        .map(MatchResult::group)
        .collect(Collectors.toSet());
    List<String> madeUp = new ArrayList<>();
    for (String name : values.keySet()) {
      JsonElement value = values.get(name);
      if (!value.isJsonNull() && !words.contains(value.getAsString())) {
        madeUp.add(name);
      }
    }
    return madeUp.isEmpty()
        ? "accepted"
        : "refused, no such word: " + String.join(", ", madeUp);
  }

  static void show(String title, Fields fields, List<Turn> shots)
      throws IOException, InterruptedException {
    System.out.println(title);
    for (String message : MESSAGES) {
      Choice choice = ask(request(message, fields, shots));
      String content = choice.message().content().strip().replaceAll("\\s+", " ");
      System.out.printf("  %-46.46s  %s%n", content, verdict(choice, message, fields));
    }
  }

  public static void main(String[] arguments) throws Exception {
    show("strings", STRINGS, List.of());
    show("patterns", PATTERNS, List.of());
    show("patterns or null", OR_NULL, List.of());
    show("patterns or null, after three solved examples", OR_NULL, SHOTS);
  }
}
