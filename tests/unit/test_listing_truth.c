/* Random lists and questions: a client that follows the slices gets what a
 * plain filter and sort of all rows gives; also while lines are added and removed. */

#include "listed.h"

#include <stdlib.h>

#define QUESTIONS 400

/* What a client knows while it follows the answers. */
struct client {
    struct world *world;
    struct question q;
    char *next, *newest, *past; /* owned; past: the token of the last row, or NULL */
    const char *after;          /* NULL: not a poll */
    bool restarted;
    unsigned ids[ROWS_MOST], count;  /* all pages */
    unsigned page[ROWS_MOST], paged; /* the page that is being made */
    char *keys[ROWS_MOST];           /* owned; of the page's rows */
};

/* Asks for one slice. */
static void ask(struct client *c)
{
    static const uint64_t budgets[] = {0, 1, 1, 20000};
    struct buf query = {0};
    question_write(&c->q, &query);
    if (c->next)
        buf_printf(&query, "&cursor=%s", c->next);
    if (c->after)
        buf_printf(&query, "&after=%s", c->after);
    if (c->past)
        buf_printf(&query, "&past=%s", c->past);
    c->world->browsing.budget_ns = budgets[random_below(4)];
    browsing_ask(&c->world->browsing, "%s", buf_cstr(&query));
    buf_free(&query);
    free(c->next);
    free(c->newest);
    c->next = browsing_member(&c->world->browsing, "next");
    c->newest = browsing_member(&c->world->browsing, "newest");
    char *restart = browsing_member(&c->world->browsing, "restart");
    c->restarted = strcmp(restart, "true") == 0;
    free(restart);
}

static unsigned place_in(const unsigned *ids, unsigned count, unsigned id)
{
    unsigned i = 0;
    while (i < count && ids[i] != id)
        i++;
    if (i == count)
        fail_msg("row %u is not asked for", id);
    return i;
}

/* Puts the rows of a slice into the page: at their place in the whole order. */
static void merge(struct client *c)
{
    unsigned whole[ROWS_MOST], wholes = question_answer(c->world, &c->q, 0, whole);
    bool by_time = question_by_time(&c->q);
    char *ids = browsing_column(&c->world->browsing, "id");
    char *keys = browsing_column(&c->world->browsing, "key"), *key = keys;
    for (char *id = ids; *id; id += 17) {
        unsigned number = (unsigned)strtoul(id, NULL, 16), at = c->paged++;
        assert_true(c->paged <= ROWS_MOST);
        unsigned place = by_time ? 0 : place_in(whole, wholes, number);
        for (; !by_time && at && place_in(whole, wholes, c->page[at - 1]) > place;
             at--) {
            c->page[at] = c->page[at - 1];
            c->keys[at] = c->keys[at - 1];
        }
        c->page[at] = number;
        c->keys[at] = by_time ? NULL : strndup(key, strcspn(key, " "));
        key += by_time ? 0 : strcspn(key, " ") + 1;
    }
    free(ids);
    free(keys);
}

/* The page is complete. Returns false if it is the last one. */
static bool turn(struct client *c)
{
    unsigned taken = c->paged < c->q.limit ? c->paged : c->q.limit;
    bool by_time = question_by_time(&c->q);
    for (unsigned i = 0; i < c->paged; i++) {
        if (i < taken)
            c->ids[c->count++] = c->page[i];
        if (i + 1 == taken && !by_time) {
            free(c->past);
            c->past = strdup(c->keys[i]);
        }
        free(c->keys[i]);
    }
    assert_true(!by_time || taken == c->paged);
    c->paged = 0;
    if (by_time)
        return strcmp(c->next, "null") != 0;
    free(c->next);
    c->next = NULL;
    return taken == c->q.limit && !c->after;
}

static void close_client(struct client *c)
{
    for (unsigned i = 0; i < c->paged; i++)
        free(c->keys[i]);
    free(c->next);
    free(c->newest);
    free(c->past);
}

/* Follows the slices of all pages. Between them, `change` may be called. Returns false
 * if an answer said that the list has to be asked for anew. */
