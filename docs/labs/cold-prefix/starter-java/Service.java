import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Answers customers of many shops with one model. Its prompts are right, and every token of them is paid in full. */
final class Service {
  private static final String MODEL = environment("LAB_MODEL", "model");
  private static final URI SERVER =
      URI.create(environment("LAB_BASE_URL", "http://127.0.0.1:11434") + "/v1/chat/completions");

  /** Messages of a conversation that the model sees, at most. */
  private static final int WINDOW = 24;

  private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** What is the same for all shops: instructions, and the tools that the model may call. */
  record Assistant(String instructions, List<JsonObject> tools) {}

  /** What is confidential to one shop. */
  record Shop(String name, String rules) {}

  record Message(String role, String content) {}

  /** What a customer asks, the time on the customer's clock, and the conversation until now. */
  record Question(String shop, String customer, String now, String question, List<Message> history) {}

  private static volatile Assistant assistant = new Assistant("", List.of());
  private static final Map<String, Shop> SHOPS = new ConcurrentHashMap<>();

  private static String environment(String name, String otherwise) {
    String value = System.getenv().getOrDefault(name, "");
    return value.isEmpty() ? otherwise : value;
  }

  private static Question questionOf(JsonElement body) {
    JsonObject asked = Web.objectOf(body);
    List<Message> history = new ArrayList<>();
    for (JsonObject message : Web.objectsOf(asked, "history")) {
      history.add(new Message(Web.textOf(message, "role"), Web.textOf(message, "content")));
    }
    return new Question(
        Web.textOf(asked, "shop"),
        Web.textOf(asked, "customer"),
        Web.textOf(asked, "now"),
        Web.textOf(asked, "question"),
        history);
  }

  /** The tools of all plugins. Models prefer what stands first in a list, so the order is drawn for each request. */
  private static List<JsonObject> tools() {
    List<JsonObject> drawn = new ArrayList<>(assistant.tools());
    Collections.shuffle(drawn);
    return drawn;
  }

  private static List<Message> messages(Question asked, Shop shop) {
    List<String> system =
        List.of(
            "Current time: " + asked.now(),
            "You answer " + asked.customer() + ", a customer of " + shop.name() + ".",
            assistant.instructions(),
            shop.rules());
    List<Message> history = asked.history();
    List<Message> sent = new ArrayList<>();
    sent.add(new Message("system", String.join("\n", system)));
    sent.addAll(history.subList(Math.max(history.size() - WINDOW, 0), history.size()));
    sent.add(new Message("user", asked.question()));
    return sent;
  }

  private static Map<String, String> ask(Question asked) throws InterruptedException {
    Shop shop = SHOPS.get(asked.shop());
    if (shop == null) {
      throw new Web.HttpError(404, "there is no shop " + asked.shop());
    }
    Map<String, Object> body =
        Map.of("model", MODEL, "messages", messages(asked, shop), "tools", tools(), "max_tokens", 300);
    try {
      return Map.of("answer", answered(body));
    } catch (IOException | RuntimeException error) {
      error.printStackTrace();
      throw new Web.HttpError(502, "the model gave no usable answer");
    }
  }

  private static String answered(Map<String, Object> body) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(SERVER)
            .header("content-type", "application/json")
            .timeout(Duration.ofSeconds(60))
            .POST(HttpRequest.BodyPublishers.ofString(Json.written(body)))
            .build();
    HttpResponse<String> answer = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException("the model's server says " + answer.statusCode());
    }
    JsonObject choice = Json.firstChoice(Json.parsed(answer.body()));
    if (choice == null) {
      throw new IOException("the model's server gives no choice");
    }
    return Web.textOf(Web.objectOf(choice.get("message")), "content");
  }

  private static Map<String, Integer> putAssistant(JsonObject asked) {
    assistant = new Assistant(Web.textOf(asked, "instructions"), Web.objectsOf(asked, "tools"));
    return Map.of("tools", assistant.tools().size());
  }

  private static Map<String, Integer> putShop(String shop, JsonObject asked) {
    SHOPS.put(shop, new Shop(Web.textOf(asked, "name"), Web.textOf(asked, "rules")));
    return Map.of("shops", SHOPS.size());
  }

  public static void main(String[] arguments) throws IOException {
    Web.serve(
        Map.of(
            "GET /health", request -> Web.Answer.of(Map.of("status", "ok")),
            "PUT /assistant", request -> Web.Answer.of(putAssistant(Web.objectOf(request.body()))),
            "PUT /shops/:shop",
                request -> Web.Answer.of(putShop(request.params().get("shop"), Web.objectOf(request.body()))),
            "POST /ask", request -> Web.Answer.of(ask(questionOf(request.body())))));
  }
}
