import com.google.gson.JsonElement;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sorts tickets: category, priority, summary. Everything in here worked on the day it was demonstrated. */
final class Service {
  private static final String SHOTS =
      """
      Category is one of payment, delivery, account, other. Priority is one of low, normal, high.

      Ticket: I was charged twice for order 8814. Please refund one payment.
      Category: payment
      Priority: high
      Summary: charged twice for order 8814

      Ticket: Where can I change my delivery address?
      Category: account
      Priority: low
      Summary: wants to change the address

      """;

  private static final Pattern FIELD = Pattern.compile("^(Category|Priority|Summary): (.*)$", Pattern.MULTILINE);

  /** Seconds that the model has. */
  private static final double TIMEOUT = Double.parseDouble(System.getenv().getOrDefault("LAB_TIMEOUT", "20"));

  record Triage(String category, String priority, String summary) {}

  private static String ticketOf(JsonElement body) {
    return Web.textOf(Web.objectOf(body), "text");
  }

  private static Triage triage(String ticket) {
    LabKit.Wanted wanted = new LabKit.Wanted(60, List.of("\n\n"));
    String answer = LabKit.generate(SHOTS + "Ticket: " + ticket + "\n", wanted).text();
    Map<String, String> found = new HashMap<>();
    Matcher field = FIELD.matcher(answer);
    while (field.find()) {
      found.put(field.group(1), field.group(2));
    }
    return new Triage(
        found.getOrDefault("Category", "other"),
        found.getOrDefault("Priority", "low"),
        found.getOrDefault("Summary", ""));
  }

  /** A first draft of the reply, as it is written. */
  private static Web.Pieces draft(String ticket) {
    LabKit.Wanted wanted = new LabKit.Wanted(200, List.of("\nTicket"));
    List<String> pieces = new ArrayList<>();
    LabKit.stream("Ticket: " + ticket + "\nReply:", wanted).forEachRemaining(pieces::add);
    return Web.piecesOf(pieces);
  }

  public static void main(String[] arguments) throws IOException {
    Web.serve(
        Map.of(
            "GET /health", request -> Web.Answer.of(Map.of("status", "ok")),
            "POST /triage", request -> Web.Answer.of(triage(ticketOf(request.body()))),
            "POST /draft", request -> Web.Answer.streamed(draft(ticketOf(request.body())))));
  }
}
