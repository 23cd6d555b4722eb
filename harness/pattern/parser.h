/* Inside of the parser: shared by parse.c (structure), escape.c (what follows a backslash), class.c ([…]) and
 * scan.c (characters, quoting, comments). */
#ifndef STATUSQUO_PATTERN_PARSER_H
#define STATUSQUO_PATTERN_PARSER_H

#include "harness/pattern/pattern.h"
#include "harness/pattern/tree.h"

/* Java's CANON_EQ, which a pattern can only ask for inline. */
enum { PATTERN_CANONICAL = 0x80 };

typedef struct Parser {
  Text source;
  uint32_t *characters; /* with \Q…\E already written out */
  size_t *offsets;      /* where each of them stands in the source */
  size_t length;
  size_t wide_end; /* behind the last of them that isn't one UTF-16 unit, or is half a pair */
  size_t cursor;
  uint32_t sentinel; /* what stands behind the last character while looking for a '}' */
  unsigned flags;
  uint32_t group_count; /* capturing groups opened so far */
  uint32_t line_breaks; /* \R read so far */
  unsigned depth;
  size_t set_budget; /* ranges that sets may still take together */
  GroupName *names;
  size_t name_count, name_capacity;
  Arena *arena;
  Fault *fault;
} Parser;

/* ---- scan.c */

/* False when the source isn't text. */
bool parser_read(Parser *parser);
bool parser_has(const Parser *parser, unsigned flag);
/* The character at an index, 0 behind the end. */
uint32_t parser_at(const Parser *parser, size_t index);
/* These four skip blanks and comments under (?x). */
uint32_t parser_peek(Parser *parser);
uint32_t parser_next(Parser *parser); /* steps, then peeks */
uint32_t parser_take(Parser *parser); /* takes one */
bool parser_expect(Parser *parser, uint32_t character, const char *reason);
/* These three don't. */
uint32_t parser_next_raw(Parser *parser);
uint32_t parser_skip(Parser *parser); /* steps over two, returns the second */
void parser_back(Parser *parser);
bool parser_at_end(const Parser *parser);
/* The characters [from, to) as text. */
Text parser_text(Parser *parser, size_t from, size_t to);
/* FAULT_INPUT at the character that was taken last; always false. */
bool parser_fail(Parser *parser, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool parser_limit(Parser *parser, const char *format, ...) __attribute__((format(printf, 2, 3)));

bool is_ascii_digit(uint32_t character);
bool is_ascii_letter(uint32_t character);
/* Value of a hexadecimal digit, or -1. */
int hex_value(uint32_t character);

Node *parser_node(Parser *parser, NodeKind kind);
Node *parser_set_node(Parser *parser, CharSet set);

/* ---- escape.c */

typedef enum EscapeKind {
  ESCAPE_FAULT,
  ESCAPE_CHARACTER, /* stands for one character: `character` */
  ESCAPE_SET,       /* a class: `set` */
  ESCAPE_NODE,      /* a boundary, reference, \R, \X: `node`; never inside a class */
} EscapeKind;

typedef struct Escape {
  EscapeKind kind;
  uint32_t character;
  CharSet set;
  Node *node;
} Escape;

/* At the backslash. `in_range`: as the bound of a range in a class, where \v is one character. */
Escape escape_parse(Parser *parser, bool in_class, bool in_range);
/* Behind the backslash, at p or P. */
bool property_parse(Parser *parser, CharSet *out);
/* [A-Za-z][A-Za-z0-9]* '>', of which `first` was taken. */
bool group_name_parse(Parser *parser, uint32_t first, Text *out);
/* 0 when there is none of that name so far. */
uint32_t parser_find_group(const Parser *parser, Text name);

/* ---- class.c */

/* At the '['. */
bool class_parse(Parser *parser, CharSet *out);
/* A character that stands alone under the flags of this place. */
CharSet set_of_single(Parser *parser, uint32_t character);
/* A character of a run of two or more, where Java compares by fold throughout. */
CharSet set_of_run(Parser *parser, uint32_t character);
/* Counts a set against what a pattern may take. */
bool parser_spend(Parser *parser, size_t ranges);

#endif
