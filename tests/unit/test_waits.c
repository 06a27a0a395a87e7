#include "sampled.h"

#include "report/text/waits.h"

#include <stdio.h>
#include <stdlib.h>

static struct profile *profile;

static int start(void **state)
{
    (void)state;
    profile = sampled_empty();
    profile->sampled.peers = calloc(8, sizeof *profile->sampled.peers);
    assert_non_null(profile->sampled.peers);
    return 0;
}

static int end(void **state)
{
    (void)state;
    profile_destroy(profile);
    return 0;
}

static void wait_for(enum wait_kind kind, uint64_t ms)
{
    profile->sampled.node_wait_ns[CALLTREE_ROOT][kind] += ms * 1000000;
}

static void add_peer(enum wait_kind kind, const char *name, uint64_t ms)
{
    struct peer *p = &profile->sampled.peers[profile->sampled.peer_count++];
    *p = (struct peer){.wait = kind, .ns = ms * 1000000};
    snprintf(p->name, sizeof p->name, "%s", name);
}

static void assert_waits(const char *expected)
{
    struct buf b = {0};
    waits_add(profile, true, &b);
    assert_buf(&b, expected);
}

static void no_time_is_nothing_to_say(void **state)
{
    (void)state;
    assert_waits("");
    const struct profile zeroed = {0};
    struct buf b = {0};
    waits_add(&zeroed, true, &b);
    assert_int_equal(b.len, 0);
}

static void cpu_comes_first_then_the_largest(void **state)
{
    (void)state;
    wait_for(WAITS_LOCK, 300);
    wait_for(WAITS_CPU, 100);
    wait_for(WAITS_SLEEP, 591);
    wait_for(WAITS_DISK, 9);
    assert_waits("10 % CPU, 59 % sleep, 30 % lock");
}

static void each_kind_has_a_name_that_says_what_it_is(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < WAIT_KINDS; kind++)
        wait_for((enum wait_kind)kind,
                 kind == WAITS_CPU ? 100 * (WAIT_KINDS - 1) : 100);
    assert_waits("50 % CPU, 5 % GIL, 5 % sleep, 5 % network read, 5 % network write, "
                 "5 % disk, 5 % lock, 5 % child, 5 % other waits, "
                 "5 % switched out, 5 % event loop, 5 % CPU wait");
    profile->notices = 1u << NOTICE_WAITS_UNKNOWN;
    assert_string_equal(waits_label(profile, WAITS_OTHER), "not on CPU");
}

static void one_peer_needs_no_figure(void **state)
{
    (void)state;
    wait_for(WAITS_NETWORK_READ, 800);
    wait_for(WAITS_NETWORK_WRITE, 200);
    add_peer(WAITS_NETWORK_READ, "127.0.0.1:5432", 799);
    add_peer(WAITS_NETWORK_WRITE, "10.0.0.1:80", 120);
    assert_waits("80 % network read (127.0.0.1:5432), "
                 "20 % network write (10.0.0.1:80 12 %)");
    struct buf b = {0};
    waits_add(profile, false, &b);
    assert_buf(&b, "80 % network read, 20 % network write");
}

static void three_peers_are_named_the_largest_first(void **state)
{
    (void)state;
    wait_for(WAITS_NETWORK_READ, 1000);
    add_peer(WAITS_NETWORK_READ, "c", 200);
    add_peer(WAITS_NETWORK_READ, "a", 400);
    add_peer(WAITS_NETWORK_READ, "d", 200);
    assert_waits("100 % network read (a 40 %, c 20 %, d 20 %)");
    add_peer(WAITS_NETWORK_READ, "e", 150);
    assert_waits("100 % network read (a 40 %, c 20 %, d 20 %, ...)");
    profile->sampled.peer_count = 2;
    add_peer(WAITS_NETWORK_READ, "crumb", 5);
    assert_waits("100 % network read (a 40 %, c 20 %, ...)");
}

/* A name that fills the whole field, without a NUL, and terminal controls. */
static void names_of_peers_are_safe(void **state)
{
    (void)state;
    wait_for(WAITS_NETWORK_READ, 1000);
    add_peer(WAITS_NETWORK_READ, "\x1b[31m", 1000);
    assert_waits("100 % network read ('\\x1b[31m')");
    memset(profile->sampled.peers[0].name, 'x', PEER_NAME_SIZE);
    struct buf b = {0};
    waits_add(profile, true, &b);
    assert_int_equal(b.len, strlen("100 % network read ()") + PEER_NAME_SIZE);
    buf_free(&b);
}

static bool add_all(void)
{
    struct buf b = {0};
    waits_add(profile, true, &b);
    bool failed = b.failed;
    buf_free(&b);
    return failed;
}

static void running_out_of_memory_is_noticed(void **state)
{
    (void)state;
    wait_for(WAITS_NETWORK_READ, 1000);
    add_peer(WAITS_NETWORK_READ, "a\n", 1000);
    oom_sweep(add_all);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_time_is_nothing_to_say),
        TEST(cpu_comes_first_then_the_largest),
        TEST(each_kind_has_a_name_that_says_what_it_is),
        TEST(one_peer_needs_no_figure),
        TEST(three_peers_are_named_the_largest_first),
        TEST(names_of_peers_are_safe),
        TEST(running_out_of_memory_is_noticed),
    };
    return cmocka_run_group_tests_name("waits", tests, NULL, NULL);
}
