#include "harness/replay/template_branches.h"

bool template_condition_find(Text source, size_t at, size_t *from, size_t *to) {
  size_t depth = 0;
  char quote = '\0';
  while (at < source.length && source.data[at] != '(') at++;
  *from = at + 1;
  for (; at < source.length; at++) {
    char byte = source.data[at];
    if (quote != '\0') {
      if (byte == quote) quote = '\0';
    } else if (byte == '"' || byte == '\'') {
      quote = byte;
    } else if (byte == '(') {
      depth++;
    } else if (byte == ')' && --depth == 0) {
      *to = at;
      return true;
    }
  }
  return false;
}

size_t template_branch_find(Text source, size_t from) {
  for (; (from = text_find_char(source, '#', from)) != TEXT_NOT_FOUND; from++) {
    Text rest = text_slice(source, from + 1, source.length);
    size_t word = text_starts(rest, TEXT("if")) ? 2 : text_starts(rest, TEXT("elseif")) ? 6 : 0;
    Text behind = text_trim(text_slice(rest, word, rest.length));
    if (word > 0 && text_starts(behind, TEXT("("))) return from;
  }
  return TEXT_NOT_FOUND;
}
