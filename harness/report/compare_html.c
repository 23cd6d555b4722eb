/* One self-contained page without scripts: verdict, a table operation × (old status → new status) that says
 * where traffic goes, then each group to unfold. */
#include "harness/report/compare_parts.h"
#include "harness/report/parts.h"

#include <stdlib.h>

enum { CELL_LIMIT = 400, BODY_LIMIT = 20000, HTML_GROUPS = 2000, HTML_FLOWS = 60 };

static const char style[] =
    ":root{color-scheme:light dark;--back:#fff;--ink:#1b1b1b;--dim:#595959;--line:#d0d0d0;--soft:#f4f4f4;"
    "--breaking:#b00020;--risky:#8a5200;--compatible:#17692a;--same:#3a4a63}"
    "@media(prefers-color-scheme:dark){:root{--back:#121212;--ink:#e4e4e4;--dim:#a8a8a8;--line:#3a3a3a;"
    "--soft:#1e1e1e;--breaking:#ff8a9a;--risky:#ffc266;--compatible:#7fd895;--same:#a9bad6}}"
    "body{font:15px/1.5 system-ui,sans-serif;margin:2em auto;max-width:76em;padding:0 1em;"
    "background:var(--back);color:var(--ink)}code,pre{font:13px/1.5 ui-monospace,monospace}"
    "pre{background:var(--soft);padding:.7em;overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere}"
    ".scroll{overflow-x:auto}table{border-collapse:collapse}"
    "td,th{text-align:left;padding:.25em .7em;border-bottom:1px solid var(--line);vertical-align:top;"
    "overflow-wrap:anywhere}td.n{text-align:right;font-variant-numeric:tabular-nums}"
    "th.flow{white-space:nowrap}th[scope=row]{min-width:6em}.scroll th[scope=row]{min-width:11em}"
    "p{overflow-wrap:anywhere}td.breaking.n{background:#b0002022}td.risky.n{background:#e0900030}"
    "td.compatible.n{background:#17692a22}"
    "details{border:1px solid var(--line);border-radius:6px;margin:.6em 0;"
    "padding:0 .8em}summary{cursor:pointer;padding:.5em 0}"
    ".breaking{color:var(--breaking)}.risky{color:var(--risky)}.compatible{color:var(--compatible)}"
    ".none{color:var(--same)}.accepted,small{color:var(--dim)}"
    ".sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(18em,1fr));gap:1em}"
    "@media print{details{break-inside:avoid}}";

typedef struct Page {
  const Comparison *comparison;
  Buffer *out;
  Buffer words; /* one text before it is escaped */
} Page;

static void flush(Page *page) {
  append_xml(page->out, buffer_text(&page->words));
  buffer_clear(&page->words);
}

static void raw(Page *page, const char *markup) {
  buffer_append_string(page->out, markup);
}

/* ---- the table ---- */

typedef struct FlowColumn {
  int old_status, new_status;
} FlowColumn;

static int by_status(const void *left, const void *right) {
  const FlowColumn *one = left, *other = right;
  if (one->old_status != other->old_status) return one->old_status - other->old_status;
  return one->new_status - other->new_status;
}

static bool add_column(FlowColumn *columns, size_t *count, const Flow *flow) {
  for (size_t i = 0; i < *count; i++)
    if (columns[i].old_status == flow->old_status && columns[i].new_status == flow->new_status) return true;
  if (*count == HTML_FLOWS) return false;
  columns[(*count)++] = (FlowColumn){flow->old_status, flow->new_status};
  return true;
}

/* Those that changed have the first claim on the columns. */
static size_t find_columns(const Comparison *comparison, FlowColumn *columns, bool *all) {
  size_t count = 0;
  *all = true;
  for (int pass = 0; pass < 2; pass++)
    for (size_t i = 0; i < comparison->pair_count; i++)
      for (size_t k = 0; k < comparison->pairs[i].flow_count; k++) {
        const Flow *flow = &comparison->pairs[i].flows[k];
        if ((flow->old_status == flow->new_status) == (pass == 1) && !add_column(columns, &count, flow))
          *all = false;
      }
  if (count > 1) qsort(columns, count, sizeof *columns, by_status);
  return count;
}

