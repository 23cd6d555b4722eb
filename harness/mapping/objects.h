/* What a mapping template can see of the gateway: $input, $util, $context, $stageVariables. One set serves
 * one rendering; everything lives in the passing arena, except compiled JSONPaths, which a PathCache keeps
 * between renderings.
 *
 * Witness: seen where gateway.md 6.4 to 6.6 and velocity-facts 34 to 40 say so; the open choices of
 * velocity-version.md are assumed (objects.c names each where it is made). */
#ifndef STATUSQUO_MAPPING_OBJECTS_H
#define STATUSQUO_MAPPING_OBJECTS_H

#include "harness/jsonpath/jsonpath.h"
#include "harness/vtl/vtl.h"

/* Compiled paths by their text. One thread's: a worker owns one for as long as it runs. Bounded: paths that a
 * template makes from data don't fill memory. */
typedef struct PathCache PathCache;
PathCache *path_cache_new(Arena *lasting);
/* NULL: the path is invalid, the fault says why. Paths past the cache's bound are compiled into `passing`. */
const JsonPath *path_cache_compile(PathCache *cache, Text source, Arena *passing, Fault *fault);

typedef struct TemplateInputs {
  Text body;       /* the payload as text; an empty one reads as {} (seen) */
  const Map *path; /* $input.params(): each may be NULL, values are texts */
  const Map *querystring;
  const Map *header;
  Map *context; /* from template_context_new/_from; NULL: an empty one. The template may change it: hand the
                   same map to the next template and overrides carry over (seen) */
  Map *stage_variables; /* NULL: none */
  PathCache *paths;     /* NULL: every path is compiled anew */
} TemplateInputs;

enum { TEMPLATE_OBJECTS = 4 };

typedef struct TemplateObjects {
  VtlBinding bindings[TEMPLATE_OBJECTS]; /* for VtlRun.bindings: input, util, context, stageVariables */
  Map *context;
  Map *request_override;  /* {path, header, querystring}: what templates stored there, read after rendering */
  Map *response_override; /* {status?, header}: status may be any kind of value */
} TemplateObjects;

/* Always succeeds: a malformed body is noticed only by a template that reads it (seen). */
void template_objects_make(const TemplateInputs *inputs, Arena *passing, TemplateObjects *out);

/* A java.util.HashMap that prints as "" (seen), as $context and its members are. */
Map *template_context_new(Arena *arena);
/* The same from a JSON object, members included; anything that isn't an object gives an empty map. */
Map *template_context_from(Value json, Arena *arena);
/* The member map of that name, made when it is missing or not a map. */
Map *template_context_child(Map *context, Text name, Arena *arena);

/* What a template printed or stored, as JSON: maps in Java's order, lists, scalars; other objects as they
 * print. A lone surrogate, which Java can hold and UTF-8 can't, becomes \uXXXX. */
void template_value_write(Value value, Buffer *out, Arena *arena);

/* $util's functions, for whoever needs the same text without a template. False: Java throws there. */
Text util_escape_javascript(Text text, Arena *arena);
Text util_url_encode(Text text, Arena *arena);
bool util_url_decode(Text text, Arena *arena, Text *out, Fault *fault);

#endif
