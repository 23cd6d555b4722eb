/* Drives a fuzz target without libFuzzer: seeds, mutated at random, the same for the same number. */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUT_LIMIT = 4096 };

typedef struct Input {
  size_t length;
  char data[INPUT_LIMIT];
} Input;

static uint64_t random_state;
static size_t random_below(size_t limit) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return limit > 0 ? (size_t)(random_state % limit) : 0;
}

static const char *any(const char *const *texts) {
  size_t count = 0;
  while (texts[count] != NULL) count++;
  return count > 0 ? texts[random_below(count)] : NULL;
}

static void insert(Input *input, const char *text) {
  size_t length = strlen(text), at = random_below(input->length + 1);
  if (input->length + length > INPUT_LIMIT) return;
  memmove(input->data + at + length, input->data + at, input->length - at);
  memcpy(input->data + at, text, length);
  input->length += length;
}

static void erase(Input *input) {
  size_t at = random_below(input->length), length = random_below(8);
  if (at + length > input->length) return;
  memmove(input->data + at, input->data + at + length, input->length - at - length);
  input->length -= length;
}

static void mutate(Input *input) {
  switch (random_below(6)) {
  case 0:
  case 1: insert(input, any(fuzz_pieces)); break;
  case 2: erase(input); break;
  case 3: insert(input, any(fuzz_seeds)); break;
  case 4: input->length = random_below(4) == 0 ? random_below(input->length + 1) : input->length; break;
  default:
    if (input->length > 0) input->data[random_below(input->length)] = (char)random_below(256);
  }
}

static void add_tail(Input *input) {
  const char *tail = any(fuzz_tails);
  if (tail == NULL || input->length + strlen(tail) + 1 > INPUT_LIMIT) return;
  input->data[input->length++] = '\0';
  memcpy(input->data + input->length, tail, strlen(tail));
  input->length += strlen(tail);
}

int main(int argument_count, char **arguments) {
  long iterations = argument_count > 1 ? atol(arguments[1]) : 20000;
  random_state = argument_count > 2 ? strtoull(arguments[2], NULL, 10) | 1 : 88172645463325252u;
  for (long i = 0; i < iterations; i++) {
    Input input = {0};
    insert(&input, any(fuzz_seeds));
    for (size_t times = random_below(8); times > 0; times--) mutate(&input);
    add_tail(&input);
    LLVMFuzzerTestOneInput((const uint8_t *)input.data, input.length);
  }
  printf("%ld inputs, no crash\n", iterations);
  return 0;
}
