import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;

/** One complete tool loop. A script plays the model, so each run is the same. */
class ToolLoop {
  // Without HTML's escapes: the model would read them, and you would pay for them.
  static final Gson GSON = new GsonBuilder()
      .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
      .disableHtmlEscaping()
      .create();

  // What the task may do. It comes from the user's session, never from the model.
  static final String TASK = "ticket-204", CUSTOMER = "c-17";
  static final List<String> ALLOWED = List.of("find_order", "refund_line");

  /** The cents that each line can still get back, by the number of the line. */
  record Order(String customer, Map<String, Integer> refundable) {}

  static final Map<String, Order> ORDERS = Map.of(
      "8841-A", new Order("c-17", new TreeMap<>(Map.of("1", 4500, "2", 1990))),
      "8814-A", new Order("c-99", new TreeMap<>(Map.of("1", 700))));
  /** Cents by idempotency key; in production, a table. */
  static final Map<String, Integer> REFUNDS = new HashMap<>();

  record Field(String name, String type) {}

  record Tool(String name, String description, List<Field> fields) {
    List<String> names() {
      return fields.stream().map(Field::name).toList();
    }

    /** As a request describes it. The fields keep their order, which the model sees. */
    Map<String, Object> schema() {
      Map<String, Object> types = new LinkedHashMap<>();
      fields.forEach(field -> types.put(field.name(), Map.of("type", field.type())));
      Map<String, Object> parameters =
          Map.of("type", "object", "properties", types, "required", names());
      Map<String, Object> function = Map.of(
          "name", name, "description", description, "parameters", parameters);
      return Map.of("type", "function", "function", function);
    }
  }

  static final Field ORDER = new Field("order", "string");
  static final Field LINE = new Field("line", "string");
  static final Field CENTS = new Field("cents", "integer");
  static final Map<String, Tool> TOOLS = Map.of(
      "find_order", new Tool("find_order",
          "Find an order of this customer.", List.of(ORDER)),
      "refund_line", new Tool("refund_line",
          "Refund an order line, once per ticket.", List.of(ORDER, LINE, CENTS)));

  // --8<-- [start:checks]
  sealed interface Result permits Refused, Found, Booked {}
  record Refused(String error) implements Result {}
  record Found(Map<String, Integer> refundableCents) implements Result {}
  record Booked(String status, int cents) implements Result {}

  static Result runTool(String name, String argumentsText) {
    if (!ALLOWED.contains(name)) { // 1
      return new Refused(name + " is not available in this task");
    }
    JsonObject arguments;
    try {
      arguments = parsed(argumentsText); // 2: text from outside, like any body
    } catch (IOException | JsonParseException broken) {
      return new Refused("the arguments are not JSON: send one object");
    }
    Tool tool = TOOLS.get(name);
    if (!arguments.keySet().equals(Set.copyOf(tool.names()))) {
      String names = String.join(", ", tool.names());
      return new Refused("send exactly these fields: " + names);
    }
    for (Field field : tool.fields()) {
      if (!isA(field.type(), arguments.get(field.name()))) {
        return new Refused(field.name() + " must be of type " + field.type());
      }
    }
    String number = arguments.get("order").getAsString();
    Order order = ORDERS.get(number);
    if (order == null || !order.customer().equals(CUSTOMER)) { // 3: the permission
      return new Refused("this customer has no such order: ask for the number");
    }
    if (name.equals("find_order")) {
      return new Found(order.refundable());
    }
    String line = arguments.get("line").getAsString();
    int cents = arguments.get("cents").getAsInt();
    Integer left = order.refundable().get(line);
    if (left == null) { // 4
      String lines = String.join(", ", order.refundable().keySet());
      return new Refused("no such line: send one of " + lines);
    }
    // From the task and what it may book once. The id of a call is new each time.
    String key = TASK + "/refund/" + number + "/" + line;
    if (REFUNDS.containsKey(key)) { // 5
      return new Booked("already refunded", REFUNDS.get(key));
    }
    if (cents <= 0 || cents > left) { // 6
      return new Refused("send at least 1 cent and at most " + left);
    }
    REFUNDS.put(key, cents); // in production, these two writes are one transaction
    order.refundable().put(line, left - cents);
    return new Booked("refunded", cents);
  }
  // --8<-- [end:checks]

