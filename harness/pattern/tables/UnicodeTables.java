import java.io.PrintStream;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * Writes ../unicode_tables.c and ../unicode_names.c: everything the pattern layer knows about characters,
 * asked of the JDK that runs this program, so that sets and case rules are those of its java.util.regex. How
 * to run it is said at the head of both files.
 */
public final class UnicodeTables {
  private static final int LIMIT = 0x110000;

  private static final String[] PROPERTIES = {"ASCII",
                                              "Alnum",
                                              "Alpha",
                                              "Blank",
                                              "C",
                                              "Cc",
                                              "Cf",
                                              "Cn",
                                              "Cntrl",
                                              "Co",
                                              "Cs",
                                              "Digit",
                                              "Graph",
                                              "L",
                                              "L1",
                                              "LC",
                                              "LD",
                                              "Ll",
                                              "Lm",
                                              "Lo",
                                              "Lower",
                                              "Lt",
                                              "Lu",
                                              "M",
                                              "Mc",
                                              "Me",
                                              "Mn",
                                              "N",
                                              "Nd",
                                              "Nl",
                                              "No",
                                              "P",
                                              "Pc",
                                              "Pd",
                                              "Pe",
                                              "Pf",
                                              "Pi",
                                              "Po",
                                              "Print",
                                              "Ps",
                                              "Punct",
                                              "S",
                                              "Sc",
                                              "Sk",
                                              "Sm",
                                              "So",
                                              "Space",
                                              "Upper",
                                              "XDigit",
                                              "Z",
                                              "Zl",
                                              "Zp",
                                              "Zs",
                                              "all",
                                              "javaAlphabetic",
                                              "javaDefined",
                                              "javaDigit",
                                              "javaISOControl",
                                              "javaIdentifierIgnorable",
                                              "javaIdeographic",
                                              "javaJavaIdentifierPart",
                                              "javaJavaIdentifierStart",
                                              "javaLetter",
                                              "javaLetterOrDigit",
                                              "javaLowerCase",
                                              "javaMirrored",
                                              "javaSpaceChar",
                                              "javaTitleCase",
                                              "javaUnicodeIdentifierPart",
                                              "javaUnicodeIdentifierStart",
                                              "javaUpperCase",
                                              "javaWhitespace"};
  private static final String[] BINARY = {"ALPHABETIC",
                                          "ASSIGNED",
                                          "CONTROL",
                                          "HEXDIGIT",
                                          "HEX_DIGIT",
                                          "IDEOGRAPHIC",
                                          "JOINCONTROL",
                                          "JOIN_CONTROL",
                                          "LETTER",
                                          "LOWERCASE",
                                          "NONCHARACTERCODEPOINT",
                                          "NONCHARACTER_CODE_POINT",
                                          "PUNCTUATION",
                                          "TITLECASE",
                                          "UPPERCASE",
                                          "WHITESPACE",
                                          "WHITE_SPACE",
                                          "WORD"};
  private static final String[] POSIX = {"ALNUM", "ALPHA", "BLANK", "CNTRL", "DIGIT", "GRAPH",
                                         "LOWER", "PRINT", "PUNCT", "SPACE", "UPPER", "XDIGIT"};

