#include "sample.h"

#include "options/filename.h"
#include "store/files.h"
#include "report/formats.h"
#include "store/tempfiles.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define BASE "GET.search.größe.12ms.1700000000"
#define DIR_SIZE 64

static struct sample sample;
static struct filename_format filename;
static char base_dir[DIR_SIZE]; /* exists; emptied after each test */
static char dir[DIR_SIZE + 8];  /* base_dir/p, which files_write makes */
static struct file_settings settings;

static int make_base_dir(void **state)
{
    (void)state;
    strcpy(base_dir, "/tmp/profiler-files.XXXXXX");
    if (!mkdtemp(base_dir))
        return -1;
    snprintf(dir, sizeof dir, "%s/p", base_dir);
    settings = (struct file_settings){dir, 0700, 0600, &filename, NULL};
    return 0;
}

static int remove_base_dir(void **state)
{
    (void)state;
    remove_tree(base_dir);
    return 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names in the directory, sorted, each followed by a blank. The caller frees
 * them. */
static char *list(void)
{
    char *names[1000];
    size_t count = 0;
    struct buf all = {0};
    DIR *d = opendir(dir);
    struct dirent *entry;
    while (d && (entry = readdir(d)) && count < 1000)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            names[count++] = strdup(entry->d_name);
    if (d)
        closedir(d);
    qsort(names, count, sizeof *names, by_name);
    for (size_t i = 0; i < count; i++) {
        buf_printf(&all, "%s ", names[i]);
        free(names[i]);
    }
    buf_cstr(&all);
    return all.data;
}

static void assert_list(const char *expected)
{
    char *names = list();
    assert_string_equal(names, expected);
    free(names);
}

static void read_file(const char *name, struct buf *content)
{
    char path[512], block[4096];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "rb");
    if (!f)
        fail_msg("%s: %s", path, strerror(errno));
    for (size_t len; (len = fread(block, 1, sizeof block, f)) > 0;)
        buf_add(content, block, len);
    fclose(f);
}

static void assert_content(const char *name, const struct format *format)
{
    struct buf expected = {0}, content = {0};
    assert_true(format->write(REPORT(&sample), &expected));
    read_file(name, &content);
    assert_int_equal(content.len, expected.len);
    assert_memory_equal(content.data, expected.data, content.len);
    buf_free(&expected);
    buf_free(&content);
}

static void put_file(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    mkdir(dir, 0700);
    FILE *f = fopen(path, "wbx");
    assert_non_null(f);
    fputs("not ours", f);
    fclose(f);
}

static mode_t mode_of(const char *name)
{
    char path[512];
    struct stat st;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 07777;
}

/* True if it succeeds and writes no error. */
static bool write_quietly(void)
{
    struct written_files w;
    struct buf error = {0};
    bool ok = files_write(REPORT(&sample), &settings, &w, &error);
    bool quiet = ok && error.len == 0 && !error.failed;
    if (error.len)
        print_message("%s\n", buf_cstr(&error));
    written_files_free(&w);
    buf_free(&error);
    return quiet;
}

/* The call must fail with exactly this line; %s stands for the directory. */
static void assert_error(const char *format)
{
    struct written_files w;
    struct buf error = {0}, expected = {0};
    assert_false(files_write(REPORT(&sample), &settings, &w, &error));
    assert_int_equal(w.count, 0);
    assert_null(w.paths);
    const char *mark = strstr(format, "%s");
    buf_add(&expected, format, (size_t)(mark - format));
    buf_add_text(&expected, settings.dir);
    buf_add_text(&expected, mark + 2);
    assert_buf(&error, buf_cstr(&expected));
    buf_free(&expected);
}

