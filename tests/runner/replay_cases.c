/* Cases of replay. Sections: those of replay_input.h, and
 *   verdicts   one a line: KIND NAME, and below it, indented, each difference: SEVERITY at: what (status 200)
 *   totals     same different new unmapped unapproved skipped, when they matter
 *   faults     what is printed about the input */
#include "tests/runner/replay_input.h"

const char *const case_section_names[] = {"definition", "spec",   "exchanges", "approved", "options",
                                          "verdicts",   "totals", "faults",    NULL};

static void print_side(Text side, Buffer *out) {
  buffer_append(out, side.data != NULL ? side : TEXT("-"));
}

static bool print_verdict(void *subject, const Verdict *verdict, Fault *fault) {
  (void)fault;
  Buffer *out = subject;
  buffer_print(out, "%s %.*s", verdict_kind_name(verdict->kind), TEXT_ARGS(verdict->name));
  if (verdict->checked != 1) buffer_print(out, " (%zu statuses)", verdict->checked);
  buffer_append_char(out, '\n');
  for (size_t i = 0; i < verdict->differences.count; i++) {
    const Difference *difference = &verdict->differences.items[i];
    buffer_print(out, "  %s %.*s: ", severity_name(difference->severity), TEXT_ARGS(difference->at));
    if (difference->message.data != NULL) {
      buffer_append(out, difference->message);
    } else {
      print_side(difference->expected, out);
      buffer_append_string(out, " -> ");
      print_side(difference->actual, out);
    }
    buffer_append_char(out, '\n');
  }
  return true;
}

static Text print_faults(const ReplayInput *input) {
  Buffer out = buffer_make(input->arena, 0);
  for (size_t i = 0; i < input->faults.count; i++) fault_print(&input->faults.items[i], &out);
  Text text = without_folder(input, buffer_text(&out));
  while (text.length > 0 && text.data[text.length - 1] == '\n') text.length--;
  return text;
}

static void check_run(const Case *subject, ReplayInput *input, Buffer *failure) {
  Buffer verdicts = buffer_make(input->arena, 0);
  ReplayTotals totals = {0};
  Fault fault;
  if (!replay_spec(input->spec, input->stores, input->store_count, &input->options, print_verdict, &verdicts,
                   &totals, &fault)) {
    buffer_print(failure, "  replay: %s\n", fault.message);
    return;
  }
  case_expect_text("verdicts", expected_section(subject, "verdicts"), text_trim(buffer_text(&verdicts)),
                   failure);
  case_expect_text("faults", expected_section(subject, "faults"), print_faults(input), failure);
  if (!case_has(subject, "totals")) return;
  Text counts = arena_print(input->arena, "%zu %zu %zu %zu %zu %zu", totals.same, totals.different,
                            totals.fresh, totals.unmapped, totals.unapproved, totals.skipped);
  case_expect_text("totals", expected_section(subject, "totals"), counts, failure);
}

void case_check(const Case *subject, Arena *arena, Buffer *failure) {
  ReplayInput input;
  Fault fault;
  if (open_input(subject, arena, &input, &fault))
    check_run(subject, &input, failure);
  else
    buffer_print(failure, "  input: %s\n", fault.message);
  close_input(&input);
}
