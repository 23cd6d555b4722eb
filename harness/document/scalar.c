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

static bool is_break(char byte) {
  return byte == '\n' || byte == '\r';
}

static bool is_blank(char byte) {
  return byte == ' ' || byte == '\t';
}

/* Steps over one line break in the source. */
static void skip_break(Walk *walk) {
  bool pair = walk->source.data[walk->at] == '\r' && walk->at + 1 < walk->end &&
              walk->source.data[walk->at + 1] == '\n';
  walk->at += pair ? 2 : 1;
}

/* What a run of breaks left in the text of a folded block: a space, or all the newlines that follow here. */
static size_t folded_length(Text text, size_t at) {
  if (at < text.length && text.data[at] == ' ') return 1;
  size_t end = at;
  while (end < text.length && text.data[end] == '\n') end++;
  return end - at;
}

/* Past breaks and the indentation of the line that follows, in plain and quoted scalars. True when the wanted
 * byte was one of those that the breaks left. */
static bool fold(Walk *walk, size_t wanted, bool escaped) {
  size_t before = walk->at;
  size_t breaks = 0;
  while (walk->at < walk->end &&
         (is_break(walk->source.data[walk->at]) || is_blank(walk->source.data[walk->at]))) {
    if (is_break(walk->source.data[walk->at])) {
      breaks++;
      skip_break(walk);
    } else {
      walk->at++;
    }
  }
  size_t left = escaped ? breaks - 1 : breaks == 1 ? 1 : breaks - 1;
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
  return at < walk->end && is_break(walk->source.data[at]);
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

static size_t walk_quoted_or_plain(Walk *walk, size_t wanted, char quote) {
  while (walk->at < walk->end && walk->made <= wanted) {
    char byte = walk->source.data[walk->at];
    if (quote == '"' && byte == '\\') {
      bool escaped_break = walk->at + 1 < walk->end && is_break(walk->source.data[walk->at + 1]);
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
    } else if (is_break(byte) || (is_blank(byte) && only_blanks_before_break(walk))) {
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

/* The indentation of a block: what the first line with content has more than its text has. */
static size_t block_indent(const Walk *walk) {
  size_t at = walk->at, made = 0;
  while (at < walk->end) {
    size_t spaces = leading_spaces(walk->source, at, walk->end);
    bool content = at + spaces < walk->end && !is_break(walk->source.data[at + spaces]);
    if (content) {
      while (made < walk->text.length && walk->text.data[made] == '\n') made++;
      size_t kept = leading_spaces(walk->text, made, walk->text.length);
      return spaces > kept ? spaces - kept : 0;
    }
    at += spaces;
    if (at < walk->end) at++;
  }
  return 0;
}

/* An empty line of a folded block; what it left in the text is counted already. */
static bool skip_empty_line(Walk *walk, size_t indent) {
  size_t spaces = leading_spaces(walk->source, walk->at, walk->end);
  bool empty =
      spaces <= indent && walk->at + spaces < walk->end && is_break(walk->source.data[walk->at + spaces]);
  if (!empty) return false;
  walk->at += spaces;
  skip_break(walk);
  return true;
}

/* | and >: a header line, then lines with the indentation taken off. */
static size_t walk_block(Walk *walk, size_t wanted, bool folded) {
  while (walk->at < walk->end && !is_break(walk->source.data[walk->at])) walk->at++;
  if (walk->at < walk->end) skip_break(walk);
  size_t indent = block_indent(walk);
  while (walk->at < walk->end) {
    size_t spaces = leading_spaces(walk->source, walk->at, walk->end);
    walk->at += spaces < indent ? spaces : indent;
    while (walk->at < walk->end && !is_break(walk->source.data[walk->at])) {
      if (walk->made >= wanted) return walk->at;
      walk->at++;
      walk->made++;
    }
    size_t at_break = walk->at;
    size_t left = folded ? folded_length(walk->text, walk->made) : 1;
    if (wanted < walk->made + left) return at_break;
    walk->made += left;
    if (walk->at < walk->end) skip_break(walk);
    while (folded && skip_empty_line(walk, indent)) continue;
  }
  return walk->at;
}

size_t scalar_source_offset(const Node *node, size_t offset) {
  Walk walk = {.source = node->document->source, .at = node->offset, .end = node->end};
  walk.text = document_text(node->document, &node->json);
  if (node->style == STYLE_COLLECTION) return node->offset;
  if (offset > walk.text.length) offset = walk.text.length;
  switch ((NodeStyle)node->style) {
  case STYLE_SINGLE_QUOTED:
  case STYLE_DOUBLE_QUOTED:
    walk.at++;
    if (walk.end > walk.at) walk.end--;
    return walk_quoted_or_plain(&walk, offset, node->style == STYLE_DOUBLE_QUOTED ? '"' : '\'');
  case STYLE_LITERAL: return walk_block(&walk, offset, false);
  case STYLE_FOLDED: return walk_block(&walk, offset, true);
  default: return walk_quoted_or_plain(&walk, offset, '\0');
  }
}
