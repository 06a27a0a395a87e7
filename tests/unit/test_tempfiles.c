#include "support.h"

#include "store/indexfile.h"
#include "store/tempfiles.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char dir[64];

static int make_dir(void **state)
{
    (void)state;
    strcpy(dir, "/tmp/profiler-leftovers.XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
    (void)state;
    return rmdir(dir);
}

static const char *in_dir(const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static void age(const char *name, time_t seconds)
{
    const struct timespec times[2] = {{.tv_sec = time(NULL) - seconds},
                                      {.tv_sec = time(NULL) - seconds}};
    assert_int_equal(utimensat(AT_FDCWD, in_dir(name), times, AT_SYMLINK_NOFOLLOW), 0);
}

static void make(const char *name, time_t seconds)
{
    int fd = open(in_dir(name), O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    close(fd);
    age(name, seconds);
}

/* Also removes it. */
static bool is_there(const char *name)
{
    return unlink(in_dir(name)) == 0;
}

/* Makes the temporary name of a process that has ended. */
static void name_of_dead(char name[TEMP_NAME_SIZE])
{
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    snprintf(name, TEMP_NAME_SIZE, ".00c0ffee00c0ffee.%d.0.tmp", (int)child);
}

static void what_a_dead_process_left_is_removed_after_a_minute(void **state)
{
    (void)state;
    char name[TEMP_NAME_SIZE];
    name_of_dead(name);
    make(name, 50);
    tempfiles_remove(dir);
    assert_true(is_there(name));
    make(name, 70);
    tempfiles_remove(dir);
    assert_false(is_there(name));
}

static void what_a_living_process_writes_stays_for_an_hour(void **state)
{
    (void)state;
    char name[TEMP_NAME_SIZE];
    tempfiles_name(name, "00c0ffee00c0ffee", UINT32_MAX);
    make(name, 3000);
    tempfiles_remove(dir);
    assert_true(is_there(name));
    make(name, 3700);
    tempfiles_remove(dir);
    assert_false(is_there(name));
}

static void link_as(const char *name, const char *other)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", dir, other);
    assert_int_equal(link(in_dir(name), path), 0);
}

static void add_to_index(const char *line)
{
    int place = open(dir, O_PATH | O_DIRECTORY);
    assert_true(indexfile_append(place, 0600, str_from(line)));
    close(place);
}

/* A worker was killed between giving a file its name and adding its line. */
static void a_file_that_was_not_indexed_goes_with_its_temporary_name(void **state)
{
    (void)state;
    char name[TEMP_NAME_SIZE];
    name_of_dead(name);
    make(name, 70);
    link_as(name, "lost.prof");
    link_as(name, "kept.prof");
    link_as(name, "notes");
    add_to_index("{\"files\":[\"kept.prof\"]}\n");
    make("other.prof", 70);
    tempfiles_remove(dir);
    assert_false(is_there(name));
    assert_false(is_there("lost.prof"));
    assert_true(is_there("kept.prof"));
    assert_true(is_there("notes"));
    assert_true(is_there("other.prof"));
    assert_true(is_there("index.jsonl"));
}

static void without_an_index_nothing_was_indexed(void **state)
{
    (void)state;
    char name[TEMP_NAME_SIZE];
    name_of_dead(name);
    make(name, 70);
    link_as(name, "lost.json");
    tempfiles_remove(dir);
    assert_false(is_there("lost.json"));
    assert_false(is_there(name));
}

static void an_index_that_cannot_be_read_removes_no_report(void **state)
{
    (void)state;
    char name[TEMP_NAME_SIZE];
    name_of_dead(name);
    make(name, 70);
    link_as(name, "perhaps.json");
    assert_int_equal(mkdir(in_dir("index.jsonl"), 0700), 0);
    tempfiles_remove(dir);
    assert_true(is_there("perhaps.json"));
    assert_int_equal(rmdir(in_dir("index.jsonl")), 0);
}

static void a_clock_that_was_set_back_removes_nothing(void **state)
{
    (void)state;
    char name[TEMP_NAME_SIZE];
    name_of_dead(name);
    make(name, -100000);
    tempfiles_remove(dir);
    assert_true(is_there(name));
}

static void other_names_stay(void **state)
{
    (void)state;
    const char *const names[] = {
        "00c0ffee00c0ffee.1.0.tmp",        ".00c0ffee00c0ffee.tmp",
        ".00c0ffee00c0ffee.1.tmp",         ".00c0ffee00c0ffee.1.0.prof",
        ".00c0ffee00c0ffee.1.0.tmp2",      ".00c0ffee00c0ff.1.0.tmp",
        ".00c0ffee00c0ffee0.1.0.tmp",      ".00C0FFEE00C0FFEE.1.0.tmp",
        ".00c0ffee00c0ffee.0.0.tmp",       ".00c0ffee00c0ffee.9999999999.0.tmp",
        ".00c0ffee00c0ffee.-1.0.tmp",      ".00c0ffee00c0ffee.1..tmp",
        ".00c0ffee00c0ffee..0.tmp",        ".00c0ffee00c0ffee.99999999999.0.tmp",
        ".00c0ffee00c0ffee.1.0.tmp.prof",  "index.jsonl",
        "GET.search.12ms.1700000000.prof", ".tmp",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        make(names[i], 100000);
    tempfiles_remove(dir);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!is_there(names[i]))
            fail_msg("%s is gone", names[i]);
}

static void what_is_no_file_stays(void **state)
{
    (void)state;
    char name[TEMP_NAME_SIZE];
    name_of_dead(name);
    assert_int_equal(mkdir(in_dir(name), 0700), 0);
    age(name, 100000);
    tempfiles_remove(dir);
    assert_int_equal(rmdir(in_dir(name)), 0);
    make("target", 100000);
    assert_int_equal(symlink("target", in_dir(name)), 0);
    age(name, 100000);
    tempfiles_remove(dir);
    assert_true(is_there(name));
    assert_true(is_there("target"));
}

static void a_directory_that_is_not_there_has_none(void **state)
{
    (void)state;
    tempfiles_remove(in_dir("none"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_dir, remove_dir)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_a_dead_process_left_is_removed_after_a_minute),
        TEST(what_a_living_process_writes_stays_for_an_hour),
        TEST(a_file_that_was_not_indexed_goes_with_its_temporary_name),
        TEST(without_an_index_nothing_was_indexed),
        TEST(an_index_that_cannot_be_read_removes_no_report),
        TEST(a_clock_that_was_set_back_removes_nothing),
        TEST(other_names_stay),
        TEST(what_is_no_file_stays),
        TEST(a_directory_that_is_not_there_has_none),
    };
    return cmocka_run_group_tests_name("tempfiles", tests, NULL, NULL);
}
