import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Read a streamed answer by hand, and say what each of six endings is worth. */
class StreamClient {
  static final Duration SILENCE = Duration.ofSeconds(2);
  static final Gson GSON = new GsonBuilder()
      .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
      .create();
  static final HttpClient CLIENT = HttpClient.newHttpClient();
  static final ScheduledExecutorService TIMER = Executors.newScheduledThreadPool(1);

  // --8<-- [start:client]
  record Chunk(Problem error, Usage usage, List<Choice> choices) {
    Chunk {
      choices = Objects.requireNonNullElse(choices, List.of());
    }
  }

  record Problem(String code) {}
  record Usage(int completionTokens) {}
  record Choice(Delta delta, String finishReason) {}
  record Delta(String content) {}

  /** The data of an event. An empty line ends it; a colon begins a comment. */
  static Optional<String> nextEvent(BufferedReader lines) throws IOException {
    List<String> data = new ArrayList<>();
    for (String line; (line = lines.readLine()) != null; ) {
      if (line.startsWith("data:")) {
        data.add(line.substring("data:".length()).replaceFirst("^ ", ""));
      } else if (line.isEmpty() && !data.isEmpty()) {
        return Optional.of(String.join("\n", data));
      }
    }
    return Optional.empty();
  }

  static String readAnswer(URI address, int leaveAfter) throws InterruptedException {
    String text = "";
    String tokens = "unknown";
    String finishReason = null;
    // This timeout ends with the status. An error up to then still has one.
    HttpRequest request = HttpRequest.newBuilder(address).timeout(SILENCE).build();
    // The body is closed on every way out: this is what cancels the answer.
    try (InputStream body = CLIENT.send(request, BodyHandlers.ofInputStream()).body();
        Watchdog watchdog = new Watchdog(body)) {
      BufferedReader lines = new BufferedReader(
          new InputStreamReader(body, StandardCharsets.UTF_8));
      for (int count = 1; ; count++) {
        Optional<String> event = nextEvent(lines);
        if (event.isEmpty()) {
          return "failed, no closing event: throw '" + text + "' away";
        }
        watchdog.restart();
        String data = event.get();
        System.out.println(data);
        if (data.equals("[DONE]")) { // all came; the finish reason says the rest
          String verdict = "stop".equals(finishReason) ? "whole" : "not whole";
          return String.format("%s (%s): '%s', %s tokens",
              verdict, finishReason, text, tokens);
        }
        Chunk chunk = GSON.fromJson(data, Chunk.class);
        if (chunk.error() != null) {
          return "failed, " + chunk.error().code() + ": throw '" + text + "' away";
        }
        if (chunk.usage() != null) {
          tokens = String.valueOf(chunk.usage().completionTokens());
        }
        for (Choice choice : chunk.choices()) { // empty in the chunk with usage
          if (choice.delta().content() != null) { // missing or null
            text += choice.delta().content();
          }
          if (choice.finishReason() != null) {
            finishReason = choice.finishReason();
          }
        }
        if (count == leaveAfter) {
          return "canceled after " + count + " events";
        }
      }
    } catch (IOException | JsonParseException broken) { // silent, or a broken line
      return "failed, silent or broken off: throw '" + text + "' away";
    }
  }

  /** Closes a body on which nothing arrives. HttpClient itself would wait forever. */
  static final class Watchdog implements AutoCloseable {
    private final InputStream body;
    private ScheduledFuture<?> alarm;

    Watchdog(InputStream body) {
      this.body = body;
      restart();
    }

    void restart() {
      close();
      alarm = TIMER.schedule(this::giveUp, SILENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void giveUp() {
      try {
        body.close(); // whoever reads gets an IOException
      } catch (IOException broken) {
        // Then whoever reads got one already.
      }
    }

    @Override
    public void close() {
      if (alarm != null) {
        alarm.cancel(false);
      }
    }
  }
  // --8<-- [end:client]

  static String piece(String text) {
    return "{\"choices\": [{\"delta\": {\"content\": \"" + text + "\"}}]}";
  }

  static String end(String reason) {
    return "{\"choices\": [{\"delta\": {\"content\": null}, \"finish_reason\": \""
        + reason + "\"}]}";
  }

  record Answer(String path, List<String> events, String last) {}

  static final String DONE = "data: [DONE]\n\n";
  static final String USAGE = """
      {"choices": [], "usage": {"completion_tokens": 6}}""";
  static final String OVERLOADED = "{\"error\": {\"code\": \"overloaded\"}}";
  static final String YOUR = piece("Your ");
  static final String ORDER = piece("order ");
  static final List<Answer> ANSWERS = List.of(
      new Answer("/whole", List.of(YOUR, ORDER, piece("ships "), piece("on "),
          piece("Friday."), end("stop"), USAGE), DONE),
      new Answer("/limit", List.of(YOUR, ORDER, end("length")), DONE),
      new Answer("/cut", List.of(YOUR, ORDER), "data: {\"choices\": [{\"de"),
      new Answer("/overloaded", List.of(YOUR, ORDER, OVERLOADED), ""),
      new Answer("/silent", List.of(YOUR, ORDER), ""),
      new Answer("/endless", List.of(), ""));
  static final CountDownLatch STOPPED = new CountDownLatch(1);

  static void serve(Answer answer, HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0); // sent before anything can go wrong
    try (exchange; OutputStream out = exchange.getResponseBody()) {
      send(out, ": a comment, so that the wait is no silence\n\n");
      for (String event : answer.events()) {
        send(out, "data: " + event + "\n\n");
      }
      send(out, answer.last());
      if (answer.path().equals("/silent")) {
        Thread.currentThread().join(); // on itself: until the program ends
      }
      while (answer.path().equals("/endless")) {
        send(out, "data: " + piece("and ") + "\n\n");
      }
    } catch (IOException canceled) {
      if (answer.path().equals("/endless")) {
        STOPPED.countDown();
      }
    } catch (InterruptedException shutDown) {
      Thread.currentThread().interrupt();
    }
  }

  static void send(OutputStream out, String text)
      throws IOException, InterruptedException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
    Thread.sleep(10); // a model needs time for each token
  }

  public static void main(String[] arguments) throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.start();
    URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    List<String> verdicts = new ArrayList<>();
    for (Answer answer : ANSWERS) {
      server.createContext(answer.path(), exchange -> serve(answer, exchange));
      System.out.println("== " + answer.path() + " ==");
      int leaveAfter = answer.path().equals("/endless") ? 2 : 0;
      String verdict = readAnswer(address.resolve(answer.path()), leaveAfter);
      verdicts.add(answer.path() + " => " + verdict);
    }
    System.out.println("== verdicts ==");
    System.out.println(String.join("\n", verdicts));
    boolean stopped = STOPPED.await(10, TimeUnit.SECONDS);
    System.out.println("the server stopped writing: " + (stopped ? "yes" : "no"));
    System.exit(0); // ends the threads of server and timer; one waits at /silent
  }
}
