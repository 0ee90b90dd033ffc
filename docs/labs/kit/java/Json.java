import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;

/** JSON as the labs read and write it. */
final class Json {
  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();
  private static final TypeAdapter<JsonElement> ELEMENTS = GSON.getAdapter(JsonElement.class);

  private Json() {}

  /** A text that is one value and nothing else. Gson's own parser also takes what only looks like JSON. */
  static JsonElement parsed(String text) {
    JsonReader reader = new JsonReader(new StringReader(text));
    try {
      JsonElement value = ELEMENTS.read(reader);
      if (reader.peek() == JsonToken.END_DOCUMENT) {
        return value;
      }
    } catch (IOException | IllegalStateException | NumberFormatException error) {
      throw new JsonParseException("not JSON", error);
    }
    throw new JsonParseException("more than one value");
  }

  static String written(Object value) {
    return GSON.toJson(value);
  }

  static boolean isText(JsonElement value) {
    return value != null && value.isJsonPrimitive() && value.getAsJsonPrimitive().isString();
  }

  /** The first choice of a model's answer or event; null without one. */
  static JsonObject firstChoice(JsonElement answer) {
    if (!answer.isJsonObject()) {
      return null;
    }
    JsonElement choices = answer.getAsJsonObject().get("choices");
    boolean some = choices != null && choices.isJsonArray() && !choices.getAsJsonArray().isEmpty();
    JsonElement first = some ? choices.getAsJsonArray().get(0) : null;
    return first != null && first.isJsonObject() ? first.getAsJsonObject() : null;
  }
}
