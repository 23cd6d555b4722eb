import java.util.LinkedHashMap;
import java.util.Map;
import net.minidev.json.JSONObject;
import net.minidev.json.JSONStyle;

/** One template with what it is given; also a line for `statusquo render --ndjson` and a case of tests/cases. */
final class Evaluation {
    String template = "";
    String input = "";
    Map<String, Map<String, Object>> params = new LinkedHashMap<>();
    Map<String, Object> context = new LinkedHashMap<>();
    Map<String, Object> stageVariables = new LinkedHashMap<>();

    Map<String, Object> params(String kind) {
        return params.getOrDefault(kind, new LinkedHashMap<>());
    }

    Evaluation with(String template) {
        Evaluation copy = new Evaluation();
        copy.template = template;
        copy.input = input;
        copy.params = params;
        copy.context = context;
        copy.stageVariables = stageVariables;
        return copy;
    }

    static String json(Object value) {
        return net.minidev.json.JSONValue.toJSONString(value, JSONStyle.NO_COMPRESS);
    }

    String line() {
        JSONObject line = new JSONObject();
        line.put("template", template);
        line.put("input", input);
        line.put("params", params);
        line.put("context", context);
        line.put("stageVariables", stageVariables);
        return line.toJSONString(JSONStyle.NO_COMPRESS);
    }

    String asCase(Gateway.Answer expected, String actual) {
        StringBuilder text = new StringBuilder("== a divergence, shrunk\nwitness: seen (Velocity 1.7)\n");
        text.append("-- template json\n").append(json(template)).append('\n');
        if (template.contains("$input")) text.append("-- input json\n").append(json(input)).append('\n');
        if (template.contains("params")) text.append("-- params\n").append(json(params)).append('\n');
        if (template.contains("$context")) text.append("-- context\n").append(json(context)).append('\n');
        if (template.contains("tageVariables"))
            text.append("-- stage-variables\n").append(json(stageVariables)).append('\n');
        if (expected.error != null) text.append("-- error\n").append(expected.error.split("\n")[0]).append('\n');
        else text.append("-- output json\n").append(json(expected.output)).append('\n');
        return text.append("# statusquo: ").append(actual).append('\n').toString();
    }
}
