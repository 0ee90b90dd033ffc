import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** What the labs need of a web framework: routes, bodies in JSON, streams, and errors with a status. */
final class Web {
  /** A request as a route gets it: what the path leaves open, by name, and the body, which nobody has checked yet. */
  record Request(Map<String, String> params, JsonElement body) {}

  /** Pieces of a text, which give up what they hold when they are closed. */
  interface Pieces extends Iterator<String>, AutoCloseable {
    @Override
    void close();
  }

  /** An answer: a value goes out as JSON, or pieces of text as a stream, and are closed at its end. */
  record Answer(Object json, Pieces pieces) {
    static Answer of(Object json) {
      return new Answer(json, null);
    }

    static Answer streamed(Pieces pieces) {
      return new Answer(null, pieces);
    }
  }

  /** Pieces that are all there. */
  static Pieces piecesOf(List<String> texts) {
    Iterator<String> each = texts.iterator();
    return new Pieces() {
      @Override
      public boolean hasNext() {
        return each.hasNext();
      }

      @Override
      public String next() {
        return each.next();
      }

      @Override
      public void close() {}
    };
  }

  interface Route {
    Answer answer(Request request) throws Exception;
  }

  /** An error that the caller is told, with its status. */
  static final class HttpError extends RuntimeException {
    final int status;
    final Map<String, String> headers;

    HttpError(int status, String title, Map<String, String> headers) {
      super(title);
      this.status = status;
      this.headers = headers;
    }

    HttpError(int status, String title) {
      this(status, title, Map.of());
    }
  }

  private final Map<String, Route> routes;
  private final Function<Exception, HttpError> problem;

  private Web(Map<String, Route> routes, Function<Exception, HttpError> problem) {
    this.routes = routes;
    this.problem = problem;
  }

  /**
   * Serve routes such as "PUT /shops/:shop" on the port that PORT names.
   *
   * <p>An error before the answer has begun becomes an answer: an HttpError with its own status, any other with what
   * `problem` makes of it, or with 500 when that is null. After that the connection is cut, which a client sees as an
   * error.
   */
  static void serve(Map<String, Route> routes, Function<Exception, HttpError> problem) throws IOException {
    // Otherwise each answer waits some 40 ms for an acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8000"));
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 0);
    server.createContext("/", new Web(routes, problem)::handle);
    server.setExecutor(Executors.newCachedThreadPool());
    server.start();
  }

  static void serve(Map<String, Route> routes) throws IOException {
    serve(routes, error -> null);
  }

  private void handle(HttpExchange exchange) throws IOException {
    Answer answer;
    try {
      answer = answered(exchange);
    } catch (Exception error) {
      fail(exchange, error);
      return;
    }
    if (answer.pieces() == null) {
      send(exchange, 200, "application/json", Json.written(answer.json()));
    } else {
      pour(exchange, answer.pieces());
    }
  }

  private Answer answered(HttpExchange exchange) throws Exception {
    String[] asked = exchange.getRequestURI().getRawPath().split("/", -1);
    for (Map.Entry<String, Route> entry : routes.entrySet()) {
      String[] name = entry.getKey().split(" ");
      Map<String, String> params = new HashMap<>();
      if (name[0].equals(exchange.getRequestMethod()) && fits(name[1].split("/", -1), asked, params)) {
        return entry.getValue().answer(new Request(params, bodyOf(exchange)));
      }
    }
    throw new HttpError(404, "there is no " + exchange.getRequestMethod() + " " + exchange.getRequestURI());
  }

  private static boolean fits(String[] route, String[] asked, Map<String, String> params) {
    if (route.length != asked.length) {
      return false;
    }
    for (int part = 0; part < route.length; part++) {
      if (route[part].startsWith(":")) {
        params.put(route[part].substring(1), URLDecoder.decode(asked[part], StandardCharsets.UTF_8));
      } else if (!route[part].equals(asked[part])) {
        return false;
      }
    }
    return true;
  }

  private static JsonElement bodyOf(HttpExchange exchange) throws IOException {
    String text = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    try {
      return text.isEmpty() ? null : Json.parsed(text);
    } catch (JsonParseException error) {
      throw new HttpError(422, "the body is not JSON");
    }
  }

  private static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("content-type", type);
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  /** Send each piece when it is there. An exception leaves the stream open, and the server then cuts the connection. */
  private static void pour(HttpExchange exchange, Pieces pieces) throws IOException {
    try (pieces) {
      exchange.getResponseHeaders().set("content-type", "text/plain; charset=utf-8");
      exchange.sendResponseHeaders(200, 0);
      OutputStream out = exchange.getResponseBody();
      while (pieces.hasNext()) {
        out.write(pieces.next().getBytes(StandardCharsets.UTF_8));
        out.flush(); // fails when the reader is gone
      }
      out.close();
    }
  }

  private void fail(HttpExchange exchange, Exception error) throws IOException {
    HttpError told = error instanceof HttpError known ? known : problem.apply(error);
    if (told == null) {
      error.printStackTrace();
      told = new HttpError(500, "an error of ours");
    }
    told.headers.forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
    send(exchange, told.status, "application/problem+json", Json.written(Map.of("title", told.getMessage())));
  }

  /** The object that a body has to be. Throws 422. */
  static JsonObject objectOf(JsonElement body) {
    if (body == null || !body.isJsonObject()) {
      throw new HttpError(422, "the body has to be an object");
    }
    return body.getAsJsonObject();
  }

  /** A field that has to be text. Throws 422. */
  static String textOf(JsonObject body, String name) {
    JsonElement value = body.get(name);
    if (!Json.isText(value)) {
      throw new HttpError(422, name + " has to be text");
    }
    return value.getAsString();
  }

  /** A field that has to be a list of objects; none when it is left out. Throws 422. */
  static List<JsonObject> objectsOf(JsonObject body, String name) {
    List<JsonObject> found = new ArrayList<>();
    JsonElement value = body.get(name);
    if (value == null) {
      return found;
    }
    if (!value.isJsonArray()) {
      throw new HttpError(422, name + " has to be a list");
    }
    value.getAsJsonArray().forEach(each -> found.add(objectOf(each)));
    return found;
  }
}