static void each_format_has_a_file_and_the_index_a_line(void **state)
{
    (void)state;
    struct written_files w;
    struct buf error = {0}, path = {0}, index = {0};
    assert_true(files_write(REPORT(&sample), &settings, &w, &error));
    assert_int_equal(error.len, 0);
    assert_int_equal(w.count, 2);
    buf_printf(&path, "%s/" BASE ".prof", dir);
    assert_str(w.paths[0], buf_cstr(&path));
    written_files_free(&w);
    buf_free(&path);

    assert_list(BASE ".prof " BASE ".txt index.jsonl ");
    assert_content(BASE ".prof", sample.choice.files[0]);
    assert_content(BASE ".txt", sample.choice.files[1]);
    read_file("index.jsonl", &index);
    assert_non_null(
        strstr(buf_cstr(&index), ",\"files\":[\"" BASE ".prof\",\"" BASE ".txt\"]"));
    assert_non_null(strstr(buf_cstr(&index), ",\"bytes\":1956}\n")); /* 1065 + 891 */
    buf_free(&index);
}

static void modes_are_exact_whatever_the_umask(void **state)
{
    (void)state;
    mode_t umask_before = umask(0077);
    settings.dir_mode = 0775;
    settings.file_mode = 0464;
    bool ok = write_quietly();
    umask(umask_before);
    assert_true(ok);
    assert_int_equal(mode_of("."), 0775);
    assert_int_equal(mode_of(BASE ".prof"), 0464);
    assert_int_equal(mode_of("index.jsonl"), 0664); /* the next worker appends */
}

static void a_directory_that_is_there_keeps_its_mode(void **state)
{
    (void)state;
    assert_int_equal(mkdir(dir, 0755), 0);
    assert_int_equal(chmod(dir, 0711), 0);
    struct buf error = {0};
    assert_true(files_make_dir(&settings, &error));
    assert_true(write_quietly());
    assert_int_equal(mode_of("."), 0711);
    assert_int_equal(error.len, 0);
}

static void a_trailing_slash_is_not_doubled(void **state)
{
    (void)state;
    char with_slash[sizeof dir + 1];
    snprintf(with_slash, sizeof with_slash, "%s/", dir);
    settings.dir = with_slash;
    struct written_files w;
    struct buf error = {0};
    assert_true(files_write(REPORT(&sample), &settings, &w, &error));
    assert_null(strstr(w.paths[0].data + 1, "//"));
    written_files_free(&w);
    assert_list(BASE ".prof " BASE ".txt index.jsonl ");
}

static void a_missing_parent_is_an_error(void **state)
{
    (void)state;
    char deep[sizeof dir + 8];
    snprintf(deep, sizeof deep, "%s/a/b", dir);
    settings.dir = deep;
    assert_error("cannot make directory %s: No such file or directory");
    assert_int_equal(access(dir, F_OK), -1);
}

static void a_file_in_place_of_the_directory_is_an_error(void **state)
{
    (void)state;
    FILE *f = fopen(dir, "w");
    assert_non_null(f);
    fclose(f);
    assert_error("cannot use directory %s: Not a directory");
    struct buf error = {0}, expected = {0};
    assert_false(files_make_dir(&settings, &error));
    buf_printf(&expected, "cannot use directory %s: Not a directory", dir);
    assert_buf(&error, buf_cstr(&expected));
    buf_free(&expected);
}

static void taken_names_get_a_number_the_same_for_all_formats(void **state)
{
    (void)state;
    put_file(BASE ".txt");
    put_file(BASE "-1.prof");
    assert_true(write_quietly());
    assert_true(write_quietly());
    assert_list(BASE "-1.prof " BASE "-2.prof " BASE "-2.txt " BASE "-3.prof " BASE
                     "-3.txt " BASE ".txt index.jsonl ");
    struct buf content = {0};
    read_file(BASE ".txt", &content);
    assert_buf(&content, "not ours");
    read_file(BASE "-1.prof", &content);
    assert_buf(&content, "not ours");
    assert_content(BASE "-2.prof", sample.choice.files[0]);
}

