#include "support.h"

#include "system/ownfd.h"

#include <fcntl.h>
#include <unistd.h>

static int open_number(const char *path, int number)
{
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    if (fd == number)
        return fd;
    assert_int_equal(dup2(fd, number), number);
    close(fd);
    return number;
}

static void what_was_taken_is_closed_once(void **state)
{
    (void)state;
    struct ownfd fd = ownfd_take(open("/proc/self/stat", O_RDONLY));
    int number = fd.number;
    assert_true(ownfd_is_there(&fd));
    ownfd_close(&fd);
    assert_int_equal(fd.number, -1);
    assert_int_equal(fcntl(number, F_GETFD), -1);
    open_number("/dev/null", number);
    ownfd_close(&fd); /* closed already */
    assert_int_equal(close(number), 0);
}

static void the_number_of_another_file_is_left_alone(void **state)
{
    (void)state;
    struct ownfd fd = ownfd_take(open("/proc/self/stat", O_RDONLY));
    int number = fd.number;
    close(number);
    assert_false(ownfd_is_there(&fd));
    open_number("/dev/null", number);
    assert_false(ownfd_is_there(&fd));
    ownfd_close(&fd);
    assert_int_equal(fd.number, -1);
    assert_int_equal(close(number), 0);
}

static void none_is_none(void **state)
{
    (void)state;
    struct ownfd fd = ownfd_take(-1);
    assert_false(ownfd_is_there(&fd));
    ownfd_close(&fd);
    assert_int_equal(fd.number, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_taken_is_closed_once),
        cmocka_unit_test(the_number_of_another_file_is_left_alone),
        cmocka_unit_test(none_is_none),
    };
    return cmocka_run_group_tests_name("ownfd", tests, NULL, NULL);
}
