#include "harness/report/html.h"

void html_write_trend(const ReportOptions *options, const ReplayTotals *totals, Buffer *out) {
  (void)options, (void)totals, (void)out;
}
