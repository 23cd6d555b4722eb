/* statusquo render: one mapping template over one input, or over a stream of them (--ndjson). */
#include "harness/base/file.h"
#include "harness/base/utf8.h"
#include "harness/cli/options.h"
#include "harness/cli/verbs.h"
#include "harness/document/document.h"
#include "harness/mapping/objects.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* ---- from JSON to what templates see ---- */

static Value value_of(const Document *document, const cJSON *node, Arena *arena) {
  Value value = value_null();
  if (cJSON_IsObject(node)) {
    Map *map = map_new(MAP_LINKED, arena);
    for (const cJSON *member = node->child; member != NULL; member = member->next)
      map_put_text(map, text_from(member->string), value_of(document, member, arena), arena);
    value = value_from_map(map);
  } else if (cJSON_IsArray(node)) {
    List *list = list_new(LIST_ARRAY_LIST, arena);
    for (const cJSON *item = node->child; item != NULL; item = item->next)
      list_append(list, value_of(document, item, arena), arena);
    value = value_from_list(list);
  } else if (cJSON_IsString(node)) {
    value = value_from_text(document_text(document, node));
  } else if (cJSON_IsNumber(node)) {
    value_read(document_text(document, node), arena, &value, NULL); /* with every digit and Java's class */
  } else if (cJSON_IsBool(node)) {
    value = value_boolean(cJSON_IsTrue(node));
  }
  return value;
}

static Map *map_of(const Document *document, const cJSON *node, Arena *arena) {
  Value value = value_of(document, node, arena);
  return value.kind == VALUE_MAP ? value.as.map : map_new(MAP_LINKED, arena);
}

static const Map *member_map(const Map *map, Text name) {
  const Value *value = map_get_text(map, name);
  return value != NULL && value->kind == VALUE_MAP ? value->as.map : NULL;
}

/* ---- one evaluation ---- */

/* Everything that one line, or the command line, says. */
typedef struct Evaluation {
  Text template_text;
  TemplateInputs inputs;
} Evaluation;

/* What stays between evaluations: a stream mostly repeats one template. */
typedef struct Renderer {
  Arena *compiled_in, *paths_in, *passing;
  Text source; /* of `compiled`; data NULL: none */
  VtlTemplate *compiled;
  PathCache *paths;
  Buffer output;
} Renderer;

static Renderer renderer_make(void) {
  Renderer renderer = {.compiled_in = arena_new(0),
                       .paths_in = arena_new(0),
                       .passing = arena_new(256 * 1024),
                       .output = buffer_make(NULL, VTL_OUTPUT_LIMIT)};
  renderer.paths = path_cache_new(renderer.paths_in);
  return renderer;
}

static void renderer_free(Renderer *renderer) {
  arena_free(renderer->compiled_in);
  arena_free(renderer->paths_in);
  arena_free(renderer->passing);
  buffer_free(&renderer->output);
}

static bool renderer_compile(Renderer *renderer, Text source, Fault *fault) {
  if (renderer->source.data != NULL && text_equal(renderer->source, source)) return true;
  renderer->source.data = NULL;
  arena_reset(renderer->compiled_in);
  Text kept = arena_copy_text(renderer->compiled_in, source);
  if (!vtl_compile(kept, renderer->compiled_in, &renderer->compiled, fault)) return false;
  renderer->source = kept;
  return true;
}

static bool renderer_run(Renderer *renderer, Evaluation *evaluation, TemplateObjects *objects, Fault *fault) {
  if (!renderer_compile(renderer, evaluation->template_text, fault)) return false;
  evaluation->inputs.paths = renderer->paths;
  template_objects_make(&evaluation->inputs, renderer->passing, objects);
  buffer_clear(&renderer->output);
  renderer->output.overflowed = false;
  const VtlRun run = {.bindings = objects->bindings,
                      .binding_count = TEMPLATE_OBJECTS,
                      .passing = renderer->passing,
                      .output = &renderer->output};
  return vtl_render(renderer->compiled, &run, fault);
}

/* ---- results as JSON ---- */

static void write_success(Buffer *line, const Renderer *renderer, const TemplateObjects *objects) {
  buffer_append_string(line, "\"output\":");
  template_value_write(value_from_text(buffer_text(&renderer->output)), line, renderer->passing);
  buffer_append_string(line, ",\"responseOverride\":");
  template_value_write(value_from_map(objects->response_override), line, renderer->passing);
  buffer_append_string(line, ",\"requestOverride\":");
  template_value_write(value_from_map(objects->request_override), line, renderer->passing);
  buffer_append_string(line, ",\"error\":null}\n");
}

