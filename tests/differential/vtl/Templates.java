import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Random templates over the whole grammar, with random data; some of them damaged on purpose. */
final class Templates {
    private final Random random;

    Templates(long seed) { random = new Random(seed); }

    private int below(int n) { return random.nextInt(n); }
    private boolean chance(int percent) { return below(100) < percent; }
    private String pick(String... of) { return of[below(of.length)]; }

    // ---- data ----

    private static final List<String> BODIES = Arrays.asList("", "{}", "[]", "null", "\"text\"", "12", "not json",
        "{\"a\":1,\"b\":\"two\",\"c\":[1,2,3],\"d\":{\"e\":null,\"f\":true}}",
        "{\"a\":\"x/y\",\"b\":[\"p/q\",{\"k\":\"v\"}],\"c\":[],\"n\":null}",
        "{\"a\":1.50,\"b\":12345678901234567890,\"c\":[1.0,1e3,-0.0],\"d\":{\"e\":2147483648}}",
        "[{\"a\":1},{\"a\":2},{\"a\":\"3\"}]", "{a:1,'b':'x',c:[1,,2]}", "{\"a\":", "{\"a\":\"h\\u00e9\\ud83d\\ude00\\n\\\"q\\\"\"}",
        "{\"s\":\"abc,def;ghi\",\"t\":true,\"a\":[[1,2],[3]],\"b\":{\"c\":{\"d\":\"deep\"}}}");

    private Object value(int depth) {
        switch (below(depth > 0 ? 8 : 5)) {
            case 0: return below(200) - 100;
            case 1: return pick("", "a", "b c", "x/y", "é", "12", "true", "$a", "#end");
            case 2: return chance(50);
            case 3: return null;
            case 4: return (long) below(1000) * 10000000000L;
            case 5: return Arrays.asList(value(depth - 1), value(depth - 1));
            default: return map(depth - 1);
        }
    }

