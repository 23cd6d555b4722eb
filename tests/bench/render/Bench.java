import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.List;
import net.minidev.json.JSONObject;
import net.minidev.json.parser.JSONParser;

/** Bench LINES: the same filter as `statusquo render --ndjson`, in a warm JVM; prints lines a second of the second pass. */
public final class Bench {
    private static long pass(Gateway gateway, List<String> lines) throws Exception {
        long bytes = 0;
        for (String line : lines) {
            JSONObject object = (JSONObject) new JSONParser(JSONParser.MODE_RFC4627).parse(line);
            Evaluation evaluation = new Evaluation();
            evaluation.template = (String) object.get("template");
            evaluation.input = (String) object.get("input");
            JSONObject answer = new JSONObject();
            answer.put("output", gateway.answer(evaluation).output);
            bytes += answer.toJSONString().length();
        }
        return bytes;
    }

    public static void main(String[] arguments) throws Exception {
        List<String> lines = Files.readAllLines(Paths.get(arguments[0]), StandardCharsets.UTF_8);
        Gateway gateway = new Gateway();
        pass(gateway, lines);
        long start = System.nanoTime();
        if (pass(gateway, lines) == 0) throw new IllegalStateException("nothing was rendered");
        System.out.printf("%.0f%n", lines.size() / ((System.nanoTime() - start) / 1e9));
    }
}
