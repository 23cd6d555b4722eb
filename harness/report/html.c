/* One self-contained page: the verdict, the map, what differs with its details, everything as a list.
 * Readable without scripts; nothing is loaded from elsewhere, and the page's own policy forbids it. */
#include "harness/report/html.h"

#include "harness/document/document.h"

#include <string.h>

/* How the file's bytes are shared out; what is left goes to the map and the heads of groups. */
enum {
  DETAILS_LIMIT = 3000 * 1000,      /* of all verdicts told in full */
  FIRST_LIMIT = 3600 * 1000,        /* the first one of a group still is */
  LIST_LIMIT_FAILING = 7000 * 1000, /* rows of the list */
  LIST_LIMIT = 6800 * 1000,
  TOLD_FAILING = 100, /* of one group */
  TOLD = 25,
  NAME_LISTED = 160,
};

typedef struct HtmlPage {
  HtmlGroups groups;
  size_t details; /* bytes */
  Buffer list;    /* rows as JSON */
  size_t listed;
  Buffer specs; /* their names as JSON, in the order of their numbers */
  const char **spec_names;
  size_t spec_count, spec_capacity;
} HtmlPage;

static Report *html_open(const ReportOptions *options, Buffer *out, Arena *arena) {
  Report *report = report_new(options, out, arena);
  report->page = ARENA_NEW(arena, HtmlPage);
  report->page->groups.arena = arena;
  report->page->list = buffer_make(arena, 0);
  report->page->specs = buffer_make(arena, 0);
  return report;
}

static void write_visible_json(Buffer *out, Text text, size_t limit) {
  Buffer shown = buffer_make(NULL, 0);
  append_cut(&shown, text, limit);
  json_write_text(out, buffer_text(&shown));
  buffer_free(&shown);
}

static size_t spec_number(HtmlPage *page, const char *spec, Arena *arena) {
  for (size_t i = page->spec_count; i > 0; i--) /* nearly always the last one */
    if (strcmp(page->spec_names[i - 1], spec) == 0) return i - 1;
  if (page->spec_count == page->spec_capacity) {
    size_t capacity = page->spec_capacity == 0 ? 16 : page->spec_capacity * 2;
    page->spec_names = arena_resize(arena, page->spec_names, page->spec_capacity * sizeof(char *),
                                    capacity * sizeof(char *));
    page->spec_capacity = capacity;
  }
  page->spec_names[page->spec_count] = arena_copy_string(arena, text_from(spec));
  if (page->spec_count > 0) buffer_append_char(&page->specs, ',');
  write_visible_json(&page->specs, text_from(spec), NAME_LISTED);
  return page->spec_count++;
}

/* Told in full: the first of each group, and more of it while there is room. */
static bool tell(HtmlPage *page, const ReportOptions *options, const Verdict *verdict, HtmlGroup *group,
                 size_t number) {
  size_t most = group->class <= HTML_UNAPPROVED ? TOLD_FAILING : TOLD;
  size_t limit = group->told == 0 ? FIRST_LIMIT : DETAILS_LIMIT;
  if (group->told >= most || page->details >= limit) return false;
  size_t before = group->details.length;
  html_write_verdict(options, verdict, number, &group->details);
  page->details += group->details.length - before;
  group->told++;
  return true;
}

/* [group, spec, line, microseconds, name, exchange, told in full] */
static void list(HtmlPage *page, const Verdict *verdict, size_t group, bool told, Arena *arena) {
  size_t limit = page->groups.items[group].class <= HTML_UNAPPROVED ? LIST_LIMIT_FAILING : LIST_LIMIT;
  if (page->list.length + page->specs.length >= limit && !told) return;
  Buffer *out = &page->list;
  buffer_print(out, "%s[%zu,%zu,%u,%.0f,", page->listed++ > 0 ? ",\n" : "", group,
               spec_number(page, verdict->spec, arena), verdict->place.line, verdict->duration_us);
  write_visible_json(out, verdict->name, NAME_LISTED);
  buffer_append_char(out, ',');
  bool same = text_equal(verdict->name, verdict->exchange_id);
  write_visible_json(out, same ? TEXT_EMPTY : verdict->exchange_id, NAME_LISTED);
  buffer_append_string(out, told ? ",1]" : "]");
}

