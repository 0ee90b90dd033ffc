import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * The model behind a lab: two functions, over any server that speaks OpenAI's interface.
 *
 * <p>The kit names the server in LAB_BASE_URL: the small model of the labs, or your own. With LAB_MODEL set, requests go
 * to chat completions, which instructed models expect.
 */
final class LabKit {
  /** A call to the model that brought no answer. */
  static class ModelException extends RuntimeException {
    ModelException(String message) {
      super(message);
    }
  }

  /** No connection, or a server that fails. */
  static final class Unavailable extends ModelException {
    Unavailable(String message) {
      super(message);
    }
  }

  /** No answer within the time that was allowed. */
  static final class TimedOut extends ModelException {
    TimedOut() {
      super("no answer in time");
    }
  }

  /** The server does not accept the request: key, model name, schema, or a prompt that is too long. */
  static final class Refused extends ModelException {
    Refused(String message) {
      super(message);
    }
  }

  /** The server wants a pause. */
  static final class RateLimited extends ModelException {
    /** In seconds. */
    final double retryAfter;

    RateLimited(double retryAfter) {
      super("the server wants a pause");
      this.retryAfter = retryAfter;
    }
  }

  /** What a model wrote. `finish` is "stop", "length" when the cap cut it off, or what else the server says. */
  record Generation(String text, String finish) {}

  /**
   * What is asked of the model.
   *
   * @param maxTokens cap on the answer, in tokens
   * @param stop texts at which the answer ends; they are not part of it
   * @param schema JSON Schema that the answer has to fit, or null. A server that ignores it answers in free text
   * @param timeout seconds until TimedOut: for the whole answer, or for each piece of a stream
   */
  record Wanted(int maxTokens, List<String> stop, Object schema, double timeout) {
    /** Without a schema, and with the time that is usual here. */
    Wanted(int maxTokens, List<String> stop) {
      this(maxTokens, stop, null, 30);
    }
  }

