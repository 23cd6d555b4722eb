/* Java's methods and properties on values: String, List, Map, Set, Iterator, Map.Entry, Number, Boolean,
 * Character, Class. Constant tables indexed by a method number from one X-macro list; velocity-facts 26-33
 * say how Velocity 1.7 finds them. */
#ifndef STATUSQUO_VTL_METHOD_H
#define STATUSQUO_VTL_METHOD_H

#include "harness/vtl/vtl.h"

/* Resolved when a template is compiled; 0 is "no Java class has a method of this name". */
typedef uint16_t MethodNumber;
MethodNumber method_number(Text name);

/* $subject.name(arguments). Dispatches to VtlObjectType.call for objects of other modules. */
VtlAnswer method_call(Value subject, MethodNumber method, Text name, const Value *arguments, size_t count,
                      Arena *passing, Value *result, Fault *fault);
/* $subject.name: getName(), getname(), Map.get("name"), get("name"), isName(), in Velocity's order. */
VtlAnswer property_get(Value subject, Text name, Arena *passing, Value *result, Fault *fault);
/* #set($subject.name = value): VTL_MISSING when nothing takes it. */
VtlAnswer property_set(Value subject, Text name, Value value, Arena *passing, Fault *fault);
/* $subject[index]; VTL_THROWS out of range. */
VtlAnswer index_get(Value subject, Value index, Arena *passing, Value *result, Fault *fault);
VtlAnswer index_set(Value subject, Value index, Value value, Arena *passing, Fault *fault);

/* What #foreach goes over. False when the value isn't iterable (then it runs zero times). */
typedef struct MethodIterator MethodIterator;
bool iterator_open(Value subject, Arena *passing, MethodIterator **out);
/* 1: an item, 0: the end, -1: throws (ConcurrentModificationException). */
int iterator_next(MethodIterator *iterator, Value *item, Fault *fault);
bool iterator_has_next(const MethodIterator *iterator);

#endif