static void write_failure(Buffer *line, const Fault *fault, Arena *arena) {
  buffer_append_string(line, "\"output\":null,\"responseOverride\":null,\"requestOverride\":null,"
                             "\"error\":{\"message\":");
  template_value_write(value_from_text(text_from(fault->message)), line, arena);
  buffer_print(line, ",\"line\":%u,\"column\":%u}}\n", fault->place.line, fault->place.column);
}

/* ---- the stream ---- */

static Text text_or_json(const Document *document, const cJSON *node, Arena *arena) {
  if (node == NULL || cJSON_IsNull(node)) return TEXT_EMPTY;
  if (cJSON_IsString(node)) return document_text(document, node);
  Buffer json = buffer_make(arena, 0);
  json_write_node(&json, node);
  return buffer_text(&json);
}

static bool read_line(const Document *document, Arena *arena, Evaluation *evaluation, Fault *fault) {
  const cJSON *root = document_root(document);
  const cJSON *template = document_get(root, "template");
  if (!cJSON_IsString(template)) return fault_raise(fault, FAULT_INPUT, "a line needs \"template\", a text");
  evaluation->template_text = document_text(document, template);
  const Map *params = map_of(document, document_get(root, "params"), arena);
  Value context = value_of(document, document_get(root, "context"), arena);
  evaluation->inputs = (TemplateInputs){
      .body = text_or_json(document, document_get(root, "input"), arena),
      .path = member_map(params, TEXT("path")),
      .querystring = member_map(params, TEXT("querystring")),
      .header = member_map(params, TEXT("header")),
      .context = template_context_from(context, arena),
      .stage_variables = map_of(document, document_get(root, "stageVariables"), arena),
  };
  return true;
}

/* False: the line itself is wrong. Members that we don't know are the stream's business. */
static bool evaluate_line(Renderer *renderer, Text line, Buffer *out) {
  Arena *arena = renderer->passing;
  FaultList faults = fault_list_make(arena);
  Document *document = NULL;
  Evaluation evaluation = {0};
  TemplateObjects objects;
  Fault fault;
  bool read = document_read("stdin.json", line, 0, arena, &document, &faults);
  if (!read && faults.count > 0) fault = faults.items[0];
  const cJSON *id = document != NULL ? document_get(document_root(document), "id") : NULL;
  buffer_append_string(out, "{\"id\":");
  if (id != NULL)
    json_write_node(out, id);
  else
    buffer_append_string(out, "null");
  buffer_append_char(out, ',');
  read = read && read_line(document, arena, &evaluation, &fault);
  if (read && renderer_run(renderer, &evaluation, &objects, &fault))
    write_success(out, renderer, &objects);
  else
    write_failure(out, &fault, arena);
  return read;
}

enum { LINE_LIMIT = 64 * 1024 * 1024, READ_SIZE = 256 * 1024 };

/* Lines of standard input. The caller writes what it has before a read that may wait. */
typedef struct LineReader {
  Buffer bytes;
  size_t at, searched;
  bool ended;
} LineReader;

/* A complete line that is already here, without its end. */
static bool take_line(LineReader *reader, Text *line) {
  Text bytes = buffer_text(&reader->bytes);
  size_t end = text_find_char(bytes, '\n', reader->searched);
  reader->searched = end == TEXT_NOT_FOUND ? bytes.length : end + 1;
  bool last = end == TEXT_NOT_FOUND && reader->ended && reader->at < bytes.length;
  if (end == TEXT_NOT_FOUND && !last) return false;
  *line = text_slice(bytes, reader->at, last ? bytes.length : end);
  reader->at = reader->searched;
  return true;
}

static bool read_more(LineReader *reader, Fault *fault) {
  Buffer *bytes = &reader->bytes;
  if (reader->at > 0) memmove(bytes->data, bytes->data + reader->at, bytes->length - reader->at);
  bytes->length -= reader->at;
  reader->searched -= reader->at;
  reader->at = 0;
  if (!buffer_reserve(bytes, READ_SIZE))
    return fault_raise(fault, FAULT_LIMIT, "a line has more than %d bytes", LINE_LIMIT);
  ssize_t got = read(STDIN_FILENO, bytes->data + bytes->length, READ_SIZE);
  if (got < 0 && errno == EINTR) return true;
  if (got < 0) return fault_raise(fault, FAULT_SYSTEM, "can't read standard input: %s", strerror(errno));
  bytes->length += (size_t)got;
  reader->ended = got == 0;
  return true;
}

