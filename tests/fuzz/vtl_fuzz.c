/* layer: mapping. Fuzzes templates and bodies. The input is a template, a NUL, a body. With libFuzzer:
 *   clang -fsanitize=fuzzer,address -DSTATUSQUO_LIBFUZZER …
 * Without it this is a program of its own that mutates seeds: vtl_fuzz [ITERATIONS [SEED]]. Nothing is
 * compared (differential/vtl.sh does that): no crash, no hang, and a reason and a place for every failure. */
#include "harness/mapping/objects.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void render(const VtlTemplate *compiled, Text body, Arena *arena) {
  TemplateObjects objects;
  Fault fault = {0};
  Buffer output = buffer_make(arena, 1 << 20), stored = buffer_make(arena, 1 << 20);
  template_objects_make(&(TemplateInputs){.body = body}, arena, &objects);
  const VtlRun run = {.bindings = objects.bindings,
                      .binding_count = TEMPLATE_OBJECTS,
                      .passing = arena,
                      .output = &output,
                      .memory_limit = 64 << 20,
                      .step_limit = 100000};
  if (!vtl_render(compiled, &run, &fault) && (fault.kind == FAULT_NONE || fault.place.line == 0)) abort();
  template_value_write(value_from_map(objects.context), &stored, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Arena *arena = arena_new(0);
  Text body;
  Text source = text_split((Text){(const char *)data, size}, '\0', &body);
  VtlTemplate *compiled;
  Fault fault = {0};
  if (vtl_compile(source, arena, &compiled, &fault)) {
    Buffer dump = buffer_make(arena, 1 << 20);
    vtl_dump(compiled, &dump);
    render(compiled, body, arena);
  } else if (fault.kind == FAULT_NONE || fault.offset > source.length + 1) {
    abort();
  }
  arena_free(arena);
  return 0;
}

#ifndef STATUSQUO_LIBFUZZER

static uint64_t random_state;

static size_t random_below(size_t limit) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return limit == 0 ? 0 : (size_t)(random_state % limit);
}

static const char *const seeds[] = {
    "#set($r = $input.path('$'))#foreach($i in $r.items)$i.id#if($foreach.hasNext),#end#end",
    "#if($input.params('a') == 'x' && !$b)$context.responseOverride.status#elseif(1 < 2)b#else c#end",
    "#define($d)[$d $x]#end#set($x = \"a${d}b#foreach($i in [1..3])$i#end\")$x$d",
    "#set($m = {'a':[1,2.5,'x'],'b':{'c':true}})$m.a[0]$m['b'].c$!m.nope${m}#set($m.a[-1] = $m)$m.size()",
    "#[[ $raw ]]# ## c\n#* d *# \\$x \\\\#if(true)y#end #foo($a \"$b\" 1) #{else} #@box()x#end "
    "#literal()y#end",
    "#set($s = 'abc')$s.length()$s.replaceAll('b', 'x').split(',').size()$s.class.name$s.substring(1,2)",
    "#macro(m "
    "$a)x#end#m(1)#break#stop#evaluate('x')$util.escapeJavaScript($input.json('$.a'))$util.parseJson('[1]')",
    "#set($n = 2147483647 + 1)$n #set($n = 1 / 0)#set($n = [1..'a'])#if(not ($n lt 3) or false)z#end",
    "#foreach($x in [1,2])#foreach($y in "
    "$x)$foreach.parent.index#break($foreach.topmost)#end$velocityCount#end",
};
static const char *const pieces[] = {
    "$",          "#",    "\\",    "!",  "{",        "}",     "[",       "]",     "(",
    ")",          ".",    ",",     "\"", "'",        "\n",    "=",       "-",     "..",
    "$!",         "${",   "##",    "#*", "*#",       "#[[",   "]]#",     "#end",  "#else",
    "#if(",       "@",    "$a",    "1",  "true",     "$a.b(", "\\u00",   "\xF0",  "\xED\xA0\x80",
    "9999999999", "\"\"", "#set(", "&&", "$foreach", "1e9",   "[1..99]", "{'a':",
};
static const char *const bodies[] = {"", "{\"items\":[{\"id\":1},{\"id\":2}],\"a\":\"x/y\"}", "[1,[2,[3]]]",
                                     "{a:"};

typedef struct Input {
  char data[4096];
  size_t length;
} Input;

static void insert(Input *input, const char *text) {
  size_t length = strlen(text), at = random_below(input->length + 1);
  if (input->length + length > sizeof input->data) return;
  memmove(input->data + at + length, input->data + at, input->length - at);
  memcpy(input->data + at, text, length);
  input->length += length;
}

static void erase(Input *input) {
  size_t at = random_below(input->length), length = random_below(8);
  if (at + length > input->length) return;
  memmove(input->data + at, input->data + at + length, input->length - at - length);
  input->length -= length;
}

static void mutate(Input *input) {
  switch (random_below(5)) {
  case 0:
  case 1: insert(input, pieces[random_below(sizeof pieces / sizeof *pieces)]); break;
  case 2: erase(input); break;
  case 3: insert(input, seeds[random_below(sizeof seeds / sizeof *seeds)]); break;
  default:
    if (input->length > 0) input->data[random_below(input->length)] = (char)random_below(256);
  }
}

int main(int argument_count, char **arguments) {
  long iterations = argument_count > 1 ? atol(arguments[1]) : 20000;
  random_state = argument_count > 2 ? strtoull(arguments[2], NULL, 10) | 1 : 88172645463325252u;
  for (long i = 0; i < iterations; i++) {
    Input input = {0};
    insert(&input, seeds[random_below(sizeof seeds / sizeof *seeds)]);
    for (size_t times = random_below(8); times > 0; times--) mutate(&input);
    const char *body = bodies[random_below(sizeof bodies / sizeof *bodies)];
    if (input.length + strlen(body) + 1 <= sizeof input.data) {
      input.data[input.length++] = '\0';
      memcpy(input.data + input.length, body, strlen(body));
      input.length += strlen(body);
    }
    LLVMFuzzerTestOneInput((const uint8_t *)input.data, input.length);
  }
  printf("vtl_fuzz: %ld inputs, no crash\n", iterations);
  return 0;
}

#endif
