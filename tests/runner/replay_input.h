/* A case as files: writes its definition, spec and recorded exchanges into a folder of its own, loads them
 * and replays. Shared by the runners of replay and report. definition   definition.yaml, what the spec calls
 * its `api` spec         spec.yaml exchanges    NDJSON, one exchange a line: the recording that the spec is
 * replayed with approved     as often as wanted, one a line: EXCHANGE-NAME STATUS BODY options      one a
 * line: filter REGEX · operation GET /x · tag T · fail-fast · jobs N · shard I/N · verbose */
#ifndef STATUSQUO_TESTS_RUNNER_REPLAY_INPUT_H
#define STATUSQUO_TESTS_RUNNER_REPLAY_INPUT_H

#include "harness/base/file.h"
#include "harness/replay/replay.h"
#include "tests/runner/case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct ReplayInput {
  char folder[64];
  Arena *arena;
  Spec *spec;
  Store *stores[1];
  size_t store_count;
  ReplayOptions options;
  FaultList faults;
  bool verbose;
} ReplayInput;

static const char *input_path(const ReplayInput *input, const char *name) {
  return arena_print(input->arena, "%s/%s", input->folder, name).data;
}

/* Definitions and specs of different cases look alike; only the folder changes from run to run. */
static Text without_folder(const ReplayInput *input, Text text) {
  Text folder = arena_print(input->arena, "%s/", input->folder);
  Buffer out = buffer_make(input->arena, 0);
  for (size_t at = 0; at < text.length;) {
    size_t found = text_find(text, folder, at);
    buffer_append(&out, text_slice(text, at, found == TEXT_NOT_FOUND ? text.length : found));
    at = found == TEXT_NOT_FOUND ? text.length : found + folder.length;
  }
  return buffer_text(&out);
}

static bool approve_line(ReplayInput *input, Store *store, Text line, Fault *fault) {
  Exchange exchange;
  Text rest, status_and_body;
  Text name = text_split(line, ' ', &status_and_body);
  Text status = text_split(status_and_body, ' ', &rest);
  Response response = {.status = atoi(arena_copy_string(input->arena, status)), .body = rest};
  headers_add(&response.headers, TEXT("Content-Type"), TEXT("application/json"), input->arena);
  return store_find(store, name, input->arena, &exchange, fault) &&
         store_approve(store, exchange.id, &response, fault);
}

static bool fill_store(ReplayInput *input, const Case *subject, const char *path, Fault *fault) {
  Store *store;
  if (!store_open(path, STORE_WRITE, &store, fault) || !store_begin(store, fault)) return false;
  bool fine = true;
  for (Text rest = case_section(subject, "exchanges"); fine && rest.length > 0;) {
    Text line = text_trim(text_split(rest, '\n', &rest));
    Exchange exchange;
    if (line.length > 0)
      fine = exchange_read(line, "exchanges", 1, input->arena, &exchange, fault) &&
             store_add(store, &exchange, input->arena, fault);
  }
  fine = fine && store_commit(store, fault);
  for (Text rest = case_section(subject, "approved"); fine && rest.length > 0;) {
    Text line = text_trim(text_split(rest, '\n', &rest));
    if (line.length > 0) fine = approve_line(input, store, line, fault);
  }
  return store_close(store, fine ? fault : NULL) && fine;
}

static bool read_input_option(ReplayInput *input, Text line, Fault *fault) {
  ReplayOptions *options = &input->options;
  Text value;
  Text word = text_split(line, ' ', &value);
  if (text_is(word, "filter")) return pattern_compile(value, 0, input->arena, &options->filter, fault);
  if (text_is(word, "operation")) {
    options->operation = value;
  } else if (text_is(word, "tag")) {
    Text *tag = ARENA_NEW(input->arena, Text);
    *tag = value;
    options->tags = tag;
    options->tag_count = 1;
  } else if (text_is(word, "fail-fast")) {
    options->fail_fast = true;
  } else if (text_is(word, "verbose")) {
    input->verbose = options->detailed = true;
  } else if (text_is(word, "jobs")) {
    options->jobs = atoi(arena_copy_string(input->arena, value));
  } else if (text_is(word, "shard")) {
    sscanf(arena_copy_string(input->arena, value), "%d/%d", &options->shard_index, &options->shard_total);
    options->shard_index--;
  } else {
    return fault_raise(fault, FAULT_USAGE, "no such option: %.*s", TEXT_ARGS(line));
  }
  return true;
}

static bool open_input(const Case *subject, Arena *arena, ReplayInput *input, Fault *fault) {
  *input = (ReplayInput){.folder = "/tmp/statusquo-case-XXXXXX", .arena = arena};
  input->faults = fault_list_make(arena);
  input->options.faults = &input->faults;
  if (mkdtemp(input->folder) == NULL) return fault_raise(fault, FAULT_SYSTEM, "no temporary folder");
  const char *recording = input_path(input, "recording.db");
  if (!file_write(input_path(input, "definition.yaml"), case_section(subject, "definition"), fault) ||
      !file_write(input_path(input, "spec.yaml"), case_section(subject, "spec"), fault))
    return false;
  for (Text rest = case_section(subject, "options"); rest.length > 0;) {
    Text line = text_trim(text_split(rest, '\n', &rest));
    if (line.length > 0 && !read_input_option(input, line, fault)) return false;
  }
  if (case_has(subject, "exchanges")) {
    if (!fill_store(input, subject, recording, fault) ||
        !store_open(recording, STORE_READ, &input->stores[0], fault))
      return false;
    input->store_count = 1;
  }
  return spec_load(input_path(input, "spec.yaml"), NULL, arena, &input->spec, &input->faults) ||
         fault_raise(fault, FAULT_INPUT, "%s",
                     input->faults.count > 0 ? input->faults.items[0].message : "the spec can't be read");
}

static void close_input(ReplayInput *input) {
  if (input->store_count > 0) store_close(input->stores[0], NULL);
  static const char *const names[] = {"definition.yaml",  "spec.yaml",        "recording.db",
                                      "recording.db-wal", "recording.db-shm", "recording.db-lock",
                                      "recording.db.lock"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) unlink(input_path(input, names[i]));
  rmdir(input->folder);
}

/* The blank line before the next case is no part of what is expected. */
static Text expected_section(const Case *subject, const char *section) {
  Text text = case_section(subject, section);
  while (text.length > 0 && text.data[text.length - 1] == '\n') text.length--;
  return text;
}

#endif
