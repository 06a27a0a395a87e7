/* listed.h -- the rows of an index, and what a plain filter and sort makes of them: the
 * reference for the answers of index.json. */

#ifndef TEST_LISTED_H
#define TEST_LISTED_H

#include "browsing.h"

#define ROWS_MOST 60

/* A row of the index; negative numbers and text 0 are not in the line. */
struct model {
    unsigned id;
    int time, status, elapsed_ms, worker, bytes, notices;
    unsigned method, path, mode, route;
};

struct world {
    struct browsing browsing;
    struct model rows[ROWS_MOST];
    unsigned count, next_id, removals;
};

struct question {
    const char *sort, *method, *mode, *route, *q;
    int status, min, since, until; /* negative: not asked for */
    bool any_notice, ascending;
    unsigned limit;
};

unsigned random_below(unsigned limit);

/* An empty index. */
void world_begin(struct world *w);

/* Appends random rows, as far as there is room. */
void world_add(struct world *w, unsigned count);

/* As pruning does: the oldest lines go, and the file is another one. */
void world_remove(struct world *w, unsigned count);

struct question question_make(void);

/* Appends it as a query string. */
void question_write(const struct question *q, struct buf *out);

static inline bool question_by_time(const struct question *q)
{
    return strcmp(q->sort, "time") == 0;
}

/* Writes the ids of the rows from number `from` on that the question asks for, in
 * order. Returns how many. */
unsigned question_answer(const struct world *w, const struct question *q, unsigned from,
                         unsigned *ids);

#endif