static bool flush(Buffer *out, Fault *fault) {
  bool written = console_write(buffer_text(out), fault);
  buffer_clear(out);
  return written;
}

static bool render_lines(Renderer *renderer, LineReader *reader, Buffer *out, int *status, Fault *fault) {
  while (!reader->ended) {
    if (!flush(out, fault) || !read_more(reader, fault)) return false;
    for (Text line; take_line(reader, &line);) {
      if (text_trim(line).length == 0) continue;
      if (!evaluate_line(renderer, text_trim(line), out)) *status = EXIT_INPUT;
      arena_reset(renderer->passing);
      if (out->length > READ_SIZE && !flush(out, fault)) return false;
    }
  }
  return flush(out, fault);
}

static int render_stream(void) {
  Renderer renderer = renderer_make();
  LineReader reader = {.bytes = buffer_make(NULL, LINE_LIMIT)};
  Buffer out = buffer_make(NULL, 0);
  int status = EXIT_AS_EXPECTED;
  Fault fault;
  if (!render_lines(&renderer, &reader, &out, &status, &fault)) status = (int)console_fault(&fault);
  buffer_free(&reader.bytes);
  buffer_free(&out);
  renderer_free(&renderer);
  return status;
}

/* ---- one template ---- */

/* A value as curl takes them: @FILE, - for standard input, the name of an existing file, or the text itself.
 */
static bool read_argument(const char *argument, Arena *arena, Text *out, Fault *fault) {
  *out = TEXT_EMPTY;
  if (argument == NULL) return true;
  if (argument[0] == '@') return file_read(argument + 1, DOCUMENT_LIMIT, arena, out, fault);
  if (strcmp(argument, "-") == 0 || file_exists(argument))
    return file_read(argument, DOCUMENT_LIMIT, arena, out, fault);
  *out = text_from(argument);
  return true;
}

/* The template's operand: a file, or a text that can only be a template. */
static bool read_template(const char *operand, Arena *arena, Text *out, Fault *fault) {
  bool literal = operand[0] != '@' && strcmp(operand, "-") != 0 && !file_exists(operand) &&
                 strpbrk(operand, "$#\n") != NULL;
  if (!literal) return file_read(operand + (operand[0] == '@'), DOCUMENT_LIMIT, arena, out, fault);
  *out = text_from(operand);
  return true;
}

static bool read_json_argument(const char *name, const char *argument, Arena *arena, Value *out,
                               FaultList *faults) {
  Text text;
  *out = value_null();
  if (!read_argument(argument, arena, &text, fault_list_add(faults))) return false;
  faults->count--;
  Document *document;
  if (text.length == 0) return true;
  if (!document_read(argument[0] == '@' ? argument + 1 : name, text, 0, arena, &document, faults))
    return false;
  if (!cJSON_IsObject(document_root(document)))
    return document_fault(document, document_root(document), faults, "%s is an object", name);
  *out = value_of(document, document_root(document), arena);
  return true;
}

typedef struct Arguments {
  const char *input, *context, *params, *stage_variables;
  bool ndjson, dump, json;
} Arguments;

static Map *map_or_null(Value value) {
  return value.kind == VALUE_MAP ? value.as.map : NULL;
}

static bool read_arguments(const Arguments *arguments, const char *operand, Arena *arena,
                           Evaluation *evaluation, FaultList *faults) {
  Value context, params, stage;
  Text body;
  Fault *fault = fault_list_add(faults);
  if (!read_template(operand, arena, &evaluation->template_text, fault) ||
      !read_argument(arguments->input, arena, &body, fault))
    return false;
  faults->count--;
  if (!read_json_argument("--context", arguments->context, arena, &context, faults) ||
      !read_json_argument("--params", arguments->params, arena, &params, faults) ||
      !read_json_argument("--stage-variables", arguments->stage_variables, arena, &stage, faults))
    return false;
  const Map *all = map_or_null(params);
  evaluation->inputs = (TemplateInputs){
      .body = body,
      .path = all != NULL ? member_map(all, TEXT("path")) : NULL,
      .querystring = all != NULL ? member_map(all, TEXT("querystring")) : NULL,
      .header = all != NULL ? member_map(all, TEXT("header")) : NULL,
      .context = template_context_from(context, arena),
      .stage_variables = map_or_null(stage),
  };
  return true;
}