static void write_cell(Page *page, const OperationPair *pair, const FlowColumn *column) {
  for (size_t i = 0; i < pair->flow_count; i++) {
    const Flow *flow = &pair->flows[i];
    if (flow->old_status != column->old_status || flow->new_status != column->new_status) continue;
    buffer_print(page->out, "<td class=\"n %s\">", severity_name(flow->level));
    if (flow->count > 0)
      buffer_print(page->out, "%llu", (unsigned long long)flow->count);
    else
      raw(page, "·");
    if (flow->level != SEVERITY_NONE)
      buffer_print(page->out, " <small>%s</small>", severity_name(flow->level));
    raw(page, "</td>");
    return;
  }
  raw(page, "<td></td>");
}

static void write_table(Page *page) {
  const Comparison *comparison = page->comparison;
  FlowColumn columns[HTML_FLOWS];
  bool all;
  size_t count = find_columns(comparison, columns, &all);
  if (count == 0) return;
  raw(page,
      "<h2>From status to status</h2>\n<p><small>Recorded exchanges; · stands for backend statuses that "
      "lead there and weren't recorded.</small></p>\n<div class=\"scroll\"><table><thead><tr>"
      "<th scope=\"col\">operation</th>");
  for (size_t i = 0; i < count; i++) {
    if (columns[i].old_status == columns[i].new_status)
      buffer_print(page->out, "<th scope=\"col\" class=\"flow\">%d</th>", columns[i].old_status);
    else
      buffer_print(page->out, "<th scope=\"col\" class=\"flow\">%d → %d</th>", columns[i].old_status,
                   columns[i].new_status);
  }
  raw(page, "</tr></thead><tbody>\n");
  for (size_t i = 0; i < comparison->pair_count; i++) {
    const OperationPair *pair = &comparison->pairs[i];
    if (pair->flow_count == 0) continue;
    raw(page, "<tr><th scope=\"row\"><code>");
    append_xml(page->out, pair->name);
    raw(page, "</code></th>");
    for (size_t k = 0; k < count; k++) write_cell(page, pair, &columns[k]);
    raw(page, "</tr>\n");
  }
  raw(page, "</tbody></table></div>\n");
  if (!all) raw(page, "<p>There are more ways than the table has columns.</p>\n");
}

/* ---- groups ---- */

static void write_rule(Page *page, const char *title, const IntegrationResponse *rule) {
  buffer_print(page->out, "<tr><th scope=\"row\">%s</th><td><code>", title);
  print_rule(rule, &page->words);
  flush(page);
  raw(page, "</code>");
  if (rule != NULL) {
    raw(page, " <small>");
    print_file_place(page->comparison, rule->place, &page->words);
    flush(page);
    raw(page, "</small>");
  }
  raw(page, "</td></tr>\n");
}

static void write_facts(Page *page, const Group *group) {
  raw(page, "<table><tbody>\n<tr><th scope=\"row\">seen</th><td>");
  print_counts(page->comparison, group, &page->words);
  flush(page);
  raw(page, "</td></tr>\n");
  if (group->old_status != 0 || group->new_status != 0) {
    write_rule(page, "old rule", group->old_rule);
    write_rule(page, "new rule", group->new_rule);
  }
  for (size_t i = 0; i < group->change_count; i++) {
    raw(page, "<tr><th scope=\"row\">changed</th><td><code>");
    print_change(group->changes[i], CELL_LIMIT, &page->words);
    flush(page);
    raw(page, "</code> <small>");
    print_change_places(page->comparison, group->changes[i], &page->words);
    flush(page);
    raw(page, "</small></td></tr>\n");
  }
  for (size_t i = 0; i < group->aspect_count; i++) {
    buffer_print(page->out, "<tr><th scope=\"row\">differs</th><td class=\"%s\"><code>",
                 severity_name(group->aspects[i].severity));
    print_aspect(&group->aspects[i], &page->words);
    flush(page);
    raw(page, "</code></td></tr>\n");
  }
  if (group->accepted != NULL) {
    raw(page, "<tr><th scope=\"row\">accepted</th><td>");
    append_xml(page->out, group->accepted->reason);
    raw(page, " <small>");
    append_xml(page->out, group->accepted->owner);
    raw(page, "</small></td></tr>\n");
  }
  raw(page, "</tbody></table>\n");
}

/* Bodies keep their lines here. */
static void write_body(Page *page, Text body) {
  size_t end = body.length < BODY_LIMIT ? body.length : BODY_LIMIT;
  while (end < body.length && end > 0 && ((unsigned char)body.data[end] & 0xC0) == 0x80) end--;
  append_xml(page->out, text_slice(body, 0, end));
  if (end < body.length) buffer_print(page->out, "… (%zu bytes)", body.length);
}

