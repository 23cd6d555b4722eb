import com.jayway.jsonpath.Configuration;
import com.jayway.jsonpath.JsonPath;
import com.jayway.jsonpath.PathNotFoundException;
import com.jayway.jsonpath.spi.json.JsonSmartJsonProvider;
import com.jayway.jsonpath.spi.mapper.JsonSmartMappingProvider;
import java.io.StringWriter;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.minidev.json.JSONStyle;
import net.minidev.json.JSONValue;
import org.apache.commons.lang.StringEscapeUtils;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.app.event.EventCartridge;
import org.apache.velocity.app.event.InvalidReferenceEventHandler;
import org.apache.velocity.context.Context;
import org.apache.velocity.runtime.ParserPool;
import org.apache.velocity.runtime.RuntimeInstance;
import org.apache.velocity.runtime.RuntimeServices;
import org.apache.velocity.runtime.parser.Parser;
import org.apache.velocity.util.introspection.Info;

/** Velocity 1.7 as the gateway runs it: what our engine is compared with. */
public final class Gateway {
    private static final Configuration JSON = Configuration.builder()
        .jsonProvider(new JsonSmartJsonProvider()).mappingProvider(new JsonSmartMappingProvider()).build();

    /** What a rendering came to. */
    static final class Answer {
        String output;
        Object override;
        String error;
    }

    /** Whatever can't be resolved is the empty text. */
    public static final class Empty implements InvalidReferenceEventHandler {
        @Override public Object invalidGetMethod(Context c, String r, Object o, String p, Info i) { return ""; }
        @Override public Object invalidMethod(Context c, String r, Object o, String m, Info i) { return ""; }
        @Override public boolean invalidSetMethod(Context c, String l, String r, Info i) { return false; }
    }

    /** One parser a template: the names of its macros must not reach the next template. */
    public static final class OneParser implements ParserPool {
        private Parser parser;
        static OneParser current;
        @Override public void initialize(RuntimeServices services) { current = this; }
        @Override public Parser get() { Parser p = parser; parser = null; return p; }
        @Override public void put(Parser p) { parser = p; }
        void reset(Parser fresh) { parser = fresh; }
    }

    /** $context and its members print as nothing. */
    public static final class Silent extends HashMap<Object, Object> {
        @Override public String toString() { return ""; }
    }

    public static final class Input {
        private final String body;
        private final Map<String, Object> params;
        private Object document;
        private boolean parsed;

        Input(String body, Map<String, Object> params) {
            this.body = body.isEmpty() ? "{}" : body;
            this.params = params;
        }

        private Object read(String path) {
            if (!parsed) document = JSON.jsonProvider().parse(body);
            parsed = true;
            try {
                return JsonPath.using(JSON).parse(document).read(path);
            } catch (PathNotFoundException e) {
                return null;
            }
        }

        public String getBody() { return body; }
        public Object path(String path) { return read(path); }
        public String json(String path) {
            Object value = read(path);
            return value == null ? "\"\"" : JSONValue.toJSONString(value, JSONStyle.LT_COMPRESS);
        }
        public Object params() { return params; }
        public Object params(String name) {
            for (Object map : params.values()) {
                Object value = ((Map<?, ?>) map).get(name);
                if (value != null) return value;
            }
            return "";
        }
        @Override public String toString() { return ""; }
    }

    public static final class Util {
        private static String text(Object o) { return o == null ? "" : o.toString(); }
        public String escapeJavaScript(Object o) { return StringEscapeUtils.escapeJavaScript(text(o)); }
        public Object parseJson(Object o) { return JSON.jsonProvider().parse(text(o)); }
        public String urlEncode(Object o) throws Exception { return URLEncoder.encode(text(o), "UTF-8"); }
        public String urlDecode(Object o) throws Exception { return URLDecoder.decode(text(o), "UTF-8"); }
        public String base64Encode(Object o) {
            return Base64.getEncoder().encodeToString(text(o).getBytes(StandardCharsets.UTF_8));
        }
        public String base64Decode(Object o) {
            return new String(Base64.getDecoder().decode(text(o)), StandardCharsets.UTF_8);
        }
        @Override public String toString() { return ""; }
    }

    private final RuntimeInstance runtime = new RuntimeInstance();

    Gateway() {
        runtime.setProperty("runtime.log.logsystem.class", "org.apache.velocity.runtime.log.NullLogChute");
        runtime.setProperty("velocimacro.library", "");
        runtime.setProperty("velocimacro.permissions.allow.inline", "false");
        runtime.setProperty("directive.foreach.maxloops", "1000");
        runtime.setProperty("runtime.introspector.uberspect",
            "org.apache.velocity.util.introspection.SecureUberspector");
        runtime.setProperty("parser.pool.class", OneParser.class.getName());
        runtime.init();
        for (String directive : new String[] {"evaluate", "include", "parse"}) runtime.removeDirective(directive);
    }

    private static Silent child(Map<Object, Object> map, String name) {
        Silent made = new Silent();
        map.put(name, made);
        return made;
    }

    /** JSON objects as $context has them. */
    private static Object silent(Object value) {
        if (!(value instanceof Map)) return value;
        Silent copy = new Silent();
        for (Map.Entry<?, ?> e : ((Map<?, ?>) value).entrySet()) copy.put(e.getKey(), silent(e.getValue()));
        return copy;
    }

    /** What a template stored, as far down as `statusquo render` writes it. */
    private static Object plain(Object value, int depth) {
        if (depth > 60) return null;
        if (value instanceof Map) {
            Map<String, Object> copy = new LinkedHashMap<>();
            for (Map.Entry<?, ?> e : ((Map<?, ?>) value).entrySet())
                copy.put(String.valueOf(e.getKey()), plain(e.getValue(), depth + 1));
            return copy;
        }
        if (value instanceof Collection) {
            List<Object> copy = new ArrayList<>();
            for (Object item : (Collection<?>) value) copy.add(plain(item, depth + 1));
            return copy;
        }
        return value == null || value instanceof Boolean || value instanceof String ? value : value.toString();
    }

    Answer answer(Evaluation e) {
        Answer answer = new Answer();
        Silent context = (Silent) silent(e.context);
        Silent request = child(context, "requestOverride");
        child(request, "path");
        child(request, "header");
        child(request, "querystring");
        Silent response = child(context, "responseOverride");
        child(response, "header");
        Map<String, Object> params = new LinkedHashMap<>();
        for (String kind : new String[] {"path", "querystring", "header"})
            params.put(kind, new LinkedHashMap<>(e.params(kind)));
        VelocityContext variables = new VelocityContext();
        variables.put("input", new Input(e.input, params));
        variables.put("util", new Util());
        variables.put("context", context);
        variables.put("stageVariables", new LinkedHashMap<>(e.stageVariables));
        EventCartridge handlers = new EventCartridge();
        handlers.addEventHandler(new Empty());
        handlers.attachToContext(variables);
        OneParser.current.reset(runtime.createNewParser());
        StringWriter output = new StringWriter();
        try {
            runtime.evaluate(variables, output, "t", e.template);
            answer.output = output.toString();
            answer.override = plain(response, 0);
        } catch (Throwable thrown) {
            answer.error = thrown.getClass().getSimpleName() + ": " + thrown.getMessage();
        }
        return answer;
    }
}
