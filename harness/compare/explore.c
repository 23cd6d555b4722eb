#include "harness/compare/parts.h"
void explore_compare(Comparison *comparison) {
  (void)comparison;
}