static bool follow(struct client *c, void (*change)(struct world *))
{
    bool more = true;
    for (unsigned asked = 0; more; asked++) {
        if (change && asked)
            change(c->world);
        ask(c);
        if (c->restarted)
            return false;
        merge(c);
        if (strcmp(c->next, "null") == 0 || question_by_time(&c->q))
            more = turn(c);
        assert_true(asked < 20 * ROWS_MOST);
    }
    return true;
}

static void check(const struct client *c, const struct world *then, unsigned from)
{
    unsigned ids[ROWS_MOST], count = question_answer(then, &c->q, from, ids);
    bool same = count == c->count && memcmp(ids, c->ids, count * sizeof *ids) == 0;
    struct buf question = {0};
    question_write(&c->q, &question);
    if (!same)
        fail_msg("%s: %u rows, not %u", buf_cstr(&question), c->count, count);
    buf_free(&question);
}

static void pages_and_slices_make_the_whole_list(void **state)
{
    (void)state;
    struct world w;
    world_begin(&w);
    for (int i = 0; i < QUESTIONS; i++) {
        if (i % 10 == 0) {
            world_remove(&w, ROWS_MOST);
            world_add(&w, random_below(ROWS_MOST));
        }
        struct client c = {.world = &w, .q = question_make()};
        assert_true(follow(&c, NULL));
        check(&c, &w, 0);
        close_client(&c);
    }
    browsing_end(&w.browsing);
}

static void change_more(struct world *w)
{
    if (random_below(3) == 0)
        world_add(w, random_below(3));
}

/* A list has the lines that were there when it began, and a poll those that came since.
 * (Oldest first, the list itself gets to the new lines.) */
static void lines_that_are_added_meanwhile_come_with_a_poll(void **state)
{
    (void)state;
    struct world w;
    world_begin(&w);
    for (int i = 0; i < QUESTIONS; i++) {
        world_remove(&w, ROWS_MOST);
        world_add(&w, 1 + random_below(ROWS_MOST / 2));
        struct client c = {.world = &w, .q = question_make()};
        if (!question_by_time(&c.q))
            c.q.limit = ROWS_MOST; /* one page; the next one has a newest of its own */
        struct world then = w;
        assert_true(follow(&c, change_more));
        bool forward = c.q.ascending && question_by_time(&c.q);
        if (!forward)
            check(&c, &then, 0);
        world_add(&w, random_below(4));
        struct client poll = {.world = &w, .q = c.q, .after = c.newest};
        assert_true(follow(&poll, NULL));
        if (question_by_time(&c.q))
            poll.q.ascending = true; /* a poll has the oldest first */
        if (forward) {
            memmove(poll.ids + c.count, poll.ids, poll.count * sizeof *poll.ids);
            memcpy(poll.ids, c.ids, c.count * sizeof *c.ids);
            poll.count += c.count;
        }
        check(&poll, &w, forward ? 0 : then.count);
        close_client(&poll);
        close_client(&c);
    }
    browsing_end(&w.browsing);
}

static void change_all(struct world *w)
{
    change_more(w);
    if (random_below(10) == 0)
        world_remove(w, 1 + random_below(3));
}

/* Once lines are removed, the next answer says so. */
static void a_list_is_asked_for_anew_when_lines_were_removed(void **state)
{
    (void)state;
    struct world w;
    unsigned restarts = 0;
    world_begin(&w);
    for (int i = 0; i < QUESTIONS; i++) {
        world_remove(&w, ROWS_MOST);
        world_add(&w, 1 + random_below(ROWS_MOST / 2));
        struct client c = {.world = &w, .q = question_make()};
        if (!question_by_time(&c.q))
            c.q.limit = ROWS_MOST;
        struct world then = w;
        bool complete = follow(&c, change_all);
        assert_int_equal(complete, w.removals == then.removals);
        restarts += !complete;
        if (complete && !(c.q.ascending && question_by_time(&c.q)))
            check(&c, &then, 0);
        close_client(&c);
    }
    assert_true(restarts > QUESTIONS / 20);
    browsing_end(&w.browsing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_and_slices_make_the_whole_list),
        cmocka_unit_test(lines_that_are_added_meanwhile_come_with_a_poll),
        cmocka_unit_test(a_list_is_asked_for_anew_when_lines_were_removed),
    };
    return cmocka_run_group_tests_name("listing truth", tests, NULL, NULL);
}
