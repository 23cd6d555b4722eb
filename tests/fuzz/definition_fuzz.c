/* Fuzzes the definition loaders: mutates whole definition files given on the command line.
 *   definition_fuzz ITERATIONS SEED FILE…
 * With libFuzzer: clang -fsanitize=fuzzer,address -DSTATUSQUO_LIBFUZZER … Wanted: no crash, no hang, a reason
 * for every failure, and places that lie in a file. */
#include "harness/definition/definition.h"

#include "harness/base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_source(const SourceText *source) {
  size_t length = source->text.length;
  for (size_t offset = 0; offset <= length; offset += 1 + length / 7)
    if (source->node != NULL && source_text_place(source, offset).line == 0) abort();
}

static void check(const Definition *definition, Arena *arena) {
  for (size_t i = 0; i < definition->operation_count; i++) {
    const Operation *operation = &definition->operations[i], *found;
    const Integration *integration = &operation->integration;
    Headers parameters = {0};
    definition_route(definition, operation->method, operation->resource_path, arena, &found, &parameters);
    check_source(&integration->uri);
    for (size_t j = 0; j < integration->request_templates.count; j++)
      check_source(&integration->request_templates.items[j].source);
    for (size_t j = 0; j < integration->response_count; j++) {
      check_source(&integration->responses[j].selection_pattern);
      for (size_t k = 0; k < integration->responses[j].response_templates.count; k++)
        check_source(&integration->responses[j].response_templates.items[k].source);
    }
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  int descriptor = memfd_create("definition", 0);
  char path[64];
  if (descriptor < 0 || write(descriptor, data, size) != (ssize_t)size) abort();
  snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
  Arena *arena = arena_new(0);
  FaultList faults = fault_list_make(arena);
  Definition *definition;
  bool good = definition_load(path, NULL, arena, &definition, &faults);
  if (good) check(definition, arena);
  if (good != (fault_list_errors(&faults) == 0)) abort();
  arena_free(arena);
  close(descriptor);
  return 0;
}

#ifndef STATUSQUO_LIBFUZZER

static uint64_t random_state;
static size_t random_below(size_t limit) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return limit > 0 ? (size_t)(random_state % limit) : 0;
}

/* Copies a run of the file over or between another place; sometimes a byte. */
static void mutate(char *data, size_t *length, size_t limit) {
  size_t from = random_below(*length), to = random_below(*length), run = random_below(40);
  if (from + run > *length || to + run > *length) return;
  switch (random_below(3)) {
  case 0: memmove(data + to, data + from, run); break;
  case 1:
    if (*length + run > limit) return;
    memmove(data + to + run, data + to, *length - to);
    memmove(data + to, data + (from < to ? from : from + run), from + run + run <= *length ? run : 0);
    *length += run;
    break;
  default: data[to] = "{}[]:,-!&*#|>'\"\n $"[random_below(18)];
  }
}

int main(int argument_count, char **arguments) {
  long iterations = argument_count > 1 ? atol(arguments[1]) : 0;
  random_state = argument_count > 2 ? strtoull(arguments[2], NULL, 10) | 1 : 88172645463325252u;
  Arena *files = arena_new(0);
  for (long i = 0; i < iterations && argument_count > 3; i++) {
    Text content;
    arena_reset(files);
    const char *path = arguments[3 + random_below((size_t)argument_count - 3)];
    if (!file_read(path, 1 << 20, files, &content, NULL) || content.length == 0) continue;
    size_t limit = content.length + 400, length = content.length;
    char *data = arena_alloc(files, limit);
    memcpy(data, content.data, length);
    for (size_t times = 1 + random_below(8); times > 0; times--) mutate(data, &length, limit);
    LLVMFuzzerTestOneInput((const uint8_t *)data, length);
  }
  arena_free(files);
  printf("definition_fuzz: %ld inputs, no crash\n", iterations);
  return 0;
}

#endif
