/* vtl: limits, traces, objects of other modules, dumps: what cases can't say. Templates themselves are tested
 * by tests/cases/vtl. */
#include "harness/vtl/vtl.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct Rendered {
  bool compiled, rendered;
  Text output;
  Fault fault;
} Rendered;

static Rendered render(Text source, VtlRun run, size_t output_limit, Arena *arena) {
  Rendered result = {0};
  VtlTemplate *compiled;
  Buffer output = buffer_make(arena, output_limit);
  result.compiled = vtl_compile(source, arena, &compiled, &result.fault);
  if (!result.compiled) return result;
  run.passing = arena;
  run.output = &output;
  result.rendered = vtl_render(compiled, &run, &result.fault);
  result.output = buffer_text(&output);
  return result;
}

static void assert_output(Text source, const char *expected) {
  Arena *arena = arena_new(0);
  Rendered result = render(source, (VtlRun){0}, 0, arena);
  if (!result.rendered) print_error("%s\n", result.fault.message);
  assert_true(result.rendered);
  assert_int_equal(result.output.length, strlen(expected));
  assert_memory_equal(result.output.data, expected, strlen(expected));
  arena_free(arena);
}

/* `count` times `piece` between the ends. */
static Text repeated(const char *before, const char *piece, size_t count, const char *after, Arena *arena) {
  Buffer text = buffer_make(arena, 0);
  buffer_append_string(&text, before);
  for (size_t i = 0; i < count; i++) buffer_append_string(&text, piece);
  buffer_append_string(&text, after);
  return buffer_text(&text);
}

/* ---- limits ---- */

static void assert_limited(Text source, VtlRun run, size_t output_limit) {
  Arena *arena = arena_new(0);
  Rendered result = render(source, run, output_limit, arena);
  assert_false(result.rendered);
  assert_int_equal(result.fault.kind, FAULT_LIMIT);
  arena_free(arena);
}

static void limits_stop_a_run(void **state) {
  (void)state;
  Text loops = TEXT("#foreach($a in [1..1000])#foreach($b in [1..1000])#set($c = $a + $b)#end#end");
  assert_limited(loops, (VtlRun){.step_limit = 100000}, 0);
  Text doubling = TEXT("#set($s = 'x')#foreach($i in [1..40])#set($s = $s + $s)#end");
  assert_limited(doubling, (VtlRun){.memory_limit = 1 << 20}, 0);
  assert_limited(TEXT("#foreach($i in [1..999])0123456789#end"), (VtlRun){0}, 1000);
  assert_limited(TEXT("#set($r = [1..100000000])"), (VtlRun){.memory_limit = 1 << 20}, 0);
}

static void nesting_is_bounded(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  const struct {
    const char *before, *piece, *after;
  } nests[] = {
      {"#set($x = ", "[", ""},
      {"#if(", "(", ""},
      {"", "#if(true)", ""},
      {"", "$a.b(", ""},
      {"#set($x = ", "!", ""},
      {"", "#foo([$a.b([", ""},
      {"#foreach($a in ", "{'a':", ""},
  };
  for (size_t i = 0; i < sizeof nests / sizeof *nests; i++) {
    Text source = repeated(nests[i].before, nests[i].piece, 20000, nests[i].after, arena);
    assert_false(render(source, (VtlRun){0}, 0, arena).compiled);
  }
  Text chain = repeated("#set($x = 1", " + 1", 50000, ")$x", arena);
  assert_false(render(chain, (VtlRun){0}, 0, arena).rendered);
  Text defines = repeated("", "#define($a)$b#end#define($b)$a#end", 2000, "$a$b", arena);
  assert_true(render(defines, (VtlRun){0}, 0, arena).rendered);
  arena_free(arena);
}

static void long_texts_are_linear(void **state) {
  (void)state;
  const char *const pieces[] = {"\\",    "$ ",    "# ", "\\$a", "\"", "#*",
                                "$a.b ", "#foo ", "  ", "''",   "$",  "#[["};
  Arena *arena = arena_new(0);
  for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
    Text source = repeated("", pieces[i], VTL_TEMPLATE_LIMIT / strlen(pieces[i]), "", arena);
    render(source, (VtlRun){0}, 0, arena);
    source = repeated("#foo(", pieces[i], VTL_TEMPLATE_LIMIT / strlen(pieces[i]) - 5, "", arena);
    render(source, (VtlRun){0}, 0, arena);
    arena_reset(arena);
  }
  Text longer = repeated("", "x", VTL_TEMPLATE_LIMIT + 1, "", arena);
  Rendered result = render(longer, (VtlRun){0}, 0, arena);
  assert_false(result.compiled);
  assert_int_equal(result.fault.kind, FAULT_LIMIT);
  arena_free(arena);
}

/* ---- traces ---- */

static void note(void *subject, size_t offset, const char *what, bool taken) {
  buffer_print(subject, "%zu%s%c ", offset, what, taken ? '+' : '-');
}

static void traces_say_what_was_decided(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Buffer notes = buffer_make(arena, 0);
  VtlTrace trace = {&notes, note};
  Rendered result =
      render(TEXT("#if(false)a#elseif(1 == 1)#set($x = 1)#else b#end#foreach($i in [])#end#foreach"
                  "($i in [1])#break#end#if(false)#else#stop#end"),
             (VtlRun){.trace = &trace}, 0, arena);
  assert_true(result.rendered);
  assert_string_equal(buffer_string(&notes),
                      "4#if- 21#elseif+ 26#set+ 49#foreach- 71#foreach+ 90#break+ 104#if- "
                      "115#else+ 115#stop+ ");
  arena_free(arena);
}

