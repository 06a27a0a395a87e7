#include "support.h"

#include "store/index.h"
#include "store/indexfile.h"
#include "store/lines.h"
#include "store/prune.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILE_BYTES 100

static char root[64]; /* exists; emptied after each test */
static int dir;       /* root/p */
static char path[72];

static int make_dir(void **state)
{
    (void)state;
    strcpy(root, "/tmp/profiler-prune.XXXXXX");
    if (!mkdtemp(root))
        return -1;
    snprintf(path, sizeof path, "%s/p", root);
    if (mkdir(path, 0700) != 0)
        return -1;
    dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return dir < 0;
}

static int remove_dir(void **state)
{
    (void)state;
    close(dir);
    chmod(path, 0700);
    remove_tree(root);
    return 0;
}

static void put_file(const char *name, size_t bytes)
{
    static const char content[FILE_BYTES];
    int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    for (; bytes; bytes -= bytes < FILE_BYTES ? bytes : FILE_BYTES)
        assert_true(write(fd, content, bytes < FILE_BYTES ? bytes : FILE_BYTES) > 0);
    close(fd);
}

static bool is_there(const char *name)
{
    struct stat st;
    return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool add_line(const struct str *names, size_t count, uint64_t bytes)
{
    static const struct profile empty = {.id = "00c0ffee00c0ffee"};
    struct buf line = {0};
    bool ok = index_line(&empty, names, count, bytes, &line) &&
              indexfile_append(dir, 0600, buf_str(&line));
    buf_free(&line);
    return ok;
}

static void add_text(const char *text)
{
    assert_true(indexfile_append(dir, 0600, str_from(text)));
}

/* Adds a profile with one file. */
static void add(const char *name)
{
    struct str names[] = {str_from(name)};
    put_file(name, FILE_BYTES);
    assert_true(add_line(names, 1, FILE_BYTES));
}

/* Adds the profiles "1.prof" and so on. */
static void add_many(int first, int last)
{
    char name[32];
    for (int i = first; i <= last; i++) {
        snprintf(name, sizeof name, "%d.prof", i);
        add(name);
    }
}

static void read_index(struct buf *text)
{
    char name[128], block[4096];
    snprintf(name, sizeof name, "%s/index.jsonl", path);
    FILE *f = fopen(name, "rb");
    assert_non_null(f);
    for (size_t len; (len = fread(block, 1, sizeof block, f)) > 0;)
        buf_add(text, block, len);
    fclose(f);
}

/* Compares the names in the index, each followed by a blank. Checks that every line is
 * complete. */
static void assert_index(const char *expected)
{
    struct buf text = {0}, names = {0};
    struct index_entry e = {0};
    struct str line;
    read_index(&text);
    struct str rest = buf_str(&text);
    while (rest.len && str_split(&rest, '\n', &line)) {
        assert_true(index_read(&e, line));
        for (const char *n = NULL; (n = index_next_name(&e, n));)
            buf_printf(&names, "%s ", n);
    }
    assert_buf(&names, expected);
    index_entry_free(&e);
    buf_free(&text);
}

static void prune_quietly(struct prune *p)
{
    struct buf error = {0};
    bool ok = prune_directory(p, dir, path, &error);
    assert_buf(&error, "");
    assert_true(ok);
}

static void the_oldest_go_first_to_nine_tenths(void **state)
{
    (void)state;
    struct prune p = {.max_files = 10};
    add_many(1, 10);
    prune_quietly(&p);
    assert_true(is_there("1.prof"));
    add_many(11, 11);
    prune_quietly(&p);
    assert_false(is_there("1.prof"));
    assert_false(is_there("2.prof"));
    assert_index("3.prof 4.prof 5.prof 6.prof 7.prof 8.prof 9.prof 10.prof 11.prof ");
    add_many(12, 12);
    prune_quietly(&p);
    assert_true(is_there("3.prof")); /* ten: the limit */
}

static void bytes_have_a_limit_of_their_own(void **state)
{
    (void)state;
    struct prune p = {.max_bytes = 10 * FILE_BYTES};
    add_many(1, 9);
    put_file("big.prof", 6 * FILE_BYTES);
    struct str big[] = {STR("big.prof")};
    assert_true(add_line(big, 1, 6 * FILE_BYTES));
    prune_quietly(&p);
    assert_index("7.prof 8.prof 9.prof big.prof ");
    assert_int_equal(p.files, 4);
    assert_int_equal(p.bytes, 9 * FILE_BYTES);
}

static void the_profile_written_last_stays_however_large(void **state)
{
    (void)state;
    struct prune p = {.max_bytes = 10};
    add_many(1, 2);
    prune_quietly(&p);
    assert_index("2.prof ");
    assert_true(is_there("2.prof"));
}

static void a_backlog_takes_several_calls(void **state)
{
    (void)state;
    struct prune p = {.max_files = 3, .budget_ns = 1};
    add_many(1, 6);
    prune_quietly(&p);
    assert_index("2.prof 3.prof 4.prof 5.prof 6.prof ");
    prune_quietly(&p);
    prune_quietly(&p);
    assert_index("4.prof 5.prof 6.prof ");
    prune_quietly(&p);
    assert_true(is_there("4.prof"));
}

static void no_limits_remove_nothing(void **state)
{
    (void)state;
    struct prune p = {0};
    add_many(1, 30);
    prune_quietly(&p);
    assert_true(is_there("1.prof"));
    assert_int_equal(p.offset, 0); /* the index was not even read */
}

static void the_files_of_a_profile_go_together(void **state)
{
    (void)state;
    struct prune p = {.max_files = 5};
    const struct str both[] = {STR("a.prof"), STR("a.txt")};
    const struct str others[] = {STR("b.prof"), STR("b.html"), STR("b.pb.gz")};
    for (size_t i = 0; i < 2; i++)
        put_file(both[i].data, 1);
    assert_true(add_line(both, 2, 2));
    for (size_t i = 0; i < 3; i++)
        put_file(others[i].data, 1);
    assert_true(add_line(others, 3, 3));
    prune_quietly(&p);
    assert_true(is_there("a.txt"));
    add("c.prof");
    prune_quietly(&p);
    assert_false(is_there("a.prof"));
    assert_false(is_there("a.txt"));
    assert_index("b.prof b.html b.pb.gz c.prof ");
}

static void what_is_not_in_the_index_is_never_touched(void **state)
{
    (void)state;
    struct prune p = {.max_files = 1};
    put_file("stranger.prof", FILE_BYTES);
    put_file("notes", FILE_BYTES);
    add_many(1, 5);
    prune_quietly(&p);
    assert_index("5.prof ");
    assert_true(is_there("stranger.prof"));
    assert_true(is_there("notes"));
}

static void names_that_lead_elsewhere_are_none(void **state)
{
    (void)state;
    static const char *const names[] = {"../out.prof",
                                        "/etc/passwd",
                                        ".",
                                        "..",
                                        "",
                                        "sub/x.prof",
                                        "notes",
                                        ".hidden.prof",
                                        "index.jsonl",
                                        ".prof",
                                        "a\\u0000.prof",
                                        "\\ud83d.prof",
                                        "a\\u002f.prof"};
    struct prune p = {.max_files = 1};
    char line[512], out[96];
    snprintf(out, sizeof out, "%s/out.prof", root);
    assert_int_equal(close(open(out, O_CREAT | O_WRONLY, 0600)), 0);
    assert_int_equal(mkdirat(dir, "sub", 0700), 0);
    put_file("sub/x.prof", 1);
    put_file("notes", 1);
    put_file(".hidden.prof", 1);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(line, sizeof line, "{\"files\":[\"%s\"],\"bytes\":9}\n", names[i]);
        add_text(line);
    }
    add_many(1, 3);
    prune_quietly(&p);
    assert_index("3.prof ");
    assert_int_equal(access(out, F_OK), 0);
    assert_true(is_there("sub/x.prof"));
    assert_true(is_there("notes"));
    assert_true(is_there(".hidden.prof"));
}

