import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.minidev.json.JSONObject;
import net.minidev.json.parser.JSONParser;

/** Differential PROGRAM COUNT SEED: renders COUNT random templates with both engines and reports where they part,
 *  each divergence shrunk to the text of a case. */
public final class Differential {
    private static final int BATCH = 500, SHOWN = 25;

    /** `statusquo render --ndjson`, kept running. */
    private static final class Engine {
        private final Process process;
        private final BufferedWriter to;
        private final BufferedReader from;

        Engine(String program) throws Exception {
            process = new ProcessBuilder(program, "render", "--ndjson").redirectError(ProcessBuilder.Redirect.INHERIT).start();
            to = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
            from = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        }

        List<JSONObject> answers(List<Evaluation> evaluations) throws Exception {
            Thread writer = new Thread(() -> {
                try {
                    for (Evaluation e : evaluations) to.write(e.line() + "\n");
                    to.flush();
                } catch (Exception stopped) {
                    // the reader notices
                }
            });
            writer.start();
            List<JSONObject> answers = new ArrayList<>();
            for (Evaluation e : evaluations) {
                String line = from.readLine();
                if (line == null) throw new IllegalStateException("statusquo ended at " + e.line());
                answers.add((JSONObject) new JSONParser(JSONParser.MODE_RFC4627).parse(line));
            }
            writer.join();
            return answers;
        }
    }

    /** Identity hash codes and the names of our own classes differ by nature. */
    private static String comparable(String text) {
        return text == null ? null : text.replaceAll("@[0-9a-f]{4,8}", "@hash")
            .replaceAll("Gateway\\$(Input|Util)", "$1").replace("Gateway$Silent", "java.util.HashMap");
    }

    private static Object plain(Object value) {
        if (value instanceof Map) {
            Map<String, Object> sorted = new TreeMap<>();
            for (Map.Entry<?, ?> e : ((Map<?, ?>) value).entrySet()) sorted.put(String.valueOf(e.getKey()), plain(e.getValue()));
            return sorted;
        }
        if (value instanceof Collection) {
            List<Object> list = new ArrayList<>();
            for (Object item : (Collection<?>) value) list.add(plain(item));
            return list;
        }
        return value == null || value instanceof Boolean ? value : comparable(value.toString());
    }

    /** Where the Java side isn't what the gateway runs: json-path 2.0.0, as Debian has it, reads unusual paths in
     *  other ways than 3.0.0 does. Only plain ones are compared. */
    private static boolean knownDifference(Evaluation e) {
        return e.template.matches("(?s).*(path|json)\\s*\\(\\s*['\"](?!\\$(\\.\\w+|\\[\\d+\\])*['\"]).*");
    }

    /** Which ranges and texts fit is a matter of the heap, not of the language. */
    private static boolean ranOut(Gateway.Answer expected, JSONObject actual) {
        return (expected.error != null && expected.error.contains("OutOfMemoryError"))
            || String.valueOf(actual.get("error")).contains("OutOfMemoryError");
    }

    private static boolean part(Gateway.Answer expected, JSONObject actual) {
        if (expected.error != null || actual.get("error") != null) return (expected.error != null) != (actual.get("error") != null);
        if (!comparable(expected.output).equals(comparable((String) actual.get("output")))) return true;
        return !plain(expected.override).equals(plain(actual.get("responseOverride")));
    }

    private final Gateway gateway = new Gateway();
    private final Engine engine;

    private Differential(String program) throws Exception { engine = new Engine(program); }

    private boolean parts(Evaluation e) throws Exception {
        return part(gateway.answer(e), engine.answers(List.of(e)).get(0));
    }

    /** Drops ever smaller pieces of the template for as long as the engines still part. */
    private Evaluation shrink(Evaluation e) throws Exception {
        for (int size = Math.max(1, e.template.length() / 2); size > 0; ) {
            boolean shorter = false;
            for (int at = 0; at + size <= e.template.length(); at++) {
                Evaluation smaller = e.with(e.template.substring(0, at) + e.template.substring(at + size));
                if (!smaller.template.equals(Templates.wellFormed(smaller.template)) || !parts(smaller)) continue;
                e = smaller;
                shorter = true;
                at--;
            }
            if (!shorter || size > e.template.length()) size = size > e.template.length() ? e.template.length() : size / 2;
        }
        return e;
    }

    private int run(int count, long seed) throws Exception {
        Templates templates = new Templates(seed);
        Map<String, String> shown = new LinkedHashMap<>();
        int parted = 0, failed = 0, memory = 0;
        for (int done = 0; done < count; done += BATCH) {
            List<Evaluation> batch = new ArrayList<>();
            for (int i = 0; i < Math.min(BATCH, count - done); i++) batch.add(templates.next());
            List<JSONObject> answers = engine.answers(batch);
            for (int i = 0; i < batch.size(); i++) {
                Gateway.Answer expected = gateway.answer(batch.get(i));
                if (expected.error != null) failed++;
                if (!part(expected, answers.get(i))) continue;
                if (knownDifference(batch.get(i))) continue;
                if (ranOut(expected, answers.get(i))) {
                    memory++;
                    continue;
                }
                parted++;
                if (shown.size() >= SHOWN) continue;
                Evaluation small = shrink(batch.get(i));
                String text = small.asCase(gateway.answer(small), engine.answers(List.of(small)).get(0).toString());
                if (shown.put(small.template, text) == null) System.out.println(text);
            }
        }
        System.out.printf("%d templates (%d fail in Velocity), %d ran out of memory on one side only, %d diverged, seed %d%n",
            count, failed, memory, parted, seed);
        return parted == 0 ? 0 : 1;
    }

    public static void main(String[] arguments) throws Exception {
        int status = new Differential(arguments[0]).run(Integer.parseInt(arguments[1]), Long.parseLong(arguments[2]));
        System.exit(status);
    }
}
