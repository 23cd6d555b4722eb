/* layer: mapping. Fuzzes templates and bodies. The input is a template, a NUL, a body. Nothing is
 * compared (differential/vtl.sh does that); every failure has a reason and a place. */
#include "harness/mapping/objects.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

const char *const fuzz_seeds[] = {
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
    NULL};

const char *const fuzz_pieces[] = {
    "$",          "#",    "\\",    "!",  "{",        "}",     "[",       "]",     "(",
    ")",          ".",    ",",     "\"", "'",        "\n",    "=",       "-",     "..",
    "$!",         "${",   "##",    "#*", "*#",       "#[[",   "]]#",     "#end",  "#else",
    "#if(",       "@",    "$a",    "1",  "true",     "$a.b(", "\\u00",   "\xF0",  "\xED\xA0\x80",
    "9999999999", "\"\"", "#set(", "&&", "$foreach", "1e9",   "[1..99]", "{'a':", NULL};

const char *const fuzz_tails[] = {"", "{\"items\":[{\"id\":1},{\"id\":2}],\"a\":\"x/y\"}", "[1,[2,[3]]]",
                                  "{a:", NULL};