static void links_that_lead_away_are_not_followed(void **state)
{
    (void)state;
    char target[sizeof dir + 8], link[sizeof dir + 64], temp[TEMP_NAME_SIZE];
    snprintf(target, sizeof target, "%s/away", base_dir);
    assert_int_equal(mkdir(dir, 0700), 0);
    snprintf(link, sizeof link, "%s/" BASE ".prof", dir);
    assert_int_equal(symlink(target, link), 0);
    tempfiles_name(temp, "00c0ffee00c0ffee", 0);
    snprintf(link, sizeof link, "%s/%s", dir, temp);
    assert_int_equal(symlink(target, link), 0);
    assert_true(write_quietly());
    char *names = list();
    assert_int_equal(strncmp(names, temp, strlen(temp)), 0);
    assert_string_equal(names + strlen(temp),
                        " " BASE "-1.prof " BASE "-1.txt " BASE ".prof index.jsonl ");
    free(names);
    assert_int_equal(access(target, F_OK), -1);
}

static void the_longest_name_still_has_room_for_a_number(void **state)
{
    (void)state;
    struct sample s;
    struct buf path = {0};
    sample_make(&s);
    for (int i = 0; i < 3000; i++)
        buf_add_text(&path, "/ü");
    assert_true(profile_set(&s.profile->path, buf_str(&path)));
    buf_free(&path);
    for (int i = 0; i < 12; i++) {
        struct written_files w;
        struct buf error = {0};
        assert_true(files_write(REPORT(&s), &settings, &w, &error));
        assert_int_equal(error.len, 0);
        assert_true(w.paths[0].len - strlen(dir) - 1 <= FILENAME_MAX_BYTES);
        written_files_free(&w);
    }
    sample_free(&s);
}

static void no_formats_are_no_files(void **state)
{
    (void)state;
    sample.choice.file_count = 0;
    bool ok = write_quietly();
    sample.choice.file_count = 2;
    assert_true(ok);
    assert_int_equal(access(dir, F_OK), -1);
}

static void a_format_asked_for_twice_is_written_once(void **state)
{
    (void)state;
    const struct format **files = sample.choice.files;
    const struct format *twice[] = {files[0], files[1], files[0]};
    sample.choice.files = twice;
    sample.choice.file_count = 3;
    bool ok = write_quietly();
    sample.choice.files = files;
    sample.choice.file_count = 2;
    assert_true(ok);
    assert_list(BASE ".prof " BASE ".txt index.jsonl ");
}

static bool write_nothing(const struct report *r, struct buf *out)
{
    (void)r;
    buf_add_text(out, "half a re");
    return false;
}

static void a_report_that_fails_takes_the_others_with_it(void **state)
{
    (void)state;
    const struct format broken = {.name = "broken",
                                  .mime = "text/plain",
                                  .extension = ".broken",
                                  .write = write_nothing};
    const struct format **files = sample.choice.files;
    const struct format *both[] = {files[0], &broken};
    sample.choice.files = both;
    assert_error("cannot write %s/" BASE ".broken: out of memory");
    sample.choice.files = files;
    assert_list("");
}

static void a_full_disk_leaves_nothing_behind(void **state)
{
    (void)state;
    void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    small =
        (struct rlimit){1000, limit.rlim_max}; /* the .txt fits, the .prof does not */
    const struct format **files = sample.choice.files;
    const struct format *both[] = {files[1], files[0]};
    sample.choice.files = both;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    struct written_files w;
    struct buf error = {0}, expected = {0};
    bool ok = files_write(REPORT(&sample), &settings, &w, &error);
    setrlimit(RLIMIT_FSIZE, &limit);
    signal(SIGXFSZ, before);
    sample.choice.files = files;
    assert_false(ok);
    buf_printf(&expected, "cannot write %s/" BASE ".prof: File too large", dir);
    assert_buf(&error, buf_cstr(&expected));
    buf_free(&expected);
    assert_list("");
}

static void make_symlink(const char *index)
{
    assert_int_equal(symlink("/dev/null", index), 0);
}

static void make_directory(const char *index)
{
    assert_int_equal(mkdir(index, 0700), 0);
}

static void make_pipe(const char *index)
{
    assert_int_equal(mkfifo(index, 0600), 0);
}