static void html_verdict(Report *report, const Verdict *verdict) {
  HtmlPage *page = report->page;
  size_t group = html_group_of(&page->groups, verdict);
  report->count++;
  /* A verdict is named by its row, so one without a row isn't told in full either. */
  bool told = tell(page, &report->options, verdict, &page->groups.items[group], page->listed);
  list(page, verdict, group, told, report->arena);
}

/* ---- the page ---- */

static void write_chip(Buffer *out, size_t count, HtmlClass class) {
  if (count == 0) return;
  buffer_print(out, "<li class=\"%s\"><a href=\"#%s\"><b>%zu</b> %s</a></li>\n", html_class_name(class),
               html_class_name(class), count, html_class_title(class));
}

static void write_verdict_line(Report *report, const ReplayTotals *totals) {
  Buffer *out = report->out;
  Buffer words = buffer_make(NULL, 0);
  bool failed = totals->different + totals->unapproved > 0, incomplete = totals->broken > 0;
  totals_print(totals, &words);
  buffer_print(out, "<p class=\"verdict-line %s\"><b>%s</b> ",
               failed       ? "bad"
               : incomplete ? "half"
                            : "good",
               failed       ? "✗"
               : incomplete ? "!"
                            : "✓");
  append_xml(out, buffer_text(&words));
  buffer_append_string(out, "</p>\n<ul class=\"chips\">\n");
  size_t counts[HTML_CLASS_COUNT] = {0};
  const HtmlGroups *groups = &report->page->groups;
  for (size_t i = 0; i < groups->count; i++) counts[groups->items[i].class] += groups->items[i].count;
  for (HtmlClass class = 0; class < HTML_CLASS_COUNT; class ++) write_chip(out, counts[class], class);
  buffer_append_string(out, "</ul>\n");
  buffer_free(&words);
}

static void write_data(Report *report) {
  Buffer *out = report->out;
  HtmlPage *page = report->page;
  buffer_append_string(out, "<script type=\"application/json\" id=\"data\">{\"classes\":[");
  for (HtmlClass class = 0; class < HTML_CLASS_COUNT; class ++)
    buffer_print(out, "%s[\"%s\",\"%s\"]", class > 0 ? "," : "", html_class_name(class),
                 html_class_word(class));
  buffer_append_string(out, "],\n\"specs\":[");
  buffer_append(out, buffer_text(&page->specs));
  buffer_append_string(out, "],\n\"groups\":");
  html_write_group_data(&page->groups, out);
  buffer_append_string(out, ",\n\"rows\":[\n");
  buffer_append(out, buffer_text(&page->list));
  buffer_append_string(out, "]}</script>\n");
}

static void write_list(Report *report) {
  Buffer *out = report->out;
  const HtmlPage *page = report->page;
  buffer_append_string(out, "<section id=\"list\" hidden><h2>Everything, as a list</h2>\n");
  if (page->listed < report->count)
    buffer_print(out,
                 "<p class=\"more\">This file holds %zu of %zu verdicts; the others are counted above. The "
                 "ndjson report has all.</p>\n",
                 page->listed, report->count);
  buffer_append_string(out, "<div class=\"wide\" tabindex=\"0\"><table class=\"list\"></table></div>\n"
                            "<nav class=\"pages\" aria-label=\"pages of the list\"></nav></section>\n"
                            "<noscript><p class=\"more\">The list of everything, search and filters need "
                            "scripts; all that is above doesn't.</p></noscript>\n");
}

static void html_finish(Report *report, const ReplayTotals *totals) {
  Buffer *out = report->out;
  html_write_head(TEXT("Replay"), report->arena, out);
  write_verdict_line(report, totals);
  html_write_trend(&report->options, totals, out);
  html_write_map(&report->page->groups, out);
  buffer_append_string(
      out, "<form id=\"tools\" hidden></form>\n<p id=\"found\" role=\"status\" hidden></p>\n"
           "<div class=\"sides-choice\"><label><input type=\"checkbox\" id=\"inline\"> bodies one "
           "below the other</label></div>\n<div id=\"groups\">\n");
  html_write_groups(&report->page->groups, out);
  buffer_append_string(out, "</div>\n");
  write_list(report);
  write_data(report);
  html_write_foot(out);
}

const ReportFormat report_html = {"html", "one self-contained page, with search and filters", html_open,
                                  html_verdict, html_finish};
