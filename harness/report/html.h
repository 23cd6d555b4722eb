/* What the files of the HTML report share. The page grows in memory while verdicts arrive and is put together
 * at the end; every part has a limit, so the file has one too: `HTML_FILE_LIMIT`. What is left out is
 * counted and said. */
#ifndef STATUSQUO_REPORT_HTML_H
#define STATUSQUO_REPORT_HTML_H

#include "harness/report/parts.h"

/* From what breaks a client to what is as it was. */
#define HTML_CLASSES(X)                                                                                      \
  X(BREAKING, "breaking", "Breaking", "different")                                                           \
  X(RISKY, "risky", "Risky", "different")                                                                    \
  X(COMPATIBLE, "compatible", "Compatible", "different")                                                     \
  X(UNAPPROVED, "unapproved", "Not approved", "not approved")                                                \
  X(NEW, "new", "New", "new")                                                                                \
  X(UNMAPPED, "unmapped", "Unmapped", "unmapped")                                                            \
  X(SAME, "same", "As expected", "same")

typedef enum HtmlClass {
#define X(symbol, name, title, word) HTML_##symbol,
  HTML_CLASSES(X)
#undef X
      HTML_CLASS_COUNT
} HtmlClass;

const char *html_class_name(HtmlClass class);  /* in the style sheet */
const char *html_class_title(HtmlClass class); /* over its groups */
const char *html_class_word(HtmlClass class);  /* of one verdict */
HtmlClass html_class_of(const Verdict *verdict);

/* Verdicts of one class and operation whose statuses went the same way by the same rule. */
typedef struct HtmlGroup {
  HtmlClass class;
  Text operation; /* data NULL: none */
  Text backend;   /* "404", "timeout", … */
  int expected;   /* 0: not said */
  int actual;     /* 0: nothing was answered */
  Text rule;      /* data NULL: none */
  Text place;     /* of the rule */
  bool rest;      /* stands for all groups past the limit */
  size_t count;
  size_t told;    /* verdicts with their details */
  Buffer details; /* their articles */
  size_t next;    /* of the same hash, plus 1 */
} HtmlGroup;

typedef struct HtmlGroups {
  Arena *arena;
  HtmlGroup *items;
  size_t count, capacity;
  size_t *slots;     /* by hash: a group's index plus 1 */
  size_t text_bytes; /* of their words: they stand in the map, over the details and in the list's data */
  size_t rest[HTML_CLASS_COUNT]; /* the same for what is past the limit */
} HtmlGroups;

enum {
  HTML_FILE_LIMIT = 15 * 1000 * 1000,
  HTML_GROUPS_TOLD = 2000,
  HTML_GROUPS_TEXT = 160 * 1000,
  HTML_MAP_ROWS = 200,
  HTML_MAP_COLUMNS = 40,
};

/* The group of a verdict, made when it is the first of its kind. Its index. */
size_t html_group_of(HtmlGroups *groups, const Verdict *verdict);
/* "404 → 200" with what was expected. */
void html_write_way(Buffer *out, const HtmlGroup *group);
/* The table of operations and ways from backend status to client status. */
void html_write_map(const HtmlGroups *groups, Buffer *out);
/* Every group with the details that were kept, from breaking to same. */
void html_write_groups(const HtmlGroups *groups, Buffer *out);
/* Groups as JSON for the script's list. */
void html_write_group_data(const HtmlGroups *groups, Buffer *out);

/* One verdict with all there is to know of it. `number` names it on the page. */
void html_write_verdict(const ReportOptions *options, const Verdict *verdict, size_t number, Buffer *out);
/* Two bodies side by side; the style sheet makes it one below the other. JSON is laid out first. */
void html_write_bodies(Text expected, Text actual, Buffer *out);
/* One body, laid out when it is JSON, cut past what a person reads. */
void html_write_body(Text body, Buffer *out);

/* Text on one line, cut past `limit` bytes (0: not), escaped. */
void html_write_text(Buffer *out, Text text, size_t limit);

/* The trend of earlier runs and this one. Nothing when there is none. */
void html_write_trend(const ReportOptions *options, const ReplayTotals *totals, Buffer *out);

/* From the doctype to <main>, with the style sheet and a policy that allows nothing but it and the script;
 * and from there to the end. */
void html_write_head(Text title, Arena *arena, Buffer *out);
void html_write_foot(Buffer *out);

#endif
