/* The #if and #elseif of a template's text. */
#ifndef STATUSQUO_REPLAY_TEMPLATE_BRANCHES_H
#define STATUSQUO_REPLAY_TEMPLATE_BRANCHES_H

#include "harness/base/text.h"

/* Where the next one begins at or behind `from`; TEXT_NOT_FOUND: there is none. */
size_t template_branch_find(Text source, size_t from);
/* Its condition: from behind the parenthesis to the one that closes it. False: none closes it. */
bool template_condition_find(Text source, size_t at, size_t *from, size_t *to);

#endif
