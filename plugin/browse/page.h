/* page.h -- the pages of the shelf: the list, and the page of reports.
 *
 * The page of reports has a block that tells its scripts what they show:
 *     <script type="application/json" id="shelf">{"page":"profile",...}</script> */

#ifndef PROFILER_BROWSE_PAGE_H
#define PROFILER_BROWSE_PAGE_H

#include "body.h"

extern const char page_policy[]; /* Content-Security-Policy of the page of reports */
extern const char list_policy[]; /* of the list */

void page_add_list(struct body *b);

/* A page without data: its scripts fetch them. name: "merge", "compare". */
void page_add_empty(struct body *b, const char *name);

/* The page of a profile. fd is its json report, and is taken over. The page's scripts
 * check that it is JSON. */
void page_add_profile(struct body *b, struct str id, struct str route, int fd,
                      uint64_t size);

#endif