/* ---- objects of other modules ---- */

typedef struct Counter {
  Object object;
  int32_t count;
} Counter;

static Text counter_print(const Object *object, Arena *arena) {
  return arena_print(arena, "<%d>", ((const Counter *)object)->count);
}

static VtlAnswer counter_call(Object *self, Text method, const Value *arguments, size_t count, Arena *passing,
                              Value *result, Fault *fault) {
  (void)passing;
  if (text_is(method, "fail")) {
    fault_raise(fault, FAULT_INPUT, "no luck");
    return VTL_THROWS;
  }
  if (!text_is(method, "add") || count != 1) return VTL_MISSING;
  ((Counter *)self)->count += arguments[0].as.integer;
  *result = value_null();
  return VTL_FOUND;
}

static const VtlObjectType counter_type = {
    .object = {.class_name = TEXT_INIT("Counter"), .print = counter_print}, .call = counter_call};

static void objects_are_called(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Counter counter = {{&counter_type.object}, 0};
  VtlBinding binding = {TEXT("c"), value_object(&counter.object)};
  VtlRun run = {.bindings = &binding, .binding_count = 1};
  Rendered result = render(TEXT("$c.add(2)$c.add(3) [$c.nope][$c.nope()]$c"), run, 0, arena);
  assert_true(result.rendered);
  assert_int_equal(counter.count, 5);
  assert_memory_equal(result.output.data, " [][]<5>", 8);
  result = render(TEXT("a\n $c.fail()"), run, 0, arena);
  assert_false(result.rendered);
  assert_string_equal(result.fault.message, "no luck");
  assert_int_equal(result.fault.place.line, 2);
  assert_int_equal(result.fault.place.column, 5);
  arena_free(arena);
}

/* ---- one template, many runs ---- */

static void templates_are_constant(void **state) {
  (void)state;
  Arena *lasting = arena_new(0), *passing = arena_new(0);
  VtlTemplate *compiled;
  Fault fault;
  Text source = TEXT("#set($n = $n + 1)#set($l = [1])$l.add(2)$l$n");
  assert_true(vtl_compile(source, lasting, &compiled, &fault));
  for (int i = 0; i < 3; i++) {
    Buffer output = buffer_make(passing, 0);
    VtlBinding binding = {TEXT("n"), value_integer(i)};
    assert_true(vtl_render(
        compiled, &(VtlRun){.bindings = &binding, .binding_count = 1, .passing = passing, .output = &output},
        &fault));
    assert_string_equal(buffer_string(&output), arena_print(passing, "true[1, 2]%d", i + 1).data);
    arena_reset(passing);
  }
  arena_free(passing);
  arena_free(lasting);
}

/* What a template stores may hold a block, and is read when the run is over, or by another template. */
static void blocks_outlive_their_run(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  Map *kept = map_new(MAP_LINKED, arena);
  VtlBinding binding = {TEXT("m"), value_from_map(kept)};
  VtlRun run = {.bindings = &binding, .binding_count = 1};
  Rendered first =
      render(TEXT("#define($d)[$x]$m.fail(#stop)#end#set($x = 1)#set($m.d = $d)"), run, 0, arena);
  assert_false(first.compiled);
  first = render(TEXT("#define($d)[$x]#end#set($x = 1)#set($m.d = $d)"), run, 0, arena);
  assert_true(first.rendered);
  Text printed = value_to_text(*map_get_text(kept, TEXT("d")), arena);
  assert_int_equal(printed.length, 3);
  assert_memory_equal(printed.data, "[1]", 3);
  Rendered second = render(TEXT("#set($x = 2)#if(true)$m.d$m#end"), run, 0, arena);
  assert_true(second.rendered);
  assert_memory_equal(second.output.data, "[1]{d=[1]}", 10);
  arena_free(arena);
}

static void strings_join_surrogates(void **state) {
  (void)state;
  assert_output(TEXT("#set($a = \"\\ud83d\")#set($b = \"\\ude00\")$a$b#set($c = $a + $b)$c$c.length()"),
                "\xF0\x9F\x98\x80\xF0\x9F\x98\x80"
                "2");
}

static void dumps_are_readable(void **state) {
  (void)state;
  Arena *arena = arena_new(0);
  VtlTemplate *compiled;
  Buffer out = buffer_make(arena, 0);
  assert_true(vtl_compile(TEXT("a\n#if($!x.y == 1)\"$z.f('b')\"#end"), arena, &compiled, NULL));
  vtl_dump(compiled, &out);
  assert_string_equal(buffer_string(&out), "   1:1   block \n"
                                           "   1:1     text \"a\\n\"\n"
                                           "   2:1     #if \n"
                                           "   2:11      == \n"
                                           "   2:5         reference x quiet\n"
                                           "   2:9           property y\n"
                                           "   2:14        constant 1\n"
                                           "   2:16      block \n"
                                           "   2:16        text \"\\\"\"\n"
                                           "   2:17        reference z\n"
                                           "   2:20          method f\n"
                                           "   2:22            constant \"b\"\n"
                                           "   2:26        text \"\\\"\"\n");
  arena_free(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(limits_stop_a_run),       cmocka_unit_test(nesting_is_bounded),
      cmocka_unit_test(long_texts_are_linear),   cmocka_unit_test(traces_say_what_was_decided),
      cmocka_unit_test(objects_are_called),      cmocka_unit_test(templates_are_constant),
      cmocka_unit_test(strings_join_surrogates), cmocka_unit_test(blocks_outlive_their_run),
      cmocka_unit_test(dumps_are_readable),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