    private Map<String, Object> map(int depth) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = below(5); i > 0; i--) map.put(pick("a", "b", "c", "status", "header", "x-y", "stage", "id"), value(depth));
        return map;
    }

    private Map<String, Object> texts() {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = below(4); i > 0; i--) map.put(pick("a", "b", "q", "X-H"), pick("", "1", "v w", "x/y", "é"));
        return map;
    }

    Evaluation next() {
        Evaluation e = new Evaluation();
        e.template = chance(70) ? setup() + statements(3) : statements(3);
        if (chance(35)) e.template = wellFormed(damage(e.template));
        e.input = BODIES.get(below(BODIES.size()));
        for (String kind : new String[] {"path", "querystring", "header"}) e.params.put(kind, texts());
        e.context = map(2);
        e.context.remove("requestOverride");
        e.stageVariables = texts();
        return e;
    }

    // ---- damage ----

    /** Half a surrogate pair can't be sent as UTF-8. */
    static String wellFormed(String text) {
        StringBuilder kept = new StringBuilder();
        text.codePoints().filter(c -> c < 0xD800 || c > 0xDFFF).forEach(kept::appendCodePoint);
        return kept.toString();
    }

    private String damage(String text) {
        StringBuilder damaged = new StringBuilder(text);
        for (int i = 1 + below(3); i > 0; i--) {
            int at = below(damaged.length() + 1);
            switch (below(4)) {
                case 0:
                    if (at < damaged.length()) damaged.deleteCharAt(at);
                    break;
                case 1:
                    if (at < damaged.length()) damaged.delete(at, Math.min(damaged.length(), at + 1 + below(8)));
                    break;
                default: damaged.insert(at, noise());
            }
        }
        return damaged.toString();
    }

    private String noise() {
        return pick("$", "#", "\\", "!", "{", "}", "[", "]", "(", ")", ".", ",", "\"", "'", " ", "\n", "\t", "\r\n",
            "=", "-", "..", ":", "$!", "${", "$!{", "##", "#*", "*#", "#[[", "]]#", "#end", "#else", "#if", "#set(",
            "#{", "@", "$a", "$a.b", "$a[0]", "$a.b(", "1", "1.5", "true", "and", "é", "\\$", "\\#", "\\\\", "&&", "|",
            "$\\!a", "#@", "$$", "#$", "$#", "||", "<", "not ", "x", "$b.get(", "\"\"", "''", "#**", "# ", "$.", "_");
    }

    // ---- statements ----

    /** Most templates know what is in their variables. */
    private String setup() {
        return "#set($a = " + expression(1) + ")#set($b = " + pick("{'k':'v','n':1}", "[1,'x',true]", "'text'", "{}", "[]",
            "$input.path('$')", "$context", "7", "2.5") + ")" + pick("", "\n", "#set($s = 'one two')#set($n = 5)");
    }

    private String statements(int depth) {
        StringBuilder text = new StringBuilder();
        for (int i = 1 + below(4); i > 0; i--) text.append(statement(depth));
        return text.toString();
    }

    private String statement(int depth) {
        switch (below(depth > 0 ? 22 : 12)) {
            case 0: case 1: return words();
            case 2: case 3: case 4: return reference(2);
            case 5: return pick("\n", "\r\n", "  ", " \n", "\t", "\r", "");
            case 6: return set();
            case 7: return pick("## note\n", "#* note *#", "#** doc *#", "##", "#[[ $a #if ]]#", "#[[]]#", "#**#", "##\r\n");
            case 8: return escape();
            case 9: return unknown();
            case 10: return jump();
            case 11: return pick("$", "#", "$5", "$!5", "${ }", "$.x", "a$b", "#1", "$$a", "#$a", "${}", "$!", "#.", "$a.", "$a$b") + words();
            case 12: case 13: case 14: return conditional(depth - 1);
            case 15: case 16: case 17: return foreach(depth - 1);
            case 18: return "#define($" + name() + ")" + statements(depth - 1) + "#end";
            case 19: return pick("#literal()", "#literal($a)", "#macro(m $x)", "#macro(end2)", "#@box()", "#@box($a 1)") + statements(depth - 1) + "#end";
            default: return reference(3);
        }
    }

    private String words() {
        return pick("a", "hello ", "{\"k\": ", "}", ".x", "(y)", "[0]", ", ", "\"q\"", "'", "é", "😀", "-1", "true", "end", " x\n", "<b>", ";", ":");
    }

    private String escape() {
        return pick("\\", "\\\\", "\\\\\\", "\\\\\\\\") + pick("$a", "$!a", "${a}", "$nope", "#if($a)x#end", "#set($z = 1)", "#end", "#foo", "#foreach",
            "#{if}", "n", "$!{b}", "$a.b", "#else", "#define", "#m", "#", "$", "stop ", " ");
    }

    private String unknown() {
        return pick("#foo", "#foo()", "#foo($a)", "#foo('x' 1)", "#{foo}", "#{foo}($a, $b)", "#evaluate('$a')", "#parse('x')", "#include(\"y\")",
            "#foo(\\$a $$b)", "#foo ($a)", "#foo\n($a)", "#If", "#elsex", "#endx", "#return", "#set", "#set $a = 1", "#macro", "#foreach", "#foo(bar)",
            "#foo([1..3])", "#foo({'a':1})", "#@foo", "#break2", "#foo( $a , 2 )") + pick("", "\n", " ", "x");
    }

    private String jump() {
        if (chance(70)) return "";
        return pick("#break", "#break()", "#break($foreach)", "#break($foreach.parent)", "#break($foreach.topmost)", "#stop", "#stop('x')", "#break($a)",
            "#{break}", "#break(1 2)", "#stop()", "#stop($a)", "#{stop}");
    }

    private String set() {
        String blank = pick("", "", "", " ", "  ");
        String target = chance(75) ? "$" + name() : pick("$a.k", "$b.k", "$b['k']", "$b[0]", "$b[-1]", "$!c", "${c}", "$a.k.l", "$b.put('z',1)", "$nope.x",
            "$context.responseOverride.status", "$context.responseOverride.header.h", "$input.path('$').z", "$context.x", "$b[$n]", "$b[\"k\"].l", "$foreach.x");
        return (chance(20) ? "  " : "") + pick("#set", "#set", "#{set}") + blank + "(" + pick("", " ") + target + pick("", " ") + "=" + pick("", " ")
            + expression(2) + pick("", " ") + ")" + pick("", "\n", " \n", "\r\n", " ");
    }

    private String end() { return pick("#end", "#end", "#end\n", "#{end}", "#end \n", "#end\t\r\n"); }

    private String conditional(int depth) {
        StringBuilder text = new StringBuilder(pick("#if(", "#if(", "#{if}(", "#if (", "#if\n("));
        text.append(expression(2)).append(pick(")", ")", ")\n", ") ", ") \n")).append(statements(depth));
        while (chance(25)) text.append("#elseif(").append(expression(2)).append(")").append(statements(depth));
        if (chance(40)) text.append(pick("#else", "#{else}", "#else\n", "#else ")).append(statements(depth));
        return text.append(end()).toString();
    }

    private String foreach(int depth) {
        String variable = pick("$i", "$i", "${i}", "$j", "$a", "$!i", "$foreach");
        String list = chance(60) ? pick("[1..3]", "[1,2]", "$b", "$b.keySet()", "$b.entrySet()", "$c", "['x','y']", "{'p':1,'q':2}", "[3..1]", "$input.path('$')",
            "$input.params().header", "$s", "[]", "$context", "[$a,$b]", "$input.path('$.c')", "[1..1100]", "$b.values()", "$foreach") : literal(2);
        String word = pick(" in ", " in ", " in ", " IN ", " of ", " ");
        if (list.equals("[1..1100]")) return "#foreach(" + variable + word + list + ")#set($n = $n + 1)#end$n";
        return pick("#foreach(", "#foreach( ", "#{foreach}(") + variable + word + list + pick(")", " )", ")\n") + statements(depth)
            + pick("", "$foreach.index", "$foreach.count", "$foreach.hasNext", "$velocityCount", "$velocityHasNext", "$i", "$foreach.parent.count", "$foreach.first",
                "$foreach.last", "$foreach.x", "$foreach.info", "$foreach.topmost.index", "$foreach") + end() + pick("", "", "$i", "$foreach", "$velocityCount");
    }

    // ---- expressions ----

    private String name() { return pick("a", "b", "c", "s", "n", "d", "i", "x-y", "_u", "foreach", "Z9"); }

    private String operator() {
        return pick(" == ", " != ", " < ", " > ", " <= ", " >= ", " && ", " || ", " + ", " - ", " * ", " / ", " % ", " eq ", " and ", "==", "+", " - ", " lt ", " or ", "*", " ne ", "/");
    }

    String expression(int depth) {
        switch (below(depth > 0 ? 10 : 6)) {
            case 0: case 1: case 2: return literal(depth);
            case 3: case 4: case 5: return reference(depth);
            case 6: return pick("!", "! ", "not ", "!!") + expression(depth - 1);
            case 7: return "(" + pick("", " ") + expression(depth - 1) + pick("", " ") + ")";
            default: return expression(depth - 1) + operator() + expression(depth - 1);
        }
    }

    private String number() {
        return pick("0", "1", "2", "3", "7", "-1", "10", "2147483647", "-2147483648", "2147483648", "9223372036854775807", "9223372036854775808", "1.5", "-2.25",
            "0.1", "1e3", ".5", "4.", "007", "100000000.5", "-0.0", "1e400");
    }

    private String string(int depth) {
        if (chance(50)) return "'" + pick("", "a", "x y", "k", "1", "it''s", "$a", "\"", "\\", "é😀", "true", "a,b", "\n", "1.0", "{}") + "'";
        return "\"" + pick("", "plain", "$a", "${a}b", "$!nope", "x$", "#if(true)y#end", "\\$a", "\"\"q\"\"", "$b.k $a", "## c", "a #* c *# b", "\\u0041", "#set($q = 3)$q",
            "$input.path('$.a')", "#foo", "$b[0]", "#stop", "#foreach($v in [1..2])$v#end", "#[[ $z ]]#", "\\u00e9$a", "# $ x", "$a.length()", "#", "$1", "\\\\$a", "#define($w)w#end$w")
            + "\"";
    }

    private String literal(int depth) {
        switch (below(depth > 0 ? 12 : 8)) {
            case 0: case 1: case 2: return number();
            case 3: case 4: case 5: return string(depth);
            case 6: return pick("true", "false");
            case 7: return pick("[]", "{}", "{ }", "[1]", "{'a':1}", "[1..3]", "[$n..2]");
            case 8: return "[" + parameter(depth - 1) + pick(",", ", ") + parameter(depth - 1) + "]";
            case 9: return "{" + string(0) + pick(":", " : ") + parameter(depth - 1) + ", 'k':" + parameter(depth - 1) + "}";
            case 10: return "[" + pick("1", "$n", "-2", "$a", "5") + pick("..", " .. ") + pick("3", "$n", "$b", "0") + "]";
            default: return "[" + parameter(depth - 1) + "]";
        }
    }

    private String parameter(int depth) { return chance(60) ? literal(depth) : reference(depth); }

    private String reference(int depth) {
        if (chance(12)) return special();
        String path = path(depth);
        switch (below(8)) {
            case 0: return "$!" + path;
            case 1: return "${" + path + "}";
            case 2: return "$!{" + path + "}";
            default: return "$" + path;
        }
    }

    private String special() {
        return pick("$input.body", "$input.json('$')", "$input.json('$.a')", "$input.path('$.a')", "$input.path('$').c", "$input.params('a')", "$input.params()", "$context.stage",
            "$context", "$stageVariables.a", "$util.escapeJavaScript($a)", "$util.urlEncode(\"$a b\")", "$util.base64Encode($s)", "$util.parseJson('{\"a\":[1,{\"b\":2}]}')",
            "$input", "$util", "$input.params().path.a", "$input.path('$.b')", "$input.path('$.d.e')", "$context.a.b", "$util.urlDecode($s)", "$input.params('q').length()",
            "$util.parseJson($input.body).a", "$input.json('$.c')", "$input.path('$.c[0]')", "$input.path(5)", "$input.params(5)", "$input.foo()", "$util.foo", "$input.getBody('x')",
            "$util.base64Decode('eA==')", "$util.escapeJavaScript(nothing)", "$context.responseOverride", "$context.requestOverride.header.keySet()", "$context.keySet().size()");
    }

    private String path(int depth) {
        StringBuilder path = new StringBuilder(name());
        while (chance(depth > 0 ? 45 : 25)) path.append(step(depth - 1));
        return path.toString();
    }

    private String arguments(int depth) {
        StringBuilder arguments = new StringBuilder(pick("", "", " "));
        for (int i = 1 + below(2); i > 0; i--)
            arguments.append(chance(8) ? pick("abc", "null") : parameter(depth)).append(i > 1 ? pick(",", ", ") : "");
        return arguments.append(pick("", "", " ")).toString();
    }

    private String step(int depth) {
        switch (below(7)) {
            case 0: return "[" + pick("0", "1", "-1", "'k'", "$n", "\"k\"", " 0 ", "true", "$b", "99") + "]";
            case 1: case 2: return "." + pick("k", "a", "b", "c", "size", "empty", "class", "length", "name", "key", "value", "e", "bytes2", "Empty");
            case 3: return "." + pick("size", "length", "isEmpty", "toString", "keySet", "values", "trim", "toUpperCase", "intValue", "entrySet", "doubleValue", "getKey", "iterator") + "()";
            default:
                return "." + pick("get", "add", "put", "contains", "concat", "equals", "indexOf", "substring", "remove", "startsWith", "split", "replace", "containsKey", "set", "compareTo",
                    "charAt", "addAll", "subList", "endsWith", "replaceAll", "matches", "lastIndexOf", "parseInt", "valueOf", "size", "length") + "(" + arguments(depth) + ")";
        }
    }
}
