/* Another process adds profiles and prunes, as workers do, while the list is read. */

#include "browsing.h"

#include "store/indexfile.h"
#include "store/prune.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROFILES 1500
#define KEPT 60

/* Adds profiles with the ids 1, 2, 3 and so on. */
static int add_profiles(const struct browsing *b)
{
    struct prune prune = {.max_files = KEPT};
    struct buf line = {0}, error = {0};
    for (unsigned id = 1; id <= PROFILES; id++) {
        char name[32];
        snprintf(name, sizeof name, "%x.json", id);
        int fd = openat(b->dir, name, O_WRONLY | O_CREAT | O_EXCL, 0600);
        line.len = 0;
        add_line(&line, id, "\"path\":\"/a\"");
        if (fd < 0 || close(fd) != 0 ||
            !indexfile_append(b->dir, 0600, buf_str(&line)) ||
            !prune_directory(&prune, b->dir, b->path, &error))
            return 1;
    }
    buf_free(&line);
    buf_free(&error);
    return 0;
}

/* What a client has got: the ids from oldest to newest, without a gap. */
struct shown {
    unsigned oldest, newest;
    char *next, *token; /* owned; the answer's `next` and `newest` */
};

/* Takes the rows of an answer. Returns false if it says restart. */
static bool take(struct browsing *b, struct shown *s, bool newer)
{
    char *restart = browsing_member(b, "restart"), *ids = browsing_column(b, "id");
    bool ok = strcmp(restart, "true") != 0;
    for (char *at = ids; *at; at += 17) {
        unsigned id = (unsigned)strtoul(at, NULL, 16);
        if (!s->newest)
            s->oldest = s->newest = id;
        else if (newer)
            assert_int_equal(id, ++s->newest);
        else
            assert_int_equal(id, --s->oldest);
    }
    assert_true(ok || !*ids);
    assert_member(b, "unreadable", "0");
    free(restart);
    free(ids);
    free(s->next);
    free(s->token);
    s->next = browsing_member(b, "next");
    s->token = browsing_member(b, "newest");
    return ok;
}

/* Asks, and follows the answers to the last slice. Returns false if one says
 * restart. */
static bool follow(struct browsing *b, struct shown *s, const char *query, bool newer)
{
    browsing_ask(b, "%s", query);
    while (take(b, s, newer)) {
        if (strcmp(s->next, "null") == 0)
            return true;
        browsing_ask(b, "%s&cursor=%s", query, s->next);
    }
    return false;
}

/* Reads the list from the newest row to the oldest, then polls. Returns false once it
 * has to be read anew. */
static bool read_list(struct browsing *b, struct shown *s, unsigned polls)
{
    bool ok = follow(b, s, "limit=7", false);
    while (ok && polls--) {
        char query[64];
        snprintf(query, sizeof query, "after=%s", s->token);
        ok = follow(b, s, query, true);
    }
    return ok;
}

static void rows_come_once_and_in_order(void **state)
{
    (void)state;
    struct browsing b;
    unsigned restarts = 0, whole = 0, newest = 0;
    browsing_begin(&b);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(add_profiles(&b));
    int status = 0;
    for (bool running = true; running;) {
        struct shown s = {0};
        running = waitpid(child, &status, WNOHANG) == 0; /* the last list is complete */
        b.budget_ns = (whole + restarts) % 2 ? 1000 : 0;
        bool ok = read_list(&b, &s, 5);
        restarts += !ok;
        whole += ok;
        assert_true(!ok || s.newest >= newest);
        newest = s.newest ? s.newest : newest;
        if (!running)
            assert_true(ok && s.newest == PROFILES && s.newest - s.oldest < KEPT);
        free(s.next);
        free(s.token);
    }
    assert_int_equal(status, 0);
    assert_true(whole > 0);
    browsing_end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_once_and_in_order),
    };
    return cmocka_run_group_tests_name("listing live", tests, NULL, NULL);
}