static void make_hard_link(const char *index)
{
    char other[sizeof dir + 16];
    snprintf(other, sizeof other, "%s/other", dir);
    int fd = open(other, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(link(other, index), 0);
}

/* Nothing would ever remove files that the index does not name. */
static void a_profile_that_cannot_be_indexed_leaves_no_files(void **state)
{
    static const struct {
        void (*make)(const char *index);
        const char *why, *left;
    } obstacles[] = {
        {make_symlink, "Too many levels of symbolic links", "index.jsonl "},
        {make_directory, "Is a directory", "index.jsonl "},
        {make_pipe, "it is not a regular file", "index.jsonl "},
        {make_hard_link, "it has a second name (a hard link)", "index.jsonl other "},
    };
    (void)state;
    char index[sizeof dir + 16];
    snprintf(index, sizeof index, "%s/index.jsonl", dir);
    assert_int_equal(mkdir(dir, 0700), 0);
    for (size_t i = 0; i < sizeof obstacles / sizeof *obstacles; i++) {
        struct written_files w;
        struct buf error = {0}, expected = {0};
        obstacles[i].make(index);
        assert_false(files_write(REPORT(&sample), &settings, &w, &error));
        assert_int_equal(w.count, 0);
        buf_printf(&expected, "cannot write %s: %s", index, obstacles[i].why);
        assert_buf(&error, buf_cstr(&expected));
        buf_free(&expected);
        assert_list(obstacles[i].left);
        assert_int_equal(remove(index), 0);
    }
}

/* Runs body in a child process, which may drop privileges. */
static void assert_in_child(bool (*body)(void))
{
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(body() ? 0 : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static bool denied_to_nobody(void)
{
    if (geteuid() == 0 && setuid(65534) != 0)
        return false;
    struct written_files w;
    struct buf error = {0}, expected = {0};
    buf_printf(&expected, "cannot write %s/" BASE ".prof: Permission denied", dir);
    bool ok = files_write(REPORT(&sample), &settings, &w, &error);
    return !ok && str_equal(buf_str(&error), buf_str(&expected));
}

static void a_directory_of_somebody_else_is_an_error(void **state)
{
    (void)state;
    assert_int_equal(chmod(base_dir, 0755), 0);
    assert_int_equal(mkdir(dir, 0700), 0);
    assert_int_equal(chmod(dir, 0555), 0);
    assert_in_child(denied_to_nobody);
    assert_list("");
}

/* Makes the kernel refuse these system calls to this process, with EPERM. */
static bool refuse(unsigned first, unsigned second)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0), /* number of the system call */
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, first, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, second, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof code / sizeof *code, code};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static bool write_without_links(void)
{
    return refuse(SYS_linkat, SYS_linkat) && write_quietly() && write_quietly();
}

static void without_hard_links_files_are_moved_into_place(void **state)
{
    (void)state;
    put_file(BASE ".txt");
    assert_in_child(write_without_links);
    assert_list(BASE "-1.prof " BASE "-1.txt " BASE "-2.prof " BASE "-2.txt " BASE
                     ".txt index.jsonl ");
    struct buf content = {0};
    read_file(BASE ".txt", &content);
    assert_buf(&content, "not ours");
}

static bool write_without_names(void)
{
    if (!refuse(SYS_linkat, SYS_renameat2))
        return false;
    struct written_files w;
    struct buf error = {0}, expected = {0};
    buf_printf(&expected, "cannot write %s/" BASE ".prof: Operation not permitted",
               dir);
    bool ok = files_write(REPORT(&sample), &settings, &w, &error);
    return !ok && str_equal(buf_str(&error), buf_str(&expected));
}

static void where_no_name_can_be_given_nothing_is_left(void **state)
{
    (void)state;
    assert_in_child(write_without_names);
    assert_list("");
}

#define WRITERS 6
#define ROUNDS 20

static bool write_many(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        profile_make_id(sample.profile->id);
        if (!write_quietly())
            return false;
    }
    return true;
}

