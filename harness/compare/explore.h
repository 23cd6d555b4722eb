/* Inside of exploring: bodies shaped as the templates read them, changed step by step until the two outputs
 * part, then made small. */
#ifndef STATUSQUO_COMPARE_EXPLORE_H
#define STATUSQUO_COMPARE_EXPLORE_H

#include "harness/compare/parts.h"

/* ---- shape.c: what a body must hold for a template to read something ---- */

typedef enum ShapeKind { SHAPE_TEXT, SHAPE_NUMBER, SHAPE_BOOLEAN } ShapeKind;

typedef struct Shape Shape;
struct Shape {
  Text name;
  bool is_list;   /* of what its members, or its kind, describe */
  ShapeKind kind; /* without members */
  Text word;      /* a value that was named; data NULL: any */
  Shape *members, *next;
  size_t depth;
};

enum { WORDS_MOST = 24 };

/* Texts and numbers that templates compare with: JSON values. */
typedef struct Words {
  Text items[WORDS_MOST];
  size_t count;
} Words;

Shape *shape_new(Arena *arena);
/* What a template reads of $input's body; texts and numbers that it mentions go to `words`. */
void shape_add_template(Shape *root, const Text source, Words *words, Arena *arena);
/* integration.response.body.a.b and method.request.body.a.b */
void shape_add_parameters(Shape *root, const Parameters *parameters, Arena *arena);
void shape_add_schema(Shape *root, const cJSON *schema, Arena *arena);
/* `numbers`: what could be any value is a number, not a text. */
void shape_write(const Shape *shape, bool numbers, Buffer *out);

/* ---- mutate.c ---- */

enum { BODY_MOST = 256 * 1024 };

/* How many steps there are from this body; 0: it isn't JSON. */
size_t mutations_of(Text body, const Words *words, Arena *arena);
/* The body after step `number`, below that count. False: it makes no sense here, or changes nothing. */
bool mutate(Text body, size_t number, const Words *words, Arena *arena, Text *out);
/* Smaller bodies, one for each number from 0; false behind the last. data NULL: nothing to try there. */
bool reduce(Text body, size_t number, Arena *arena, Text *out);

#endif
