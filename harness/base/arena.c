#include "harness/base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 16 * 1024, LARGEST_STEP = 4 * 1024 * 1024 };

typedef struct Block {
  struct Block *previous;
  size_t size;
  size_t used;
  alignas(max_align_t) char bytes[];
} Block;

typedef struct Release {
  struct Release *previous;
  void (*release)(void *subject);
  void *subject;
} Release;

struct Arena {
  Block *block;
  Release *releases;
  size_t used;
  size_t next_size;
};

static void abort_when_exhausted(size_t wanted) {
  (void)wanted;
  abort();
}

static void (*exhausted)(size_t wanted) = abort_when_exhausted;

void memory_on_exhausted(void (*handler)(size_t wanted)) {
  exhausted = handler;
}

void *memory_alloc(size_t size) {
  return memory_resize(NULL, size);
}

void *memory_resize(void *block, size_t size) {
  void *fresh = realloc(block, size == 0 ? 1 : size);
  if (fresh == NULL) {
    exhausted(size);
    abort();
  }
  return fresh;
}

static Block *block_new(Block *previous, size_t size) {
  Block *block = memory_alloc(sizeof(Block) + size);
  block->previous = previous;
  block->size = size;
  block->used = 0;
  return block;
}

Arena *arena_new(size_t block_size) {
  Arena *arena = memory_alloc(sizeof *arena);
  size_t size = block_size == 0 ? FIRST_BLOCK : block_size;
  *arena = (Arena){.block = block_new(NULL, size), .next_size = size * 2};
  return arena;
}

static void run_releases(Arena *arena) {
  while (arena->releases != NULL) {
    Release *release = arena->releases;
    arena->releases = release->previous;
    release->release(release->subject);
  }
}

void arena_reset(Arena *arena) {
  run_releases(arena);
  while (arena->block->previous != NULL) {
    Block *last = arena->block;
    arena->block = last->previous;
    free(last);
  }
  arena->block->used = 0;
  arena->used = 0;
  arena->next_size = arena->block->size * 2;
}

void arena_free(Arena *arena) {
  if (arena == NULL) return;
  arena_reset(arena);
  free(arena->block);
  free(arena);
}

size_t arena_used(const Arena *arena) {
  return arena->used;
}

static size_t aligned(size_t size) {
  assert(size <= SIZE_MAX - alignof(max_align_t));
  return (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
}

void *arena_alloc(Arena *arena, size_t size) {
  size_t room = aligned(size == 0 ? 1 : size);
  Block *block = arena->block;
  if (block->size - block->used < room) {
    size_t step = arena->next_size > room ? arena->next_size : room;
    if (arena->next_size < LARGEST_STEP) arena->next_size *= 2;
    block = arena->block = block_new(block, step);
  }
  void *result = block->bytes + block->used;
  block->used += room;
  arena->used += room;
  return result;
}

void *arena_alloc_zero(Arena *arena, size_t count, size_t size) {
  assert(size == 0 || count <= SIZE_MAX / size);
  void *result = arena_alloc(arena, count * size);
  memset(result, 0, count * size);
  return result;
}

void *arena_resize(Arena *arena, void *old, size_t old_size, size_t new_size) {
  if (old == NULL) return arena_alloc(arena, new_size);
  if (new_size <= old_size) return old;
  Block *block = arena->block;
  size_t old_room = aligned(old_size == 0 ? 1 : old_size);
  size_t new_room = aligned(new_size);
  bool last = (char *)old + old_room == block->bytes + block->used;
  if (last && block->size - block->used >= new_room - old_room) {
    block->used += new_room - old_room;
    arena->used += new_room - old_room;
    return old;
  }
  void *fresh = arena_alloc(arena, new_size);
  memcpy(fresh, old, old_size);
  return fresh;
}

void *arena_grow_list(Arena *arena, void *items, size_t count, size_t size) {
  if ((count & (count - 1)) == 0) {
    size_t capacity = count == 0 ? 1 : count * 2;
    items = arena_resize(arena, items, count * size, capacity * size);
  }
  memset((char *)items + count * size, 0, size);
  return items;
}

char *arena_copy_string(Arena *arena, Text text) {
  char *copy = arena_alloc(arena, text.length + 1);
  if (text.length > 0) memcpy(copy, text.data, text.length);
  copy[text.length] = '\0';
  return copy;
}

Text arena_copy_text(Arena *arena, Text text) {
  return (Text){arena_copy_string(arena, text), text.length};
}

Text arena_print_list(Arena *arena, const char *format, va_list arguments) {
  va_list again;
  va_copy(again, arguments);
  int length = vsnprintf(NULL, 0, format, again);
  va_end(again);
  assert(length >= 0);
  char *text = arena_alloc(arena, (size_t)length + 1);
  vsnprintf(text, (size_t)length + 1, format, arguments);
  return (Text){text, (size_t)length};
}

Text arena_print(Arena *arena, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  Text text = arena_print_list(arena, format, arguments);
  va_end(arguments);
  return text;
}

void arena_on_release(Arena *arena, void (*release)(void *subject), void *subject) {
  Release *entry = ARENA_NEW(arena, Release);
  *entry = (Release){arena->releases, release, subject};
  arena->releases = entry;
}
