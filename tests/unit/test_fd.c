#include "support.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define BYTES (1 << 20) /* more than a pipe holds */
#define SIGNALS 200

static char sent[BYTES];

static void fill(void)
{
    for (size_t i = 0; i < sizeof sent; i++)
        sent[i] = (char)(i * 31 % 251);
}

static void *write_slowly(void *fd)
{
    for (size_t at = 0; at < sizeof sent; at += 1000) {
        size_t left = sizeof sent - at;
        if (write(*(int *)fd, sent + at, left < 1000 ? left : 1000) < 0)
            return NULL;
    }
    close(*(int *)fd);
    return fd;
}

static void a_read_goes_on_to_the_end(void **state)
{
    (void)state;
    int ends[2];
    pthread_t writer;
    void *done;
    fill();
    char *got = test_malloc(BYTES + 1);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(pthread_create(&writer, NULL, write_slowly, &ends[1]), 0);
    assert_int_equal(fd_read_all(ends[0], got, 10), 10);
    assert_int_equal(fd_read_all(ends[0], got + 10, BYTES + 1 - 10), BYTES - 10);
    assert_int_equal(pthread_join(writer, &done), 0);
    assert_non_null(done);
    assert_memory_equal(got, sent, BYTES);
    assert_int_equal(fd_read_all(ends[0], got, 1), 0);
    close(ends[0]);
    test_free(got);
}

static void *read_slowly(void *fd)
{
    char *got = malloc(BYTES);
    size_t len = 0;
    ssize_t count = 1;
    while (got && len < BYTES && count > 0) {
        count = read(*(int *)fd, got + len, BYTES - len < 3000 ? BYTES - len : 3000);
        len += count > 0 ? (size_t)count : 0;
    }
    bool same = got && len == BYTES && memcmp(got, sent, BYTES) == 0;
    free(got);
    return same ? fd : NULL;
}

static void on_signal(int number)
{
    (void)number;
}

static void *send_signals(void *thread)
{
    for (int i = 0; i < SIGNALS; i++) {
        pthread_kill(*(pthread_t *)thread, SIGUSR1);
        usleep(100);
    }
    return NULL;
}

/* flags: O_NONBLOCK, where a full pipe is EAGAIN; 0, where a signal ends the write. */
static void write_through(int flags)
{
    int ends[2];
    pthread_t self = pthread_self(), reader, sender;
    void *same;
    struct sigaction action = {.sa_handler = on_signal}, before; /* no SA_RESTART */
    fill();
    assert_int_equal(sigaction(SIGUSR1, &action, &before), 0);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fcntl(ends[1], F_SETFL, flags), 0);
    assert_int_equal(pthread_create(&sender, NULL, send_signals, &self), 0);
    assert_int_equal(pthread_create(&reader, NULL, read_slowly, &ends[0]), 0);
    assert_true(fd_write_all(ends[1], (struct str){sent, sizeof sent}));
    assert_int_equal(pthread_join(reader, &same), 0);
    assert_int_equal(pthread_join(sender, NULL), 0);
    assert_int_equal(sigaction(SIGUSR1, &before, NULL), 0);
    assert_non_null(same);
    close(ends[0]);
    close(ends[1]);
}

static void a_write_waits_for_a_full_pipe(void **state)
{
    (void)state;
    write_through(O_NONBLOCK);
}

static void a_write_goes_on_after_a_signal(void **state)
{
    (void)state;
    write_through(0);
}

static void a_failure_has_its_reason(void **state)
{
    (void)state;
    char byte;
    int full = open("/dev/full", O_RDWR | O_CLOEXEC);
    assert_true(full >= 0);
    assert_false(fd_write_all(full, STR("x")));
    assert_int_equal(errno, ENOSPC);
    assert_true(fd_write_all(full, (struct str){NULL, 0}));
    close(full);
    assert_int_equal(fd_read_all(full, &byte, 1), -1);
    assert_int_equal(errno, EBADF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_read_goes_on_to_the_end),
        cmocka_unit_test(a_write_waits_for_a_full_pipe),
        cmocka_unit_test(a_write_goes_on_after_a_signal),
        cmocka_unit_test(a_failure_has_its_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
