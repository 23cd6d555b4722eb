/* A fuzz target is one function and its seeds. libFuzzer drives it (clang -fsanitize=fuzzer,address, without
 * mutate.c); mutate.c makes it a program of its own, for machines without libFuzzer and for the test suite:
 *   <target>_fuzz [ITERATIONS [SEED]]
 * Nothing is compared but what the target itself asserts: no crash, no hang, a reason for every failure. */
#ifndef STATUSQUO_TESTS_FUZZ_H
#define STATUSQUO_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* All end in NULL. Pieces are what mutations insert; one of the tails, if there are any, is put behind each
 * input, after a NUL byte. */
extern const char *const fuzz_seeds[];
extern const char *const fuzz_pieces[];
extern const char *const fuzz_tails[];

#endif