  /** Strictly: Gson.fromJson also takes {order: 1}, and an adapter a second value. */
  static JsonObject parsed(String text) throws IOException {
    JsonReader reader = new JsonReader(new StringReader(text));
    JsonObject object = GSON.getAdapter(JsonObject.class).read(reader);
    if (reader.peek() != JsonToken.END_DOCUMENT) {
      throw new MalformedJsonException("something follows the object");
    }
    return object;
  }

  /** Whether a value has the type that the schema calls so. */
  static boolean isA(String type, JsonElement value) {
    if (!value.isJsonPrimitive()) {
      return false;
    }
    if (type.equals("string")) {
      return value.getAsJsonPrimitive().isString();
    }
    // Neither 5.5 nor what an int can't hold.
    return value.getAsJsonPrimitive().isNumber()
        && value.getAsString().matches("-?[0-9]{1,9}");
  }

  record Function(String name, String arguments) {}

  record Call(String id, String type, Function function) {}

  record Message(
      String role, String content, String toolCallId, List<Call> toolCalls) {}

  record Request(
      String model, List<Message> messages, List<Map<String, Object>> tools) {}

  record Choice(String finishReason, Message message) {}

  // --8<-- [start:loop]
  static String loop(List<Message> messages, int mostRequests) {
    List<Map<String, Object>> tools =
        ALLOWED.stream().map(name -> TOOLS.get(name).schema()).toList();
    for (int number = 1; number <= mostRequests; number++) {
      Choice choice = ask(new Request("example", messages, tools));
      String reason = choice.finishReason();
      Message message = choice.message();
      System.out.printf("request %d with %d messages: %s%n",
          number, messages.size(), reason);
      if (reason.equals("stop")) {
        return message.content();
      }
      if (!reason.equals("tool_calls")) { // cut off, refused or unknown: run nothing
        return "to a person: " + reason;
      }
      messages.add(message);
      for (Call call : message.toolCalls()) {
        String name = call.function().name();
        String arguments = call.function().arguments();
        String text = GSON.toJson(runTool(name, arguments));
        System.out.printf("  %s %s %s%n    %s%n", call.id(), name, arguments, text);
        messages.add(new Message("tool", text, call.id(), null));
      }
    }
    return "to a person: too many requests";
  }
  // --8<-- [end:loop]

  /** With a server: sends the request as JSON, and takes choices[0] of the body. */
  static Choice ask(Request request) {
    List<Call> calls = SCRIPT.remove();
    if (calls.isEmpty()) {
      return new Choice("stop", new Message("assistant", "Refunded.", null, null));
    }
    return new Choice("tool_calls", new Message("assistant", "", null, calls));
  }

  static Call call(String id, String name, String arguments) {
    return new Call("call_" + id, "function", new Function(name, arguments));
  }

  static final String AS_TEXT = """
      {"order": "8841-A", "line": "2", "cents": "5.00"}""";
  static final String REFUND = """
      {"order": "8841-A", "line": "2", "cents": 500}""";
  static final Queue<List<Call>> SCRIPT = new ArrayDeque<>(List.of(
      List.of(call("1a", "find_order", "{\"order\": \"8841-A\"}"),
          call("1b", "find_order", "{\"order\": \"8814-A\"}")),
      List.of(call("2a", "refund_line", AS_TEXT)),
      List.of(call("3a", "refund_line", REFUND), call("3b", "refund_line", REFUND)),
      List.of()));

  public static void main(String[] arguments) {
    List<Message> messages = new ArrayList<>();
    messages.add(new Message(
        "user", "The lamp of 8841-A is scratched. 5 euros?", null, null));
    System.out.println(loop(messages, 6));
  }
}
