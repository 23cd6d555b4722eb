import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;

/** Bench TEMPLATE BODY COUNT: renders COUNT times in a warm JVM and prints renders a second. */
public final class Bench {
    public static void main(String[] arguments) throws Exception {
        Evaluation evaluation = new Evaluation();
        evaluation.template = new String(Files.readAllBytes(Paths.get(arguments[0])), StandardCharsets.UTF_8);
        evaluation.input = new String(Files.readAllBytes(Paths.get(arguments[1])), StandardCharsets.UTF_8);
        int count = Integer.parseInt(arguments[2]);
        Gateway gateway = new Gateway();
        for (int i = 0; i < count; i++) gateway.answer(evaluation);
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) gateway.answer(evaluation);
        System.out.printf("%.0f%n", count / ((System.nanoTime() - start) / 1e9));
    }
}