/* Bytes as the gateway sends them: what UTF-8 can't hold becomes '?'. */
static void append_bytes(Buffer *out, Text text) {
  for (size_t at = 0; at < text.length;) {
    uint32_t character = utf8_next(text, &at);
    utf8_append(out, character >= 0xD800 && character <= 0xDFFF ? '?' : character);
  }
}

static bool render_once(Renderer *renderer, const Arguments *arguments, Evaluation *evaluation, Buffer *out,
                        Fault *fault) {
  TemplateObjects objects;
  if (arguments->dump) {
    if (!renderer_compile(renderer, evaluation->template_text, fault)) return false;
    vtl_dump(renderer->compiled, out);
    return true;
  }
  if (!renderer_run(renderer, evaluation, &objects, fault)) return false;
  if (arguments->json) {
    buffer_append_char(out, '{');
    write_success(out, renderer, &objects);
  } else {
    append_bytes(out, buffer_text(&renderer->output));
  }
  return true;
}

static int render_operand(const Arguments *arguments, const char *operand) {
  Renderer renderer = renderer_make();
  FaultList faults = fault_list_make(renderer.passing);
  Buffer out = buffer_make(NULL, 0);
  Evaluation evaluation = {0};
  Fault fault = {0};
  int status = EXIT_AS_EXPECTED;
  if (!read_arguments(arguments, operand, renderer.passing, &evaluation, &faults)) {
    status = (int)console_faults(&faults);
  } else if (!render_once(&renderer, arguments, &evaluation, &out, &fault)) {
    if (fault.place.line > 0) fault.place.file = file_exists(operand) ? operand : "template";
    status = (int)console_fault(&fault);
  } else if (!console_write(buffer_text(&out), &fault)) {
    status = (int)console_fault(&fault);
  }
  buffer_free(&out);
  renderer_free(&renderer);
  return status;
}

int render_main(int argc, char **argv) {
  Arguments arguments = {0};
  const Option options[] = {
      {OPTION_TEXT, 'i', "input", "BODY", "the payload that $input reads", .target = &arguments.input},
      {OPTION_TEXT, 'c', "context", "JSON", "members of $context", .target = &arguments.context},
      {OPTION_TEXT, 'p', "params", "JSON",
       "{\"path\":{}, \"querystring\":{}, \"header\":{}} of $input.params()", .target = &arguments.params},
      {OPTION_TEXT, 's', "stage-variables", "JSON", "members of $stageVariables",
       .target = &arguments.stage_variables},
      {OPTION_FLAG, 0, "json", NULL, "print output and overrides as one JSON object",
       .target = &arguments.json},
      {OPTION_FLAG, 0, "dump", NULL, "print the compiled template instead of rendering it",
       .target = &arguments.dump},
      {OPTION_FLAG, 0, "ndjson", NULL,
       "filter: evaluate one JSON object a line from standard input:\n"
       "{id, template, input, params, context, stageVariables} becomes\n"
       "{id, output, responseOverride, requestOverride, error}",
       .target = &arguments.ndjson},
  };
  const Usage usage = {
      .verb = "render",
      .operands = "TEMPLATE",
      .least = 0,
      .most = 1,
      .description =
          "Evaluates one mapping template as the gateway does. TEMPLATE is a file, - for standard\n"
          "input, or the template's text itself. Every value is @FILE, the name of an existing\n"
          "file, - for standard input, or the text itself.",
      .examples = "statusquo render response.vtl --input @body.json\n"
                  "statusquo render '$input.json(\"$.id\")' --input '{\"id\":7}'\n"
                  "statusquo render --ndjson < evaluations.ndjson",
      .options = options,
      .option_count = OPTION_COUNT(options),
  };
  Arena *arena = arena_new(0);
  OptionList operands = {0};
  int status;
  if (options_parse(&usage, argc, argv, arena, &operands, &status)) {
    if (arguments.ndjson)
      status = operands.count == 0 ? render_stream() : options_refuse(&usage, "--ndjson takes no TEMPLATE");
    else if (operands.count == 0)
      status = options_refuse(&usage, "a TEMPLATE is missing");
    else
      status = render_operand(&arguments, operands.items[0]);
  }
  arena_free(arena);
  return status;
}
