/* Line by line: the shortest edit script after Myers ("An O(ND) difference algorithm"), bounded, and printed
 * as a unified diff. */
#include "harness/diff/diff.h"

#include "harness/base/utf8.h"

#include <string.h>

/* ---- what a terminal may see ---- */

static bool is_dangerous(uint32_t character) {
  return utf8_is_hidden(character) || (character >= 0xD800 && character < 0xE000);
}

static void append_shown(Buffer *out, Text text, bool one_line) {
  for (size_t at = 0; at < text.length;) {
    unsigned char byte = (unsigned char)text.data[at];
    if (byte < 0x80) {
      at++;
      bool control = (byte < 0x20 && (byte != '\n' || one_line) && byte != '\t') || byte == 0x7F;
      if (control)
        utf8_append(out, byte == 0x7F ? 0x2421 : 0x2400u + byte); /* ␡, ␀ to ␟ */
      else
        buffer_append_char(out, (char)byte);
      continue;
    }
    size_t start = at;
    uint32_t character = utf8_next(text, &at);
    Text bytes = text_slice(text, start, at);
    if (is_dangerous(character))
      buffer_print(out, "\\u%04x", character);
    else if (character == UTF8_REPLACEMENT && !utf8_is_valid(bytes))
      for (size_t i = 0; i < bytes.length; i++) buffer_print(out, "\\x%02x", (unsigned char)bytes.data[i]);
    else
      buffer_append(out, bytes);
  }
}

void append_visible(Buffer *out, Text text) {
  append_shown(out, text, false);
}

void append_visible_line(Buffer *out, Text text) {
  append_shown(out, text, true);
}

/* ---- the edit script ---- */

typedef struct Line {
  Text text; /* with its newline */
  uint64_t hash;
  bool edited; /* removed, or added */
} Line;

typedef struct Lines {
  Line *items;
  size_t count;
} Lines;

static Lines split(Text text, Arena *arena) {
  size_t count = 0;
  for (size_t i = 0; i < text.length; i++) count += text.data[i] == '\n' ? 1 : 0;
  if (text.length > 0 && text.data[text.length - 1] != '\n') count++;
  Lines lines = {ARENA_ARRAY(arena, Line, count), count};
  size_t start = 0;
  for (size_t i = 0; i < count; i++) {
    size_t end = text_find_char(text, '\n', start);
    Text line = text_slice(text, start, end == TEXT_NOT_FOUND ? text.length : end + 1);
    lines.items[i] = (Line){.text = line, .hash = text_hash(line)};
    start += line.length;
  }
  return lines;
}

static bool same_line(const Line *left, const Line *right) {
  return left->hash == right->hash && text_equal(left->text, right->text);
}

/* Walks back from the end through the furthest-reaching points of each round and marks what was edited.
 * `rounds[d]` holds d + d + 1 points, that of diagonal k at [k + d]. */
static void mark(Lines left, Lines right, int *const *rounds, int distance) {
  int x = (int)left.count, y = (int)right.count;
  for (int d = distance; d > 0; d--) {
    const int *points = rounds[d - 1];
    int k = x - y;
    int from_above = k + 1 <= d - 1 ? points[k + 1 + d - 1] : -1;
    int from_left = k - 1 >= -(d - 1) ? points[k - 1 + d - 1] : -1;
    bool down = k == -d || (k != d && from_left < from_above);
    int previous_x = down ? from_above : from_left;
    int previous_y = previous_x - (down ? k + 1 : k - 1);
    if (down)
      right.items[previous_y].edited = true;
    else
      left.items[previous_x].edited = true;
    x = previous_x;
    y = previous_y;
  }
}