static void links_and_directories_are_left_where_they_are(void **state)
{
    (void)state;
    struct prune p = {.max_files = 1};
    const struct str names[] = {STR("link.prof"), STR("dir.prof"), STR("pipe.prof")};
    put_file("target", 1);
    assert_int_equal(symlinkat("target", dir, "link.prof"), 0);
    assert_int_equal(mkdirat(dir, "dir.prof", 0700), 0);
    assert_int_equal(mkfifoat(dir, "pipe.prof", 0600), 0);
    assert_true(add_line(names, 3, 3));
    add_many(1, 2);
    prune_quietly(&p);
    assert_index("2.prof ");
    assert_true(is_there("link.prof"));
    assert_true(is_there("target"));
    assert_true(is_there("dir.prof"));
    assert_true(is_there("pipe.prof"));
}

static void files_removed_by_hand_count_as_gone(void **state)
{
    (void)state;
    struct prune p = {.max_files = 10};
    add_many(1, 10);
    prune_quietly(&p);
    for (int i = 3; i <= 8; i++) {
        char name[32];
        snprintf(name, sizeof name, "%d.prof", i);
        assert_int_equal(unlinkat(dir, name, 0), 0);
    }
    add_many(11, 11);
    prune_quietly(&p);
    assert_index("1.prof 2.prof 9.prof 10.prof 11.prof ");
    assert_true(is_there("1.prof"));
    assert_int_equal(p.files, 5);
}