static void write_side(Page *page, const char *title, const Response *response, Text reason) {
  buffer_print(page->out, "<div><small>%s</small><pre>%d\n", title, response->status);
  for (size_t i = 0; i < response->headers.count; i++) {
    const Header *header = &response->headers.items[i];
    if (diff_header_is_generated(header->name)) continue;
    append_cut(&page->words, header->name, CELL_LIMIT);
    buffer_append_string(&page->words, ": ");
    append_cut(&page->words, header->value, CELL_LIMIT);
    buffer_append_char(&page->words, '\n');
  }
  flush(page);
  raw(page, "\n");
  write_body(page, response->body);
  if (reason.length > 0) {
    raw(page, "\n\n");
    append_xml(page->out, reason);
  }
  raw(page, "</pre></div>\n");
}

static void write_example(Page *page, const Example *example) {
  raw(page, "<p>Smallest example: ");
  if (example->id.data != NULL) {
    append_cut(&page->words, example->name.data != NULL ? example->name : example->id, CELL_LIMIT);
    buffer_append_string(&page->words, ", ");
  }
  print_example_call(example, &page->words);
  flush(page);
  raw(page, "</p>\n<div class=\"sides\">");
  if (example->backend.kind != BACKEND_NONE)
    write_side(page, "backend",
               &(Response){.status = example->backend.status,
                           .headers = example->backend.headers,
                           .body = example->backend.body},
               TEXT_EMPTY);
  write_side(page, "client, before", &example->old_response, example->old_reason);
  write_side(page, "client, now", &example->new_response, example->new_reason);
  raw(page, "</div>\n");
}

static void write_group(Page *page, const Group *group) {
  const char *level = group->accepted != NULL ? "accepted" : severity_name(group->level);
  bool open = group->accepted == NULL && group->level == SEVERITY_BREAKING;
  buffer_print(page->out, "<details id=\"g%s\"%s><summary><strong class=\"%s\">%s</strong> ",
               group->fingerprint, open ? " open" : "", level, level);
  print_flow(group, &page->words);
  flush(page);
  buffer_print(page->out, " <small><code>%s</code></small></summary>\n", group->fingerprint);
  write_facts(page, group);
  if (group->has_example) write_example(page, &group->example);
  raw(page, "</details>\n");
}

static void write_list(Page *page) {
  raw(page, "<ul>\n");
  for (Text rest = buffer_text(&page->words); rest.length > 0;) {
    Text line = text_split(rest, '\n', &rest);
    if (line.length == 0) continue;
    raw(page, "<li>");
    append_xml(page->out, line);
    raw(page, "</li>\n");
  }
  buffer_clear(&page->words);
  raw(page, "</ul>\n");
}

void compare_write_html(const Comparison *comparison, const CompareReportOptions *options, Buffer *out) {
  Page page = {comparison, out, buffer_make(NULL, 0)};
  bool fails = comparison_fails(comparison, options->fail_on);
  buffer_print(
      out,
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
      "<title>statusquo compare</title>\n<style>%s</style></head><body>\n<main>\n<h1>Compatibility</h1>\n<p>",
      style);
  raw(&page, "<code>");
  append_cut(&page.words, text_from(comparison->old_name), CELL_LIMIT);
  flush(&page);
  raw(&page, "</code> → <code>");
  append_cut(&page.words, text_from(comparison->new_name), CELL_LIMIT);
  flush(&page);
  buffer_print(out, "</code></p>\n<p><strong class=\"%s\">", fails ? "breaking" : "compatible");
  print_verdict(comparison, options->fail_on, &page.words);
  flush(&page);
  raw(&page, "</strong></p>\n");
  write_table(&page);
  if (comparison->group_count > 0) raw(&page, "<h2>What differs</h2>\n");
  for (size_t i = 0; i < comparison->group_count && i < HTML_GROUPS; i++)
    write_group(&page, comparison->groups[i]);
  if (comparison->group_count > HTML_GROUPS)
    buffer_print(out, "<p>… and %zu more groups, which the other formats have.</p>\n",
                 comparison->group_count - HTML_GROUPS);
  raw(&page, "<h2>What was looked at</h2>\n");
  print_coverage(comparison, true, &page.words);
  print_accept_notes(comparison, &page.words);
  write_list(&page);
  raw(&page, "</main>\n</body></html>\n");
  buffer_free(&page.words);
}