  private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final ScheduledExecutorService CLOCK =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "deadlines");
            thread.setDaemon(true);
            return thread;
          });

  private LabKit() {}

  /**
   * The likeliest continuation of a prompt, at temperature zero and with a fixed seed.
   *
   * <p>Throws Unavailable, TimedOut, RateLimited or Refused.
   */
  static Generation generate(String prompt, Wanted wanted) {
    Deadline deadline = new Deadline(wanted.timeout());
    deadline.start();
    try (InputStream body = post(requestOf(prompt, wanted, false), deadline)) {
      return generationOf(Json.parsed(new String(body.readAllBytes(), StandardCharsets.UTF_8)));
    } catch (IOException | JsonParseException error) {
      throw modelException(error, deadline);
    } finally {
      deadline.stop();
    }
  }

  /**
   * The same as pieces of text, as they are written. Closing them closes the connection, which stops the model.
   *
   * <p>The model is asked when the first piece is, and what is thrown is thrown then, or in the middle. A stream that ends without its end mark was cut off, and is no answer.
   */
  static Pieces stream(String prompt, Wanted wanted) {
    return new Pieces(requestOf(prompt, wanted, true), new Deadline(wanted.timeout()));
  }

  /** Pieces of an answer; see stream. */
  static final class Pieces implements Web.Pieces {
    private final Map<String, Object> request;
    private final Deadline deadline;
    private BufferedReader lines;
    private String next;
    private boolean ended;

    private Pieces(Map<String, Object> request, Deadline deadline) {
      this.request = request;
      this.deadline = deadline;
    }

    @Override
    public boolean hasNext() {
      if (next == null && !ended) {
        deadline.start();
        try {
          next = read();
        } catch (IOException | JsonParseException error) {
          throw modelException(error, deadline);
        } finally {
          deadline.stop();
        }
        ended = next == null;
      }
      return next != null;
    }

    /** The next piece that is not empty; null at the end mark. */
    private String read() throws IOException {
      if (lines == null) {
        lines = new BufferedReader(new InputStreamReader(post(request, deadline), StandardCharsets.UTF_8));
      }
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("data:")) {
          continue;
        }
        String data = line.substring("data:".length()).strip();
        if (data.equals("[DONE]")) {
          return null;
        }
        String piece = pieceOf(Json.parsed(data));
        if (!piece.isEmpty()) {
          return piece;
        }
      }
      throw new IOException("the answer broke off");
    }

    @Override
    public String next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      String piece = next;
      next = null;
      return piece;
    }

    @Override
    public void close() {
      deadline.cut();
    }
  }

  /** A time for an answer, after which its connection is cut. */
  private static final class Deadline {
    private final long milliseconds; // of the time that is allowed
    private volatile boolean passed;
    private volatile Runnable cut = () -> {};
    private ScheduledFuture<?> timer;

    Deadline(double seconds) {
      milliseconds = Math.round(seconds * 1000);
    }

    void start() {
      stop();
      timer = CLOCK.schedule(this::over, milliseconds, TimeUnit.MILLISECONDS);
    }

    private void over() {
      passed = true;
      cut.run();
    }

    void stop() {
      if (timer != null) {
        timer.cancel(false);
      }
    }

    /** Say how the connection is cut. It may be late for that already. */
    void cutBy(Runnable way) {
      cut = way;
      if (passed) {
        way.run();
      }
    }

    void cut() {
      stop();
      cut.run();
    }
  }

  private static Map<String, Object> requestOf(String prompt, Wanted wanted, boolean streamed) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("max_tokens", wanted.maxTokens());
    body.put("stop", wanted.stop());
    body.put("temperature", 0);
    body.put("seed", 1);
    if (streamed) {
      body.put("stream", true);
    }
    String model = environment("LAB_MODEL");
    if (!model.isEmpty()) {
      body.put("model", model);
      body.put("messages", List.of(Map.of("role", "user", "content", prompt)));
      if (wanted.schema() != null) {
        Map<String, Object> shape = Map.of("name", "answer", "strict", true, "schema", wanted.schema());
        body.put("response_format", Map.of("type", "json_schema", "json_schema", shape));
      }
    } else {
      body.put("prompt", prompt);
      if (wanted.schema() != null) {
        body.put("json_schema", wanted.schema()); // llama.cpp's name for it on completions
      }
    }
    return body;
  }

  /** The body of an answer with 200, which closes when the deadline passes. */
  private static InputStream post(Map<String, Object> body, Deadline deadline) {
    String server = environment("LAB_BASE_URL").replaceAll("/$", "").replaceAll("/v1$", "");
    if (server.isEmpty()) {
      throw new Unavailable("there is no model: set LAB_BASE_URL to its server");
    }
    String path = environment("LAB_MODEL").isEmpty() ? "/v1/completions" : "/v1/chat/completions";
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server + path))
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(Json.written(body)));
    if (!environment("LAB_API_KEY").isEmpty()) {
      request.header("authorization", "Bearer " + environment("LAB_API_KEY"));
    }
    CompletableFuture<HttpResponse<InputStream>> sent =
        CLIENT.sendAsync(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    deadline.cutBy(() -> sent.cancel(true));
    try {
      HttpResponse<InputStream> answer = sent.get();
      deadline.cutBy(() -> close(answer.body()));
      check(answer);
      return answer.body();
    } catch (ExecutionException | InterruptedException | CancellationException error) {
      throw modelException(error, deadline);
    }
  }

  private static void check(HttpResponse<InputStream> answer) {
    int status = answer.statusCode();
    if (status == 200) {
      return;
    }
    close(answer.body());
    if (status == 429) {
      throw new RateLimited(pauseOf(answer.headers().firstValue("retry-after").orElse("1")));
    }
    if (status >= 400 && status < 500) {
      throw new Refused("the server refuses with " + status);
    }
    throw new Unavailable("the server fails with " + status);
  }

  private static double pauseOf(String retryAfter) {
    try {
      return Double.parseDouble(retryAfter);
    } catch (NumberFormatException error) {
      return 1;
    }
  }

  private static void close(InputStream body) {
    try {
      body.close();
    } catch (IOException error) {
      // It was closed already, which is what was wanted.
    }
  }

  private static Generation generationOf(JsonElement answer) {
    JsonObject choice = Json.firstChoice(answer);
    JsonElement message = choice == null ? null : choice.get("message");
    JsonElement text = null;
    if (message != null && message.isJsonObject()) {
      text = message.getAsJsonObject().get("content");
    } else if (choice != null) {
      text = choice.get("text");
    }
    if (!Json.isText(text)) {
      throw new Unavailable("the server gives no usable answer");
    }
    JsonElement finish = choice.get("finish_reason");
    return new Generation(text.getAsString(), Json.isText(finish) ? finish.getAsString() : "unknown");
  }

  private static String pieceOf(JsonElement event) {
    JsonObject choice = Json.firstChoice(event);
    if (choice == null) {
      return "";
    }
    JsonElement delta = choice.get("delta");
    JsonElement piece = choice.get("text");
    if (piece == null && delta != null && delta.isJsonObject()) {
      piece = delta.getAsJsonObject().get("content");
    }
    return Json.isText(piece) ? piece.getAsString() : "";
  }

  private static ModelException modelException(Exception error, Deadline deadline) {
    return deadline.passed ? new TimedOut() : new Unavailable("no usable answer (" + error.getMessage() + ")");
  }

  private static String environment(String name) {
    return System.getenv().getOrDefault(name, "");
  }
}