/* "1.prof" was removed by hand, and a later profile got its name. */
static void a_name_belongs_to_the_last_line_that_has_it(void **state)
{
    (void)state;
    struct prune p = {.max_files = 3};
    add_many(1, 3);
    add("1.prof");
    prune_quietly(&p);
    assert_true(is_there("1.prof"));
    assert_index("2.prof 3.prof 1.prof ");
    add("4.prof");
    prune_quietly(&p);
    assert_index("3.prof 1.prof 4.prof ");
}

static void broken_lines_are_kept_out_and_nothing_else_is_lost(void **state)
{
    (void)state;
    struct prune p = {.max_files = 4};
    add_many(1, 2);
    add_text("{\"id\":\"00c0ff"); /* incomplete: the next line starts on a new one */
    add_many(3, 3);
    add_text("\n");
    add_text("edited by hand\n");
    add_text("{\"files\":[\"2.prof\"],\"files\":[],\"bytes\":1}\n");
    add_text("{\"files\":[\"2.prof\"],\"bytes\":-1}\n");
    add_many(4, 5);
    prune_quietly(&p);
    assert_index("2.prof 3.prof 4.prof 5.prof ");
}

static void a_line_of_any_form_is_read_if_it_is_json(void **state)
{
    (void)state;
    struct prune p = {.max_files = 2};
    put_file("gr\xc3\xb6\xc3\x9f"
             "e.prof",
             1);
    put_file("\xf0\x9f\x90\x8d.txt", 1);
    add_text("{ \"more\" : [{\"files\":[\"x\"]}, null, \"]\\\"\"] , \"bytes\" : 2 , "
             "\"files\" : [ \"gr\\u00F6\\u00dfe.prof\" , \"\\ud83d\\udc0d.txt\" ] }\n");
    add_many(1, 1);
    prune_quietly(&p);
    assert_false(is_there("gr\xc3\xb6\xc3\x9f"
                          "e.prof"));
    assert_false(is_there("\xf0\x9f\x90\x8d.txt"));
    assert_index("1.prof ");
}

static void a_line_too_long_is_a_broken_one(void **state)
{
    (void)state;
    struct prune p = {.max_files = 1};
    struct buf line = {0};
    buf_add_text(&line, "{\"files\":[\"1.prof\"],\"bytes\":1,\"path\":\"");
    buf_fill(&line, 'x', LINE_MAX_BYTES + 70000);
    buf_add_text(&line, "\"}\n");
    add_many(1, 1);
    assert_true(indexfile_append(dir, 0600, buf_str(&line)));
    buf_free(&line);
    add_many(2, 3);
    prune_quietly(&p);
    assert_index("3.prof ");
}

