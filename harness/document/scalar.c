/* From a byte of a scalar's text back to the byte of the source that made it. The source is walked again
 * beside the text: escapes, folded lines and indentation are undone as the YAML and JSON readers did them.
 * Done only when somebody asks (an error inside a template), so nothing is stored for it. */
#include "harness/document/node.h"

#include "harness/base/utf8.h"

typedef struct Walk {
  Text source;
  size_t at;  /* in the source */
  size_t end; /* of the scalar in the source */
  Text text;
  size_t made; /* bytes of the text passed */
} Walk;

/* Length of the line break at a place, 0 when there is none. YAML 1.1, which libyaml speaks, breaks lines at
 * U+0085 (read as \n), U+2028 and U+2029 (read as themselves) too. */
static size_t break_length(Text source, size_t at, size_t end) {
  Text rest = text_slice(source, at, end);
  if (rest.length == 0) return 0;
  if (text_starts(rest, TEXT("\r\n")) || text_starts(rest, TEXT("\xC2\x85"))) return 2;
  if (rest.data[0] == '\n' || rest.data[0] == '\r') return 1;
  return text_starts(rest, TEXT("\xE2\x80\xA8")) || text_starts(rest, TEXT("\xE2\x80\xA9")) ? 3 : 0;
}

static bool at_break(const Walk *walk) {
  return break_length(walk->source, walk->at, walk->end) > 0;
}

static bool is_blank(char byte) {
  return byte == ' ' || byte == '\t';
}

/* Steps over one line break; the bytes that it is in a text. */
static size_t skip_break(Walk *walk) {
  size_t length = break_length(walk->source, walk->at, walk->end);
  walk->at += length;
  return length == 3 ? 3 : 1;
}

/* What a run of breaks left in the text of a folded block: a space, or all the breaks that follow here. */
static size_t folded_length(Text text, size_t at) {
  if (at < text.length && text.data[at] == ' ') return 1;
  size_t end = at, length;
  while (end < text.length && text.data[end] != '\r' && (length = break_length(text, end, text.length)) > 0)
    end += length;
  return end - at;
}

/* Past breaks and the indentation of the line that follows, in plain and quoted scalars. One break is a
 * space, of more the first is dropped; an escaped one leaves nothing. True when the wanted byte was one of
 * those left. */
static bool fold(Walk *walk, size_t wanted, bool escaped) {
  size_t before = walk->at, breaks = 0, left = 0;
  while (walk->at < walk->end && (at_break(walk) || is_blank(walk->source.data[walk->at]))) {
    if (!at_break(walk)) {
      walk->at++;
      continue;
    }
    size_t length = skip_break(walk);
    bool dropped = breaks++ == 0 && (escaped || length == 1);
    if (!dropped) left += length;
  }
  if (left == 0 && !escaped) left = 1;
  if (left > walk->text.length - walk->made) left = walk->text.length - walk->made;
  if (wanted < walk->made + left) {
    walk->at = before;
    return true;
  }
  walk->made += left;
  return false;
}

/* Are there only blanks before the next break? Those don't belong to the text. */
static bool only_blanks_before_break(const Walk *walk) {
  size_t at = walk->at;
  while (at < walk->end && is_blank(walk->source.data[at])) at++;
  return break_length(walk->source, at, walk->end) > 0;
}

/* One escape: its bytes in the source and in the text. A \u of JSON that made four bytes was a surrogate
 * pair. */
static void escape_lengths(const Walk *walk, size_t *source_length, size_t *text_length) {
  char letter = walk->at + 1 < walk->end ? walk->source.data[walk->at + 1] : '\\';
  size_t digits = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
  size_t after = walk->made;
  if (after < walk->text.length) utf8_next(walk->text, &after);
  *text_length = after - walk->made;
  *source_length = 2 + digits;
  bool pair = letter == 'u' && *text_length == 4;
  if (pair) *source_length += 6;
}

static size_t walk_quoted_or_plain(Walk *walk, size_t wanted, char quote, bool folds) {
  while (walk->at < walk->end && walk->made <= wanted) {
    char byte = walk->source.data[walk->at];
    if (quote == '"' && byte == '\\') {
      bool escaped_break = break_length(walk->source, walk->at + 1, walk->end) > 0;
      if (escaped_break) {
        walk->at++;
        if (fold(walk, wanted, true)) return walk->at;
        continue;
      }
      size_t source_length, text_length;
      escape_lengths(walk, &source_length, &text_length);
      if (wanted < walk->made + text_length) return walk->at;
      walk->at += source_length;
      walk->made += text_length;
    } else if (folds && (at_break(walk) || (is_blank(byte) && only_blanks_before_break(walk)))) {
      if (fold(walk, wanted, false)) return walk->at;
    } else {
      if (walk->made == wanted) return walk->at;
      walk->at += byte == quote && quote == '\'' ? 2 : 1;
      walk->made++;
    }
  }
  return walk->at < walk->end ? walk->at : walk->end;
}