  private static final Map<String, Integer> setNumbers = new LinkedHashMap<>();
  private static final TreeMap<String, int[]> names = new TreeMap<>();

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    collectProperties();
    collectScripts();
    collectBlocks();
    collectGraphemes();
    try (PrintStream out = new PrintStream(folder.resolve("unicode_tables.c").toFile(), "UTF-8")) {
      head(out, "Unicode as JDK " + Runtime.version().feature() +
                    " has it: the sets behind every property name that its\n"
                    + " * java.util.regex takes, simple case mappings, grapheme rules.");
      writeSets(out);
      writeNames(out);
      writeCase(out, "upper", Character::toUpperCase);
      writeCase(out, "lower", Character::toLowerCase);
      writeGraphemeRules(out);
    }
    try (PrintStream out = new PrintStream(folder.resolve("unicode_names.c").toFile(), "UTF-8")) {
      head(out, "Unicode character names, as JDK " + Runtime.version().feature() +
                    "'s \\N{...} knows them: the FNV-1a hash of each\n"
                    + " * name, in the order of the characters of the set unicode_named.");
      writeHashes(out);
    }
  }

  private static void head(PrintStream out, String idea) {
    out.println("/* " + idea);
    out.println(" *");
    out.println(" * Generated by tables/UnicodeTables.java, do not edit; with a JDK 17, from this folder:");
    out.println(
        " *   java --add-opens java.base/java.util.regex=ALL-UNNAMED --add-opens java.base/java.lang=ALL-UNNAMED \\");
    out.println(" *     tables/UnicodeTables.java . && clang-format -i unicode_tables.c unicode_names.c");
    out.println(" */");
    out.println("#include \"harness/pattern/unicode_tables.h\"\n");
  }

  // ---- sets

  private static int setNumber(IntPredicate predicate) {
    StringBuilder ranges = new StringBuilder();
    List<Integer> bounds = new ArrayList<>();
    boolean inside = false;
    for (int c = 0; c < LIMIT; c++)
      if (predicate.test(c) != inside) {
        bounds.add(c);
        inside = !inside;
      }
    if (inside) bounds.add(LIMIT);
    int before = 0;
    varint(ranges, bounds.size() / 2);
    for (int bound : bounds) {
      varint(ranges, bound - before);
      before = bound;
    }
    Integer known = setNumbers.get(ranges.toString());
    if (known != null) return known;
    setNumbers.put(ranges.toString(), setNumbers.size());
    return setNumbers.size() - 1;
  }

  private static void varint(StringBuilder out, int value) {
    for (; value >= 0x80; value >>>= 7) out.append(value & 0x7F | 0x80).append(',');
    out.append(value).append(',');
  }

  private static void add(String kind, String name, IntPredicate plain, IntPredicate anyCase) {
    int set = setNumber(plain);
    names.put(kind + " " + name, new int[] {set, anyCase == null ? set : setNumber(anyCase)});
  }

  private static IntPredicate predicate(Method factory, Object... arguments) throws Exception {
    factory.setAccessible(true);
    Object found = factory.invoke(null, arguments);
    if (found == null) throw new IllegalStateException("no such property: " + arguments[0]);
    Method is = Class.forName("java.util.regex.Pattern$CharPredicate").getDeclaredMethod("is", int.class);
    is.setAccessible(true);
    return c -> {
      try {
        return (Boolean)is.invoke(found, c);
      } catch (ReflectiveOperationException problem) {
        throw new IllegalStateException(problem);
      }
    };
  }

  private static void collectProperties() throws Exception {
    Class<?> predicates = Class.forName("java.util.regex.CharPredicates");
    String[] factories = {"forProperty", "forUnicodeProperty", "forPOSIXName"};
    String[][] lists = {PROPERTIES, BINARY, POSIX};
    String[] kinds = {"PROPERTY", "BINARY", "POSIX"};
    for (int i = 0; i < kinds.length; i++) {
      Method factory = predicates.getDeclaredMethod(factories[i], String.class, boolean.class);
      for (String name : lists[i])
        add(kinds[i], name, predicate(factory, name, false), predicate(factory, name, true));
    }
  }

  private static void collectScripts() throws Exception {
    Field field = Character.UnicodeScript.class.getDeclaredField("aliases");
    field.setAccessible(true);
    Map<String, Character.UnicodeScript> all = new TreeMap<>();
    for (Map.Entry<?, ?> alias : ((Map<?, ?>)field.get(null)).entrySet())
      all.put((String)alias.getKey(), (Character.UnicodeScript)alias.getValue());
    for (Character.UnicodeScript script : Character.UnicodeScript.values())
      all.putIfAbsent(script.name(), script);
    for (Map.Entry<String, Character.UnicodeScript> entry : all.entrySet()) {
      Character.UnicodeScript script = entry.getValue();
      add("SCRIPT", entry.getKey(), c -> Character.UnicodeScript.of(c) == script, null);
    }
  }

  private static void collectBlocks() throws Exception {
    Field field = Character.UnicodeBlock.class.getDeclaredField("map");
    field.setAccessible(true);
    for (Map.Entry<?, ?> entry : ((Map<?, ?>)field.get(null)).entrySet()) {
      Character.UnicodeBlock block = (Character.UnicodeBlock)entry.getValue();
      add("BLOCK", (String)entry.getKey(), c -> Character.UnicodeBlock.of(c) == block, null);
    }
  }

  private static final int GRAPHEME_TYPES = 15;

  private static void collectGraphemes() throws Exception {
    Method type = Class.forName("java.util.regex.Grapheme").getDeclaredMethod("getType", int.class);
    type.setAccessible(true);
    int[] types = new int[LIMIT];
    for (int c = 0; c < LIMIT; c++) types[c] = (Integer)type.invoke(null, c);
    for (int t = 1; t < GRAPHEME_TYPES; t++) {
      int wanted = t;
      add("GRAPHEME", String.format("%02d", t), c -> types[c] == wanted, null);
    }
  }

  private static void writeSets(PrintStream out) {
    out.println(
        "/* Each set: the number of ranges, then how far each first character and each one past the last lies\n"
        + " * behind the bound before it; seven bits a byte, low ones first. */");
    out.println("const unsigned char unicode_set_bytes[] = {");
    List<Integer> starts = new ArrayList<>();
    int at = 0;
    for (String set : setNumbers.keySet()) {
      starts.add(at);
      at += set.chars().filter(c -> c == ',').count();
      out.println(set);
    }
    out.println("};\n");
    out.println("const uint32_t unicode_set_starts[] = {");
    for (int start : starts) out.print(start + ",");
    out.println("};\n");
  }

  private static void writeNames(PrintStream out) {
    out.println("/* Sorted by kind, then by name in byte order. */");
    out.println("const UnicodeName unicode_names[] = {");
    for (String kind : new String[] {"PROPERTY", "BINARY", "POSIX", "SCRIPT", "BLOCK", "GRAPHEME"})
      for (Map.Entry<String, int[]> entry : names.entrySet()) {
        String[] parts = entry.getKey().split(" ", 2);
        if (!parts[0].equals(kind)) continue;
        out.printf("{UNICODE_%s, \"%s\", %d, %d},%n", kind, parts[1], entry.getValue()[0],
                   entry.getValue()[1]);
      }
    out.println("};");
    out.println("const size_t unicode_name_count = sizeof unicode_names / sizeof unicode_names[0];\n");
  }

  // ---- case

  private interface Mapping {
    int of(int character);
  }

  private static void writeCase(PrintStream out, String name, Mapping mapping) {
    out.println("/* Runs of characters, `step` apart, whose " + name + " case lies `delta` away. */");
    out.println("const UnicodeCaseRun unicode_" + name + "[] = {");
    List<int[]> runs = new ArrayList<>();
    for (int c = 0; c < LIMIT; c++) {
      int delta = mapping.of(c) - c;
      if (delta == 0) continue;
      int[] last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
      int distance = last == null ? 0 : c - last[1];
      if (last != null && last[3] == delta && (distance == 1 || distance == 2) &&
          (last[0] == last[1] || last[2] == distance)) {
        last[1] = c;
        last[2] = distance;
      } else {
        runs.add(new int[] {c, c, 1, delta});
      }
    }
    for (int[] run : runs) out.printf("{%d, %d, %d, %d},%n", run[0], run[1], run[2], run[3]);
    out.println("};");
    out.println("const size_t unicode_" + name + "_count = sizeof unicode_" + name + " / sizeof unicode_" +
                name + "[0];\n");
  }

  private static void writeGraphemeRules(PrintStream out) throws Exception {
    Field field = Class.forName("java.util.regex.Grapheme").getDeclaredField("rules");
    field.setAccessible(true);
    boolean[][] rules = (boolean[][])field.get(null);
    out.println(
        "/* Bit r of entry l: there is a boundary between a character of type l and one of type r. */");
    out.println("const uint16_t unicode_grapheme_rules[] = {");
    for (int left = 0; left < GRAPHEME_TYPES; left++) {
      int bits = 0;
      for (int right = 0; right < GRAPHEME_TYPES; right++)
        if (rules[left][right]) bits |= 1 << right;
      out.print("0x" + Integer.toHexString(bits) + ",");
    }
    out.println("};");
  }

  // ---- names

  private static long hash(String name) {
    long hash = 0x811c9dc5L;
    for (int i = 0; i < name.length(); i++) hash = (hash ^ name.charAt(i)) * 0x01000193L & 0xFFFFFFFFL;
    return hash;
  }

  /** A name that is made of the block's name and the number needs no table. */
  private static boolean isMade(int c, String name) {
    return name.endsWith(" " + Integer.toHexString(c).toUpperCase(Locale.ROOT));
  }

  private static void writeHashes(PrintStream out) {
    StringBuilder hashes = new StringBuilder();
    boolean[] named = new boolean[LIMIT];
    java.util.Set<Long> seen = new java.util.HashSet<>();
    int count = 0;
    for (int c = 0; c < LIMIT; c++) {
      String name = Character.getName(c);
      if (name == null || isMade(c, name)) continue;
      named[c] = true;
      if (!seen.add(hash(name))) throw new IllegalStateException("two names share a hash: " + name);
      hashes.append("0x").append(Long.toHexString(hash(name))).append(++count % 10 == 0 ? ",\n" : ",");
    }
    StringBuilder ranges = new StringBuilder();
    int before = 0;
    boolean inside = false;
    List<Integer> bounds = new ArrayList<>();
    for (int c = 0; c < LIMIT; c++)
      if (named[c] != inside) {
        bounds.add(c);
        inside = !inside;
      }
    varint(ranges, bounds.size() / 2);
    for (int bound : bounds) {
      varint(ranges, bound - before);
      before = bound;
    }
    out.println("const unsigned char unicode_named[] = {" + ranges + "};\n");
    out.println("const uint32_t unicode_name_hashes[] = {\n" + hashes + "};");
    out.println(
        "const size_t unicode_name_hash_count = sizeof unicode_name_hashes / sizeof unicode_name_hashes[0];");
  }
}