/* False: more than `limit` edits. */
static bool shortest_edits(Lines left, Lines right, int limit, Arena *arena) {
  int width = (int)left.count, height = (int)right.count;
  int **rounds = ARENA_ARRAY(arena, int *, (size_t)limit + 1);
  for (int d = 0; d <= limit; d++) {
    rounds[d] = ARENA_ARRAY(arena, int, (size_t)(2 * d + 1));
    for (int k = -d; k <= d; k += 2) {
      int x = 0;
      if (d > 0) {
        const int *points = rounds[d - 1];
        int from_above = k + 1 <= d - 1 ? points[k + 1 + d - 1] : -1;
        int from_left = k - 1 >= -(d - 1) ? points[k - 1 + d - 1] : -1;
        x = k == -d || (k != d && from_left < from_above) ? from_above : from_left + 1;
      }
      int y = x - k;
      while (x >= 0 && y >= 0 && x < width && y < height && same_line(&left.items[x], &right.items[y]))
        x++, y++;
      rounds[d][k + d] = x;
      if (x < width || y < height) continue;
      mark(left, right, rounds, d);
      return true;
    }
  }
  return false;
}

static void find_edits(Lines left, Lines right, Arena *arena) {
  enum { EDIT_LIMIT = 400 };
  size_t head = 0, tail = 0;
  while (head < left.count && head < right.count && same_line(&left.items[head], &right.items[head])) head++;
  while (tail < left.count - head && tail < right.count - head &&
         same_line(&left.items[left.count - tail - 1], &right.items[right.count - tail - 1]))
    tail++;
  Lines wanted = {left.items + head, left.count - head - tail};
  Lines found = {right.items + head, right.count - head - tail};
  bool countable = wanted.count < INT32_MAX / 2 && found.count < INT32_MAX / 2;
  if (countable && shortest_edits(wanted, found, EDIT_LIMIT, arena)) return;
  for (size_t i = 0; i < wanted.count; i++) wanted.items[i].edited = true;
  for (size_t i = 0; i < found.count; i++) found.items[i].edited = true;
}

/* ---- printing ---- */

static void print_line(char mark_byte, Text line, Buffer *out) {
  bool ended = line.length > 0 && line.data[line.length - 1] == '\n';
  buffer_append_char(out, mark_byte);
  append_visible(out, ended ? text_slice(line, 0, line.length - 1) : line);
  buffer_append_char(out, '\n');
  if (!ended) buffer_append_string(out, "\\ no newline at the end\n");
}

enum { CONTEXT = 3 };

/* From (x, y), where an edit is: how far the hunk reaches until more than two contexts of equal lines. */
static void hunk_end(Lines left, Lines right, size_t *x, size_t *y) {
  size_t equal = 0;
  while (*x < left.count || *y < right.count) {
    if (*x < left.count && left.items[*x].edited) {
      (*x)++, equal = 0;
    } else if (*y < right.count && right.items[*y].edited) {
      (*y)++, equal = 0;
    } else {
      if (equal == 2 * CONTEXT) break;
      (*x)++, (*y)++, equal++;
    }
  }
  size_t surplus = equal > CONTEXT ? equal - CONTEXT : 0;
  *x -= surplus;
  *y -= surplus;
}

static void print_hunk(Lines left, Lines right, size_t x, size_t y, size_t end_x, size_t end_y, Buffer *out) {
  buffer_print(out, "@@ -%zu,%zu +%zu,%zu @@\n", end_x > x ? x + 1 : x, end_x - x, end_y > y ? y + 1 : y,
               end_y - y);
  while (x < end_x || y < end_y) {
    if (x < end_x && left.items[x].edited) {
      print_line('-', left.items[x++].text, out);
    } else if (y < end_y && right.items[y].edited) {
      print_line('+', right.items[y++].text, out);
    } else {
      print_line(' ', left.items[x++].text, out);
      y++;
    }
  }
}

void diff_lines(Text expected, Text actual, Buffer *out) {
  if (text_equal(expected, actual)) return;
  Arena *arena = arena_new(0);
  Lines left = split(expected, arena), right = split(actual, arena);
  find_edits(left, right, arena);
  for (size_t x = 0, y = 0; x < left.count || y < right.count;) {
    bool edited = (x < left.count && left.items[x].edited) || (y < right.count && right.items[y].edited);
    if (!edited) {
      x++, y++;
      continue;
    }
    size_t before = x < y ? x : y;
    if (before > CONTEXT) before = CONTEXT;
    size_t end_x = x, end_y = y;
    hunk_end(left, right, &end_x, &end_y);
    print_hunk(left, right, x - before, y - before, end_x, end_y, out);
    x = end_x, y = end_y;
  }
  arena_free(arena);
}