static size_t leading_spaces(Text text, size_t at, size_t end) {
  size_t start = at;
  while (at < end && text.data[at] == ' ') at++;
  return at - start;
}

/* The indentation of a block: what the first line that isn't empty in the text has more in the source. */
static size_t block_indent(const Walk *walk) {
  size_t at = walk->at, made = 0;
  while (at < walk->end && made < walk->text.length) {
    size_t spaces = leading_spaces(walk->source, at, walk->end);
    size_t empty = break_length(walk->text, made, walk->text.length);
    if (empty == 0) {
      size_t kept = leading_spaces(walk->text, made, walk->text.length);
      return spaces > kept ? spaces - kept : 0;
    }
    made += empty;
    at += spaces + break_length(walk->source, at + spaces, walk->end);
  }
  return 0;
}

/* An empty line of a folded block; what it left in the text is counted already. */
static bool skip_empty_line(Walk *walk, size_t indent) {
  size_t spaces = leading_spaces(walk->source, walk->at, walk->end);
  bool empty = spaces <= indent && break_length(walk->source, walk->at + spaces, walk->end) > 0;
  if (!empty) return false;
  walk->at += spaces;
  skip_break(walk);
  return true;
}

/* | and >: a header line, then lines with the indentation taken off. */
static size_t walk_block(Walk *walk, size_t wanted, bool folded) {
  while (walk->at < walk->end && !at_break(walk)) walk->at++;
  if (walk->at < walk->end) skip_break(walk);
  size_t indent = block_indent(walk);
  while (walk->at < walk->end) {
    size_t spaces = leading_spaces(walk->source, walk->at, walk->end);
    walk->at += spaces < indent ? spaces : indent;
    while (walk->at < walk->end && !at_break(walk)) {
      if (walk->made >= wanted) return walk->at;
      walk->at++;
      walk->made++;
    }
    size_t before = walk->at, left = walk->at < walk->end ? skip_break(walk) : 1;
    if (folded) left = folded_length(walk->text, walk->made);
    if (wanted < walk->made + left) return before;
    walk->made += left;
    while (folded && skip_empty_line(walk, indent)) continue;
  }
  return walk->at;
}

enum { MARK_STEP = 512 };

/* Only JSON's strings: nothing else holds documents. */
void scalar_mark(const Node *node, Arena *arena, ScalarMark **marks, size_t *count) {
  *marks = NULL;
  *count = 0;
  if (node->style != STYLE_JSON) return;
  Walk walk = {.source = node->document->source, .at = node->offset + 1, .end = node->end};
  walk.text = document_text(node->document, &node->json);
  if (walk.end > walk.at) walk.end--;
  *count = walk.text.length / MARK_STEP + 1;
  *marks = arena_alloc(arena, *count * sizeof(ScalarMark));
  for (size_t i = 0; i < *count; i++) {
    walk_quoted_or_plain(&walk, i * MARK_STEP, '"', false);
    (*marks)[i] = (ScalarMark){(uint32_t)walk.at, (uint32_t)walk.made};
  }
}

size_t scalar_marked_offset(const Node *node, const ScalarMark *marks, size_t count, size_t offset) {
  if (count == 0) return node->offset;
  size_t mark = offset / MARK_STEP < count ? offset / MARK_STEP : count - 1;
  Walk walk = {.source = node->document->source, .end = node->end - 1};
  walk.text = document_text(node->document, &node->json);
  walk.at = marks[mark].at;
  walk.made = marks[mark].made;
  return walk_quoted_or_plain(&walk, offset < walk.text.length ? offset : walk.text.length, '"', false);
}

size_t scalar_source_offset(const Node *node, size_t offset) {
  Walk walk = {.source = node->document->source, .at = node->offset, .end = node->end};
  walk.text = document_text(node->document, &node->json);
  if (node->style == STYLE_COLLECTION) return node->offset;
  if (offset > walk.text.length) offset = walk.text.length;
  bool quoted =
      node->style == STYLE_SINGLE_QUOTED || node->style == STYLE_DOUBLE_QUOTED || node->style == STYLE_JSON;
  if (quoted) {
    walk.at++;
    if (walk.end > walk.at) walk.end--;
  }
  switch ((NodeStyle)node->style) {
  case STYLE_LITERAL: return walk_block(&walk, offset, false);
  case STYLE_FOLDED: return walk_block(&walk, offset, true);
  case STYLE_SINGLE_QUOTED: return walk_quoted_or_plain(&walk, offset, '\'', true);
  case STYLE_DOUBLE_QUOTED: return walk_quoted_or_plain(&walk, offset, '"', true);
  case STYLE_JSON: return walk_quoted_or_plain(&walk, offset, '"', false);
  default: return walk_quoted_or_plain(&walk, offset, '\0', true);
  }
}