/* Checks that the .prof and the .txt with this number are of the same profile. */
static void check_pair(int number)
{
    struct buf prof = {0}, txt = {0};
    char suffix[16] = "", name[128], id_line[64];
    if (number)
        snprintf(suffix, sizeof suffix, "-%d", number);
    snprintf(name, sizeof name, BASE "%s.prof", suffix);
    read_file(name, &prof);
    snprintf(name, sizeof name, BASE "%s.txt", suffix);
    read_file(name, &txt);
    assert_true(prof.len > 17);
    snprintf(id_line, sizeof id_line, "\nPROFILE %.16s ", prof.data + prof.len - 17);
    assert_non_null(strstr(buf_cstr(&txt), id_line));
    buf_free(&prof);
    buf_free(&txt);
}

static void many_writers_share_a_directory(void **state)
{
    (void)state;
    pid_t children[WRITERS];
    for (int i = 0; i < WRITERS; i++) {
        children[i] = fork();
        if (children[i] == 0)
            _exit(write_many() ? 0 : 1);
    }
    for (int i = 0; i < WRITERS; i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    for (int i = 0; i < WRITERS * ROUNDS; i++)
        check_pair(i);
    struct buf index = {0};
    read_file("index.jsonl", &index);
    struct str rest = buf_str(&index), line;
    size_t lines = 0;
    while (str_split(&rest, '\n', &line) && line.len) {
        assert_true(str_starts(line, STR("{\"id\":\"")));
        assert_int_equal(line.data[line.len - 1], '}');
        lines++;
    }
    assert_int_equal(lines, WRITERS * ROUNDS);
    buf_free(&index);
    char *names = list();
    assert_null(strstr(names, ".tmp"));
    free(names);
}

static bool write_one(void)
{
    struct written_files w;
    struct buf error = {0};
    bool ok = files_write(REPORT(&sample), &settings, &w, &error);
    bool noticed = !ok || error.len || error.failed;
    bool is_whole = ok ? w.count == 2 : w.count == 0 && !w.paths;
    written_files_free(&w);
    buf_free(&error);
    return noticed && is_whole;
}

static void running_out_of_memory_leaves_all_or_nothing(void **state)
{
    (void)state;
    assert_int_equal(mkdir(dir, 0700), 0);
    oom_sweep(write_one);
    char *names = list();
    assert_null(strstr(names, ".tmp"));
    size_t profs = 0, txts = 0;
    for (const char *at = names; (at = strstr(at, ".prof ")); at++)
        profs++;
    for (const char *at = names; (at = strstr(at, ".txt ")); at++)
        txts++;
    assert_int_equal(profs, txts);
    free(names);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_base_dir, remove_base_dir)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_format_has_a_file_and_the_index_a_line),
        TEST(modes_are_exact_whatever_the_umask),
        TEST(a_directory_that_is_there_keeps_its_mode),
        TEST(a_trailing_slash_is_not_doubled),
        TEST(a_missing_parent_is_an_error),
        TEST(a_file_in_place_of_the_directory_is_an_error),
        TEST(taken_names_get_a_number_the_same_for_all_formats),
        TEST(links_that_lead_away_are_not_followed),
        TEST(the_longest_name_still_has_room_for_a_number),
        TEST(no_formats_are_no_files),
        TEST(a_format_asked_for_twice_is_written_once),
        TEST(a_report_that_fails_takes_the_others_with_it),
        TEST(a_full_disk_leaves_nothing_behind),
        TEST(a_profile_that_cannot_be_indexed_leaves_no_files),
        TEST(a_directory_of_somebody_else_is_an_error),
        TEST(without_hard_links_files_are_moved_into_place),
        TEST(where_no_name_can_be_given_nothing_is_left),
        TEST(many_writers_share_a_directory),
        TEST(running_out_of_memory_leaves_all_or_nothing),
    };
    struct buf error = {0};
    sample_make(&sample);
    if (!filename_parse(&filename,
                        STR("{method}.{path}.{elapsed:.0f}ms.{time:.0f}.prof"), &error))
        return 1;
    int failed = cmocka_run_group_tests_name("files", tests, NULL, NULL);
    filename_free(&filename);
    sample_free(&sample);
    return failed;
}