static void what_others_append_is_counted(void **state)
{
    (void)state;
    struct prune p = {.max_files = 10}, other = {.max_files = 10};
    add_many(1, 6);
    prune_quietly(&p);
    assert_int_equal(p.files, 6);
    add_many(7, 11);
    prune_quietly(&other); /* removes two, and replaces the index */
    assert_int_equal(other.files, 9);
    prune_quietly(&p);
    assert_int_equal(p.files, 9);
    assert_int_equal(p.bytes, 9 * FILE_BYTES);
    assert_true(is_there("3.prof"));
}

static void an_index_of_the_same_size_limit_is_read_once(void **state)
{
    (void)state;
    struct prune p = {.max_files = 100};
    add_many(1, 3);
    prune_quietly(&p);
    uint64_t before = p.offset;
    assert_true(before > 0);
    prune_quietly(&p);
    assert_int_equal(p.files, 3);
    assert_int_equal(p.offset, before);
}

static void the_index_keeps_its_mode(void **state)
{
    (void)state;
    struct stat st;
    struct prune p = {.max_files = 1};
    add_many(1, 1);
    assert_int_equal(fchmodat(dir, INDEX_NAME, 0640, 0), 0);
    add_many(2, 2);
    mode_t before = umask(0077);
    prune_quietly(&p);
    umask(before);
    assert_int_equal(fstatat(dir, INDEX_NAME, &st, 0), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
    assert_int_equal(st.st_size > 0, 1);
}

static void who_finds_the_lock_taken_leaves_the_work(void **state)
{
    (void)state;
    struct prune p = {.max_files = 1};
    add_many(1, 3);
    int holder = indexfile_open(dir);
    assert_int_equal(flock(holder, LOCK_EX), 0);
    prune_quietly(&p);
    assert_true(is_there("1.prof"));
    assert_int_equal(flock(holder, LOCK_UN), 0);
    close(holder);
    prune_quietly(&p);
    assert_false(is_there("1.prof"));
}

/* Another process may hold the lock because it is stopped, or on purpose. */
static void who_can_remove_nothing_for_long_is_stuck(void **state)
{
    (void)state;
    struct prune p = {.max_files = 1};
    add_many(1, 3);
    int holder = indexfile_open(dir);
    assert_int_equal(flock(holder, LOCK_EX), 0);
    for (int i = 0; i < 100; i++) {
        assert_false(prune_is_stuck(&p));
        prune_quietly(&p);
    }
    assert_true(prune_is_stuck(&p));
    close(holder);
    prune_quietly(&p);
    assert_false(prune_is_stuck(&p));
    assert_index("3.prof ");
}

static void who_is_below_the_limits_is_not_stuck(void **state)
{
    (void)state;
    struct prune p = {.max_files = 3};
    add_many(1, 3);
    for (int i = 0; i < 200; i++)
        prune_quietly(&p);
    assert_false(prune_is_stuck(&p));
}

static void a_fork_in_the_middle_prunes_all_the_same(void **state)
{
    (void)state;
    struct prune p = {.max_files = 1};
    add_many(1, 3);
    atomic_store(&p.busy, true); /* set by a thread that the child does not have */
    prune_quietly(&p);
    assert_index("1.prof 2.prof 3.prof ");
    prune_after_fork(&p);
    prune_quietly(&p);
    assert_index("3.prof ");
}

/* A stopped process holds the lock: the line is written without it. */
static void an_append_does_not_wait_for_ever(void **state)
{
    (void)state;
    add_many(1, 1);
    int holder = indexfile_open(dir);
    assert_int_equal(flock(holder, LOCK_EX), 0);
    add_many(2, 2);
    close(holder);
    assert_index("1.prof 2.prof ");
}

/* A line that is appended without the lock, while the index is rewritten, must be in
 * the new index. */
static void a_late_line_is_taken_along(void **state)
{
    (void)state;
    struct stat st;
    uint64_t end;
    add_many(1, 3);
    int old = indexfile_open(dir);
    assert_int_equal(fstat(old, &st), 0);
    struct stat replaced;
    add_many(4, 4);
    assert_true(indexfile_replace(dir, old, STR("\0\1\0"), (uint64_t)st.st_size,
                                  &replaced, &end));
    assert_false(indexfile_is_current(dir, old));
    close(old);
    assert_index("2.prof 4.prof ");
}

static bool in_child(bool (*body)(void))
{
    int status;
    pid_t child = fork();
    if (child == 0)
        _exit(body() ? 0 : 1);
    return waitpid(child, &status, 0) == child && status == 0;
}

static bool is_denied_to_nobody(void)
{
    if (geteuid() == 0 &&
        (chmod(root, 0755) != 0 || chmod(path, 0555) != 0 ||
         fchmodat(dir, INDEX_NAME, 0666, 0) != 0 || setuid(65534) != 0))
        return false;
    if (geteuid() != 65534 && chmod(path, 0555) != 0)
        return false;
    struct prune p = {.max_files = 1};
    struct buf error = {0}, expected = {0};
    buf_printf(&expected, "cannot remove %s/1.prof: Permission denied", path);
    bool ok = !prune_directory(&p, dir, path, &error) &&
              str_equal(buf_str(&error), buf_str(&expected));
    error.len = 0;
    for (int i = 0; i < 100; i++) /* one error, then a pause */
        ok = ok && prune_directory(&p, dir, path, &error) && error.len == 0;
    return ok && !prune_directory(&p, dir, path, &error) && error.len > 0;
}

static void a_directory_without_rights_is_an_error_told_once(void **state)
{
    (void)state;
    add_many(1, 3);
    assert_true(in_child(is_denied_to_nobody));
    assert_true(is_there("1.prof"));
    assert_index("1.prof 2.prof 3.prof ");
}

static void an_index_that_is_no_file_is_an_error(void **state)
{
    (void)state;
    struct prune p = {.max_files = 1};
    struct buf error = {0}, expected = {0};
    assert_int_equal(mkfifoat(dir, INDEX_NAME, 0600), 0);
    assert_false(prune_directory(&p, dir, path, &error));
    buf_printf(&expected, "cannot read %s/index.jsonl: Invalid argument", path);
    assert_buf(&error, buf_cstr(&expected));
    buf_free(&expected);
    assert_false(indexfile_append(dir, 0600, STR("x\n")));
}

/* The limit of the file size stands for a full disk. */
static void a_full_disk_leaves_no_part_of_a_line(void **state)
{
    (void)state;
    void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit, small;
    struct stat st;
    add_many(1, 2);
    assert_int_equal(fstatat(dir, INDEX_NAME, &st, 0), 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    small = (struct rlimit){(rlim_t)st.st_size + 10, limit.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    bool ok = indexfile_append(dir, 0600, STR("{\"files\":[],\"bytes\":1}\n"));
    int reason = errno;
    setrlimit(RLIMIT_FSIZE, &limit);
    signal(SIGXFSZ, before);
    assert_false(ok);
    assert_int_equal(reason, ENOSPC);
    assert_index("1.prof 2.prof ");
}

#define WORKERS 6
#define ROUNDS 150
#define LIMIT 40

/* A worker that writes profiles, and prunes after each. */
static bool work(int worker)
{
    struct prune p = {.max_files = LIMIT};
    struct buf error = {0};
    for (int i = 0; i < ROUNDS; i++) {
        char name[32];
        snprintf(name, sizeof name, "%d-%d.prof", worker, i);
        struct str names[] = {str_from(name)};
        int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL, 0600);
        if (fd < 0 || close(fd) != 0 || !add_line(names, 1, 0) ||
            !prune_directory(&p, dir, path, &error) || error.len)
            return false;
    }
    return true;
}

/* Counts the profiles in the directory. Checks that the index has these, and no
 * others. */
static size_t check_all_is_known(void)
{
    struct buf text = {0};
    size_t files = 0, lines = 0;
    read_index(&text);
    DIR *d = opendir(path);
    struct dirent *entry;
    while ((entry = readdir(d))) {
        char quoted[300];
        if (!strstr(entry->d_name, ".prof"))
            continue;
        snprintf(quoted, sizeof quoted, "\"files\":[\"%s\"]", entry->d_name);
        assert_non_null(strstr(buf_cstr(&text), quoted));
        files++;
    }
    closedir(d);
    for (size_t i = 0; i < text.len; i++)
        lines += text.data[i] == '\n';
    assert_int_equal(lines, files);
    buf_free(&text);
    return files;
}

static void many_workers_prune_at_once_and_lose_no_line(void **state)
{
    (void)state;
    pid_t children[WORKERS];
    for (int i = 0; i < WORKERS; i++) {
        children[i] = fork();
        if (children[i] == 0)
            _exit(work(i) ? 0 : 1);
    }
    for (int i = 0; i < WORKERS; i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    struct prune p = {.max_files = LIMIT};
    prune_quietly(&p);
    size_t files = check_all_is_known();
    assert_true(files <= LIMIT && files >= LIMIT - LIMIT / 10);
    assert_false(is_there(".index.jsonl.tmp"));
}

/* Runs until it is killed. */
static void work_for_ever(void)
{
    struct prune p = {.max_files = 5};
    struct buf error = {0};
    for (unsigned i = 0;; i++) {
        char name[32];
        snprintf(name, sizeof name, "%u-%u.prof", (unsigned)getpid(), i);
        struct str names[] = {str_from(name)};
        close(openat(dir, name, O_WRONLY | O_CREAT, 0600));
        add_line(names, 1, 0);
        prune_directory(&p, dir, path, &error);
    }
}

static void a_worker_killed_at_any_moment_leaves_an_index_of_whole_lines(void **state)
{
    (void)state;
    add_many(1, 1);
    for (int i = 0; i < 30; i++) {
        pid_t child = fork();
        if (child == 0)
            work_for_ever();
        usleep((useconds_t)(500 + i * 300));
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, NULL, 0), child);
    }
    struct prune p = {.max_files = 5};
    add_many(2, 8);
    prune_quietly(&p);
    assert_index("4.prof 5.prof 6.prof 7.prof 8.prof ");
}

static bool prune_one(void)
{
    struct prune p = {.max_files = 4};
    struct buf error = {0};
    bool ok = prune_directory(&p, dir, path, &error) && !error.failed;
    buf_free(&error);
    return !ok;
}

static void running_out_of_memory_loses_nothing(void **state)
{
    (void)state;
    add_many(1, 8);
    oom_sweep(prune_one);
    assert_index("5.prof 6.prof 7.prof 8.prof ");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_dir, remove_dir)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_oldest_go_first_to_nine_tenths),
        TEST(bytes_have_a_limit_of_their_own),
        TEST(the_profile_written_last_stays_however_large),
        TEST(a_backlog_takes_several_calls),
        TEST(no_limits_remove_nothing),
        TEST(the_files_of_a_profile_go_together),
        TEST(what_is_not_in_the_index_is_never_touched),
        TEST(names_that_lead_elsewhere_are_none),
        TEST(links_and_directories_are_left_where_they_are),
        TEST(files_removed_by_hand_count_as_gone),
        TEST(a_name_belongs_to_the_last_line_that_has_it),
        TEST(broken_lines_are_kept_out_and_nothing_else_is_lost),
        TEST(a_line_of_any_form_is_read_if_it_is_json),
        TEST(a_line_too_long_is_a_broken_one),
        TEST(what_others_append_is_counted),
        TEST(an_index_of_the_same_size_limit_is_read_once),
        TEST(the_index_keeps_its_mode),
        TEST(who_finds_the_lock_taken_leaves_the_work),
        TEST(who_can_remove_nothing_for_long_is_stuck),
        TEST(who_is_below_the_limits_is_not_stuck),
        TEST(a_fork_in_the_middle_prunes_all_the_same),
        TEST(an_append_does_not_wait_for_ever),
        TEST(a_late_line_is_taken_along),
        TEST(a_directory_without_rights_is_an_error_told_once),
        TEST(an_index_that_is_no_file_is_an_error),
        TEST(a_full_disk_leaves_no_part_of_a_line),
        TEST(many_workers_prune_at_once_and_lose_no_line),
        TEST(a_worker_killed_at_any_moment_leaves_an_index_of_whole_lines),
        TEST(running_out_of_memory_loses_nothing),
    };
    return cmocka_run_group_tests_name("prune", tests, NULL, NULL);
}
