/* Bodies as a person compares them: JSON laid out line by line, then blocks of lines that are the same on
 * both sides or changed, with what changed inside a line marked. */
#include "harness/report/html.h"

enum {
  LINE_SHOWN = 300,
  LINE_LEAD = 80, /* of a cut line, what is shown before its first difference */
  BODY_SHOWN = 4000,
  DIFFERENCE_SHOWN = 12000, /* bytes of HTML */
};

void html_write_text(Buffer *out, Text text, size_t limit) {
  Buffer line = buffer_make(NULL, 0);
  append_cut(&line, text, limit);
  append_xml(out, buffer_text(&line));
  buffer_free(&line);
}

void html_write_body(Text body, Buffer *out) {
  Buffer laid_out = buffer_make(NULL, LAID_OUT_LIMIT), shown = buffer_make(NULL, 0);
  Text text = body_lay_out(body, &laid_out);
  size_t end = text.length < BODY_SHOWN ? text.length : BODY_SHOWN;
  while (end > 0 && end < text.length && ((unsigned char)text.data[end] & 0xC0) == 0x80) end--;
  append_visible(&shown, text_slice(text, 0, end));
  buffer_append_string(out, "<pre tabindex=\"0\">");
  append_xml(out, buffer_text(&shown));
  if (end < text.length) buffer_print(out, "<i>… (%zu bytes)</i>", body.length);
  buffer_append_string(out, "</pre>\n");
  buffer_free(&shown);
  buffer_free(&laid_out);
}

/* ---- blocks of lines ---- */

typedef struct Lines {
  Text *items;
  size_t count, capacity;
} Lines;

static void lines_add(Lines *lines, Text line, Arena *arena) {
  if (lines->count == lines->capacity) {
    size_t capacity = lines->capacity == 0 ? 16 : lines->capacity * 2;
    lines->items = arena_resize(arena, lines->items, lines->capacity * sizeof(Text), capacity * sizeof(Text));
    lines->capacity = capacity;
  }
  lines->items[lines->count++] = line;
}

static bool is_inside(Text text, size_t at) {
  return at < text.length && ((unsigned char)text.data[at] & 0xC0) == 0x80;
}

/* Where two lines begin to differ and, counted from their ends, stop; never inside a character. */
static void find_change(Text left, Text right, size_t *head, size_t *tail) {
  size_t shorter = left.length < right.length ? left.length : right.length;
  size_t from = 0, to = 0;
  while (from < shorter && left.data[from] == right.data[from]) from++;
  while (from > 0 && (is_inside(left, from) || is_inside(right, from))) from--;
  while (to < shorter - from && left.data[left.length - to - 1] == right.data[right.length - to - 1]) to++;
  while (to > 0 && (is_inside(left, left.length - to) || is_inside(right, right.length - to))) to--;
  *head = from;
  *tail = to;
}

/* A line with what changed in it marked, cut to a window around that. */
static void write_line(Buffer *out, char sign, Text line, size_t head, size_t tail) {
  size_t from = 0, to = line.length, change_end = line.length - tail;
  if (line.length > LINE_SHOWN) {
    from = head > LINE_LEAD ? head - LINE_LEAD : 0;
    while (from > 0 && is_inside(line, from)) from--;
    to = from + LINE_SHOWN < line.length ? from + LINE_SHOWN : line.length;
    while (to > from && is_inside(line, to)) to--;
  }
  if (change_end > to) change_end = to;
  if (head > change_end) head = change_end;
  buffer_append_char(out, sign);
  buffer_append_char(out, ' ');
  if (from > 0) buffer_append_string(out, "…");
  append_xml(out, text_slice(line, from, head));
  if (head < change_end) {
    buffer_append_string(out, "<mark>");
    append_xml(out, text_slice(line, head, change_end));
    buffer_append_string(out, "</mark>");
  }
  append_xml(out, text_slice(line, change_end, to));
  if (to < line.length) buffer_print(out, "… <i>(%zu bytes)</i>", line.length);
  buffer_append_char(out, '\n');
}

static void write_side(Buffer *out, char sign, const Lines *lines, const Lines *others) {
  if (lines->count == 0) {
    buffer_append_string(out, "<pre></pre>");
    return;
  }
  bool paired = others != NULL && lines->count == others->count;
  buffer_append_string(out, sign == '-' ? "<pre><del>" : sign == '+' ? "<pre><ins>" : "<pre>");
  for (size_t i = 0; i < lines->count; i++) {
    size_t head = lines->items[i].length, tail = 0;
    if (paired) find_change(lines->items[i], others->items[i], &head, &tail);
    write_line(out, sign, lines->items[i], head, tail);
  }
  buffer_append_string(out, sign == '-' ? "</del></pre>" : sign == '+' ? "</ins></pre>" : "</pre>");
}

typedef struct Block {
  Lines same, removed, added;
} Block;

static void write_block(Buffer *out, Block *block) {
  if (block->same.count > 0) {
    buffer_append_string(out, "<div>");
    write_side(out, ' ', &block->same, NULL);
    buffer_append_string(out, "<div aria-hidden=\"true\">");
    write_side(out, ' ', &block->same, NULL);
    buffer_append_string(out, "</div></div>\n");
  }
  if (block->removed.count + block->added.count > 0) {
    buffer_append_string(out, "<div class=\"changed\">");
    write_side(out, '-', &block->removed, &block->added);
    write_side(out, '+', &block->added, &block->removed);
    buffer_append_string(out, "</div>\n");
  }
  block->same.count = block->removed.count = block->added.count = 0;
}

/* One line of the unified diff. */
static void take_line(Buffer *out, Block *block, Text line, Arena *arena) {
  char sign = line.length > 0 ? line.data[0] : ' ';
  Text content = text_slice(line, 1, line.length);
  bool changing = block->removed.count + block->added.count > 0;
  if (sign == '@') {
    write_block(out, block);
    buffer_append_string(out, "<p class=\"hunk\">");
    append_xml(out, line);
    buffer_append_string(out, "</p>\n");
  } else if (sign == '-') {
    lines_add(&block->removed, content, arena);
  } else if (sign == '+') {
    lines_add(&block->added, content, arena);
  } else if (sign == ' ') {
    if (changing) write_block(out, block);
    lines_add(&block->same, content, arena);
  }
}

void html_write_bodies(Text expected, Text actual, Buffer *out) {
  Buffer script = buffer_make(NULL, 0);
  bodies_diff(expected, actual, &script);
  if (script.length > 0) {
    Arena *arena = arena_new(0);
    Block block = {0};
    size_t start = out->length;
    buffer_append_string(out, "<div class=\"diff\" tabindex=\"0\">"
                              "<div class=\"sides\"><b>expected</b><b>actual</b></div>\n");
    Text rest = buffer_text(&script);
    while (rest.length > 0 && out->length - start < DIFFERENCE_SHOWN) {
      bool full = block.same.count + block.removed.count + block.added.count == 60;
      if (full) write_block(out, &block);
      take_line(out, &block, text_split(rest, '\n', &rest), arena);
    }
    write_block(out, &block);
    if (rest.length > 0) buffer_append_string(out, "<p class=\"hunk\">… more lines differ</p>\n");
    buffer_append_string(out, "</div>\n");
    arena_free(arena);
  }
  buffer_free(&script);
}
