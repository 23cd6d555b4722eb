import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Answers java.util.regex questions, one a line: "PATTERN SUBJECT", both as UTF-16 units of four hexadecimal
 * digits behind a dot. The answer: "error REASON", "gave up", or "yes" / "no" (Pattern.matches) and then the
 * spans of every find(), groups included, in UTF-16 units.
 */
public final class RegexDriver {
  private static final int MOST_MATCHES = 20;
  private static final long MOST_READS = 3_000_000;

  /** A subject that stops the matcher when it reads too much: some patterns would take years. */
  private static final class Guarded implements CharSequence {
    private final String text;
    private long reads;

    Guarded(String text) {
      this.text = text;
    }

    @Override
    public char charAt(int index) {
      if (++reads > MOST_READS) throw new IllegalStateException("too many reads");
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.subSequence(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  private static String decode(String field) {
    StringBuilder text = new StringBuilder();
    for (int i = 1; i < field.length(); i += 4) text.append((char) Integer.parseInt(field.substring(i, i + 4), 16));
    return text.toString();
  }

  private static String answer(String expression, String subject) {
    try {
      Pattern pattern = Pattern.compile(expression);
      StringBuilder out = new StringBuilder(pattern.matcher(new Guarded(subject)).matches() ? "yes" : "no");
      Matcher matcher = pattern.matcher(new Guarded(subject));
      for (int i = 0; i < MOST_MATCHES && matcher.find(); i++) {
        out.append(' ');
        for (int group = 0; group <= matcher.groupCount(); group++)
          out.append(group == 0 ? "" : ",").append(matcher.start(group)).append('-').append(matcher.end(group));
      }
      return out.toString();
    } catch (PatternSyntaxException problem) {
      return "error " + problem.getDescription().replaceAll("[^ -~]", "?");
    } catch (IllegalStateException | StackOverflowError problem) {
      return "gave up";
    } catch (RuntimeException problem) {
      return "broke " + problem.getClass().getSimpleName();
    }
  }

  public static void main(String[] arguments) throws IOException {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    BufferedWriter out = new BufferedWriter(new OutputStreamWriter(System.out, StandardCharsets.US_ASCII));
    for (String line; (line = in.readLine()) != null;) {
      String[] fields = line.split(" ");
      out.write(answer(decode(fields[0]), decode(fields[1])));
      out.newLine();
      out.flush();
    }
  }
}
