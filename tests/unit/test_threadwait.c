#include "support.h"

#include "system/descriptor.h"
#include "profile/sampled.h"
#include "system/syscalls.h"
#include "system/threadwait.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_S 30

/* Events that the threads wait for. They never happen: the threads end with the
 * process. */
static struct {
    int pair[2]; /* unix sockets; the first is full, so it cannot be written to */
    int tcp[2], listener;
    int empty_pipe[2], full_pipe[2], last_pipe[2];
    int event;
    int locked; /* a file that another process has locked */
    pid_t child;
    pthread_mutex_t mutex;
    pthread_cond_t never;
    struct {
        uint32_t futex;
        pthread_cond_t condition;
    } gil;
    uint32_t lock; /* a futex */
    bool stop;     /* atomic; stops the threads that run */
} scene = {.mutex = PTHREAD_MUTEX_INITIALIZER,
           .never = PTHREAD_COND_INITIALIZER,
           .gil = {.condition = PTHREAD_COND_INITIALIZER}};

static void fill(int fd)
{
    static const char bytes[4096];
    fcntl(fd, F_SETFL, O_NONBLOCK);
    while (write(fd, bytes, sizeof bytes) > 0)
        ;
    fcntl(fd, F_SETFL, 0);
}

static void make_tcp(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof address;
    scene.listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(scene.listener, (struct sockaddr *)&address, len), 0);
    assert_int_equal(listen(scene.listener, 1), 0);
    assert_int_equal(getsockname(scene.listener, (struct sockaddr *)&address, &len), 0);
    scene.tcp[0] = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(scene.tcp[0], (struct sockaddr *)&address, len), 0);
    scene.tcp[1] = accept(scene.listener, NULL, NULL);
    assert_true(scene.tcp[1] >= 0);
}

static void make_locked(void)
{
    char path[] = "/tmp/test_threadwait.XXXXXX";
    struct flock whole = {.l_type = F_WRLCK};
    int holder = mkstemp(path);
    scene.locked = open(path, O_RDWR);
    unlink(path);
    assert_true(holder >= 0 && scene.locked >= 0);
    assert_int_equal(flock(holder, LOCK_EX), 0);
    assert_int_equal(fcntl(holder, F_OFD_SETLK, &whole), 0);
}

static int make_scene(void **state)
{
    (void)state;
    scene.child = fork();
    if (scene.child == 0)
        prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (scene.child == 0)
        pause();
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, scene.pair), 0);
    assert_int_equal(
        pipe(scene.empty_pipe) | pipe(scene.full_pipe) | pipe(scene.last_pipe), 0);
    fill(scene.pair[0]);
    fill(scene.full_pipe[1]);
    make_tcp();
    make_locked();
    scene.event = eventfd(0, 0);
    pthread_mutex_lock(&scene.mutex);
    return 0;
}

static int end_scene(void **state)
{
    (void)state;
    return kill(scene.child, SIGKILL);
}

static char byte;
static const struct timespec hour = {3600, 0};

static void runs(void)
{
    while (!__atomic_load_n(&scene.stop, __ATOMIC_RELAXED))
        ;
}

static void nanosleeps(void)
{
    nanosleep(&hour, NULL);
}

static void clock_nanosleeps(void)
{
    clock_nanosleep(CLOCK_MONOTONIC, 0, &hour, NULL);
}

static void pauses(void)
{
    pause();
}

static void selects_nothing(void)
{
    struct timeval timeout = {3600, 0};
    select(0, NULL, NULL, NULL, &timeout);
}

static void polls_nothing(void)
{
    poll(NULL, 0, 3600000);
}

static void waits_for_the_gil(void)
{
    syscall(SYS_futex, &scene.gil.futex, FUTEX_WAIT_PRIVATE, 0, NULL);
}

/* As Python does. Each of the threads: musl has a list of them. */
static void waits_for_the_gils_condition(void)
{
    static pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;
    const struct timespec until = {.tv_sec = time(NULL) + 3600};
    pthread_mutex_lock(&own);
    pthread_cond_timedwait(&scene.gil.condition, &own, &until);
}

static void waits_for_a_futex(void)
{
    syscall(SYS_futex, &scene.lock, FUTEX_WAIT_PRIVATE, 0, NULL);
}

static void locks_a_mutex(void)
{
    pthread_mutex_lock(&scene.mutex);
}

static void waits_for_a_condition(void)
{
    static pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&own);
    pthread_cond_wait(&scene.never, &own);
}

static void locks_a_file(void)
{
    flock(scene.locked, LOCK_EX);
}

static void locks_a_range(void)
{
    struct flock whole = {.l_type = F_WRLCK};
    fcntl(scene.locked, F_OFD_SETLKW, &whole);
}

static void receives_from_a_pair(void)
{
    recv(scene.pair[0], &byte, 1, 0);
}

static void receives_from_tcp(void)
{
    recv(scene.tcp[0], &byte, 1, 0);
}

static void reads_from_tcp(void)
{
    if (read(scene.tcp[0], &byte, 1) == 1)
        abort();
}

static void accepts(void)
{
    accept(scene.listener, NULL, NULL);
}

static void sends(void)
{
    send(scene.pair[0], &byte, 1, 0);
}

static void writes_to_a_pair(void)
{
    if (write(scene.pair[0], &byte, 1) == 1)
        abort();
}

static void poll_for(int fd, short events)
{
    struct pollfd polled[2] = {{.fd = fd, .events = events}, {.fd = -1}};
    poll(polled, 2, -1);
}

static void polls_to_read(void)
{
    poll_for(scene.tcp[0], POLLIN);
}

static void polls_to_write(void)
{
    poll_for(scene.pair[0], POLLOUT);
}

static void polls_a_pipe(void)
{
    poll_for(scene.empty_pipe[0], POLLIN);
}

static void select_for(int fd, bool writes)
{
    fd_set set;
    FD_ZERO(&set);
    FD_SET(fd, &set);
    select(fd + 1, writes ? NULL : &set, writes ? &set : NULL, NULL, NULL);
}

static void selects_to_read(void)
{
    select_for(scene.tcp[0], false);
}

static void selects_to_write(void)
{
    select_for(scene.pair[0], true);
}

#define HOUR_MS 3600000

/* Polls up to two descriptors; -1: none. */
static void epoll_for(int first, int second, uint32_t events, int timeout_ms)
{
    const int fds[] = {first, second};
    struct epoll_event event = {.events = events};
    int epoll = epoll_create1(0);
    for (size_t i = 0; i < 2; i++)
        if (fds[i] >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, fds[i], &event) != 0)
            abort();
    epoll_wait(epoll, &event, 1, timeout_ms);
}

static void waits_for_no_event(void)
{
    epoll_for(-1, -1, EPOLLIN, -1);
}

static void loop_sleeps(void)
{
    epoll_for(scene.event, scene.pair[0], EPOLLIN, HOUR_MS);
}

static void loop_waits_for_itself(void)
{
    epoll_for(scene.event, scene.pair[0], EPOLLIN, -1);
}

static void loop_reads_from_tcp(void)
{
    epoll_for(scene.pair[0], scene.tcp[0], EPOLLIN, HOUR_MS);
}

static void loop_reads_from_two(void)
{
    epoll_for(scene.listener, scene.tcp[0], EPOLLIN, -1);
}

static void loop_writes(void)
{
    epoll_for(scene.pair[0], -1, EPOLLOUT, -1);
}

static void loop_reads_a_pipe(void)
{
    epoll_for(scene.event, scene.empty_pipe[0], EPOLLIN, HOUR_MS);
}

static void loop_waits_for_a_child(void)
{
    epoll_for(scene.event, (int)syscall(SYS_pidfd_open, scene.child, 0), EPOLLIN, -1);
}

static void loop_waits_for_a_timer(void)
{
    epoll_for(scene.event, timerfd_create(CLOCK_MONOTONIC, 0), EPOLLIN, -1);
}

static void polls_itself(void)
{
    poll_for(scene.pair[0], POLLIN);
}

static void reads_a_pipe(void)
{
    if (read(scene.empty_pipe[0], &byte, 1) == 1)
        abort();
}

static void reads_until_the_end(void)
{
    if (read(scene.last_pipe[0], &byte, 1) == 1)
        abort();
}

static void writes_a_pipe(void)
{
    if (write(scene.full_pipe[1], &byte, 1) == 1)
        abort();
}

static void waits_for_a_child(void)
{
    waitpid(scene.child, NULL, 0);
}

static void reads_an_eventfd(void)
{
    eventfd_t value;
    eventfd_read(scene.event, &value);
}

struct thread {
    pthread_t id;
    pid_t tid; /* atomic; 0 until the thread runs */
    void (*block)(void);
};

static void *thread_main(void *argument)
{
    struct thread *thread = argument;
    void (*block)(void) = thread->block;
    __atomic_store_n(&thread->tid, (pid_t)syscall(SYS_gettid), __ATOMIC_RELEASE);
    block(); /* the struct may be freed by now */
    return NULL;
}

static void breathe(void)
{
    nanosleep(&(struct timespec){0, 1000000}, NULL);
}

static void start(struct thread *thread, void (*block)(void))
{
    *thread = (struct thread){.block = block};
    assert_int_equal(pthread_create(&thread->id, NULL, thread_main, thread), 0);
    while (!__atomic_load_n(&thread->tid, __ATOMIC_ACQUIRE))
        breathe();
}

/* Only threads that run have to be stopped. */
static void leave(struct thread *thread)
{
    if (thread->block != runs) {
        pthread_detach(thread->id);
        return;
    }
    __atomic_store_n(&scene.stop, true, __ATOMIC_RELAXED);
    pthread_join(thread->id, NULL);
    scene.stop = false;
}

/* Reads until the kind is found, or long enough for a busy machine. Returns the last
 * kind. */
static enum wait_kind read_until(struct threadwait *w, enum wait_kind expected, int *fd)
{
    struct gil_range gil = {(uintptr_t)&scene.gil, (uintptr_t)(&scene.gil + 1)};
    time_t end = time(NULL) + PATIENCE_S;
    enum wait_kind kind = threadwait_read(w, &gil, fd);
    while (kind != expected && time(NULL) < end) {
        breathe();
        kind = threadwait_read(w, &gil, fd);
    }
    return kind;
}

static void a_thread_does_what_it_does(void **state)
{
    (void)state;
    static const struct {
        void (*block)(void);
        enum wait_kind kind;
        const int *fd; /* NULL: none */
    } cases[] = {
        {runs, WAITS_CPU, NULL},
        {nanosleeps, WAITS_SLEEP, NULL},
        {clock_nanosleeps, WAITS_SLEEP, NULL},
        {pauses, WAITS_SLEEP, NULL},
        {selects_nothing, WAITS_SLEEP, NULL},
        {polls_nothing, WAITS_SLEEP, NULL},
        {waits_for_the_gil, WAITS_GIL, NULL},
        {waits_for_the_gils_condition, WAITS_GIL, NULL},
        {waits_for_the_gils_condition, WAITS_GIL, NULL},
        {waits_for_the_gils_condition, WAITS_GIL, NULL},
        {waits_for_a_futex, WAITS_LOCK, NULL},
        {locks_a_mutex, WAITS_LOCK, NULL},
        {waits_for_a_condition, WAITS_LOCK, NULL},
        {locks_a_file, WAITS_LOCK, NULL},
        {locks_a_range, WAITS_LOCK, NULL},
        {receives_from_a_pair, WAITS_NETWORK_READ, &scene.pair[0]},
        {receives_from_tcp, WAITS_NETWORK_READ, &scene.tcp[0]},
        {reads_from_tcp, WAITS_NETWORK_READ, &scene.tcp[0]},
        {accepts, WAITS_NETWORK_READ, &scene.listener},
        {polls_to_read, WAITS_NETWORK_READ, &scene.tcp[0]},
        {selects_to_read, WAITS_NETWORK_READ, &scene.tcp[0]},
        {waits_for_no_event, WAITS_SLEEP, NULL},
        {loop_sleeps, WAITS_SLEEP, NULL},
        {loop_waits_for_itself, WAITS_LOOP, NULL},
        {loop_reads_from_tcp, WAITS_NETWORK_READ, &scene.tcp[0]},
        {loop_reads_from_two, WAITS_NETWORK_READ, NULL},
        {loop_writes, WAITS_NETWORK_WRITE, &scene.pair[0]},
        {loop_reads_a_pipe, WAITS_CHILD, NULL},
        {loop_waits_for_a_child, WAITS_CHILD, NULL},
        {loop_waits_for_a_timer, WAITS_SLEEP, NULL},
        {polls_itself, WAITS_LOOP, NULL},
        {sends, WAITS_NETWORK_WRITE, &scene.pair[0]},
        {writes_to_a_pair, WAITS_NETWORK_WRITE, &scene.pair[0]},
        {polls_to_write, WAITS_NETWORK_WRITE, &scene.pair[0]},
        {selects_to_write, WAITS_NETWORK_WRITE, &scene.pair[0]},
        {reads_a_pipe, WAITS_CHILD, NULL},
        {writes_a_pipe, WAITS_CHILD, NULL},
        {polls_a_pipe, WAITS_CHILD, NULL},
        {waits_for_a_child, WAITS_CHILD, NULL},
        {reads_an_eventfd, WAITS_OTHER, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct thread thread;
        struct threadwait w;
        int fd;
        start(&thread, cases[i].block);
        assert_true(threadwait_open(&w, thread.tid));
        enum wait_kind kind = read_until(&w, cases[i].kind, &fd);
        if (w.lack)
            skip_because("this kernel or sandbox shows no details of waits");
        if (kind != cases[i].kind)
            fail_msg("case %zu: %s", i, wait_name(kind));
        assert_int_equal(fd, cases[i].fd ? *cases[i].fd : -1);
        threadwait_close(&w);
        leave(&thread);
    }
}

static void without_a_range_the_gil_is_a_lock(void **state)
{
    (void)state;
    struct thread thread;
    struct threadwait w;
    int fd;
    start(&thread, waits_for_the_gil);
    assert_true(threadwait_open(&w, thread.tid));
    if (w.lack)
        skip_because("this kernel or sandbox shows no details of waits");
    assert_int_equal(read_until(&w, WAITS_GIL, &fd), WAITS_GIL);
    assert_int_equal(threadwait_read(&w, NULL, &fd), WAITS_LOCK);
    struct gil_range below = {0, (uintptr_t)&scene.gil};
    assert_int_equal(threadwait_read(&w, &below, &fd), WAITS_LOCK);
    threadwait_close(&w);
    leave(&thread);
}

static void a_thread_that_is_not_there_does_nothing_known(void **state)
{
    (void)state;
    struct threadwait w;
    struct thread thread;
    int fd = 7;
    assert_false(threadwait_open(&w, -1));
    assert_int_equal(threadwait_read(&w, NULL, &fd), WAITS_OTHER);
    assert_int_equal(fd, -1);
    threadwait_close(&w);
    threadwait_close(&w);

    start(&thread, reads_until_the_end);
    assert_true(threadwait_open(&w, thread.tid));
    close(scene.last_pipe[1]);
    pthread_join(thread.id, NULL);
    assert_int_equal(read_until(&w, WAITS_OTHER, &fd), WAITS_OTHER);
    threadwait_close(&w);
}

/* Runs in a process that may not see its own details. Returns 0 if the wait is
 * classified all the same. */
static int look_without_rights(void)
{
    static const struct {
        void (*block)(void);
        enum wait_kind kind;
    } cases[] = {{runs, WAITS_CPU}, {pauses, WAITS_OTHER}};
    if (getuid() == 0 && setresuid(65534, 65534, 65534) != 0)
        return 1;
    prctl(PR_SET_DUMPABLE, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct thread thread;
        struct threadwait w;
        int fd;
        start(&thread, cases[i].block);
        if (!threadwait_open(&w, thread.tid) || w.lack != LACKS_DUMPABLE)
            return 2;
        if (read_until(&w, cases[i].kind, &fd) != cases[i].kind || fd != -1)
            return 3;
        threadwait_close(&w);
        leave(&thread);
    }
    return 0;
}

/* Makes the system call fail from now on, as in a sandbox. */
static bool forbid(unsigned number)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static int look_in_a_sandbox(void)
{
    struct threadwait w;
    if (!forbid(SYS_openat))
        return 77;
    return !threadwait_open(&w, gettid()) && w.lack == LACKS_PERMISSION ? 0 : 1;
}

static int look_without_descriptors(void)
{
    struct threadwait w;
    const struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_NOFILE, &none) != 0)
        return 77;
    return !threadwait_open(&w, gettid()) && w.lack == LACKS_DESCRIPTORS ? 0 : 1;
}

static int look_at_polls_in_a_sandbox(void)
{
    struct thread thread;
    struct threadwait w;
    int fd;
    start(&thread, polls_to_read);
    if (!forbid(SYS_process_vm_readv) || !threadwait_open(&w, thread.tid) || w.lack)
        return 77;
    return read_until(&w, WAITS_NETWORK_READ, &fd) == WAITS_NETWORK_READ &&
                   fd == scene.tcp[0]
               ? 0
               : 1;
}

static void what_is_lacking_is_named(void **state)
{
    (void)state;
    int (*const looks[])(void) = {look_in_a_sandbox, look_without_descriptors,
                                  look_at_polls_in_a_sandbox};
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
        int status;
        pid_t child = fork();
        if (child == 0)
            _exit(looks[i]());
        assert_int_equal(waitpid(child, &status, 0), child);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
            print_message("case %zu: this machine cannot show it\n", i);
        else
            assert_int_equal(status, 0);
    }
}

static void calls_in_one_are_told_apart(void **state)
{
    (void)state;
    for (uint64_t call = 0; call < 0x10000; call++)
        assert_int_equal(syscall_ipc(call | 0x10000),
                         call == 1 || call == 4 ? WAITS_LOCK : WAITS_OTHER);
#ifdef SYS_socketcall
    assert_int_equal(syscall_kind(SYS_socketcall).look, LOOK_SOCKETCALL);
    assert_int_equal(syscall_kind(SYS_ipc).look, LOOK_IPC);
    assert_int_equal(syscall_socketcall(3), WAITS_NETWORK_WRITE);  /* connect */
    assert_int_equal(syscall_socketcall(5), WAITS_NETWORK_READ);   /* accept */
    assert_int_equal(syscall_socketcall(9), WAITS_NETWORK_WRITE);  /* send */
    assert_int_equal(syscall_socketcall(10), WAITS_NETWORK_READ);  /* recv */
    assert_int_equal(syscall_socketcall(12), WAITS_NETWORK_READ);  /* recvfrom */
    assert_int_equal(syscall_socketcall(19), WAITS_NETWORK_READ);  /* recvmmsg */
    assert_int_equal(syscall_socketcall(20), WAITS_NETWORK_WRITE); /* sendmmsg */
#endif
    assert_int_equal(syscall_socketcall(0), WAITS_OTHER);
    assert_int_equal(syscall_socketcall(1), WAITS_OTHER); /* socket */
    assert_int_equal(syscall_socketcall(21), WAITS_OTHER);
    assert_int_equal(syscall_socketcall(UINT64_MAX), WAITS_OTHER);
}

static void an_epoll_is_what_its_text_says(void **state)
{
    (void)state;
    static const char text[] =
        "pos:\t0\nflags:\t02\ntfd:        5 events:       19 data: "
        "5 pos:0\ntfd: 1048576 events: 2000001d\ntfd: 7 events:4"
        "\ntfd: x events: 1\ntfd: 8 event\ntfd: 9 events: 0\ntfd";
    struct watch w = {0};
    watch_parse_epoll(&w, STR(text));
    assert_int_equal(w.count, 3);
    assert_true(w.of[0].fd == 5 && w.of[0].reads && !w.of[0].writes);
    assert_true(w.of[1].fd == 1048576 && w.of[1].reads && w.of[1].writes);
    assert_true(w.of[2].fd == 7 && !w.of[2].reads && w.of[2].writes);
    for (int i = 0; i < 2 * WATCHED_MAX; i++)
        watch_add(&w, i, true, false);
    assert_int_equal(w.count, WATCHED_MAX);
}

static void a_process_without_the_right_to_details_gets_the_state(void **state)
{
    (void)state;
    int status;
    pid_t child = fork();
    if (child == 0)
        _exit(look_without_rights());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void what_the_kernel_says_of_a_call_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
        struct thread_call call;
    } cases[] = {
        {"running\n", true, {true, -1, {0}, 0}},
        {"-1 0x7ffd 0x7f12\n", true, {false, -1, {0}, 0}},
        {"0 0x3 0x7ffe 0x2000 0x0 0xa 0xffffffffffffffff 0x7fff 0x7f79\n",
         true,
         {false, 0, {3, 0x7ffe, 0x2000, 0, 10, UINT64_MAX}, 0x7fff}},
        {"202 0x1 0x2 0x3 0x4 0x5 0x6 0x7 ", true, {false, 202, {1, 2, 3, 4, 5, 6}, 7}},
        {"202 0x1 0xA 0x3 0x4 0x5 0x6 0x7 ",
         true,
         {false, 202, {1, 10, 3, 4, 5, 6}, 7}},
        {"", false, {0}},
        {"\n", false, {0}},
        {"run", false, {0}},
        {"-", false, {0}},
        {"-2 0x0 0x0", false, {0}},
        {" 202 0x1 0x2 0x3 0x4 0x5 0x6 0x7 0x8", false, {0}},
        {"202", false, {0}},
        {"202 ", false, {0}},
        {"202 0x1 0x2 0x3 0x4 0x5", false, {0}},
        {"202 0x1 0x2 0x3 0x4 0x5 0x", false, {0}},
        {"202 0x1 0x2 0x3 0x4 0x5 0x6 ", false, {0}},
        {"202 0x1 0x2 0x3 0x4 0x5 0x6 0x7", false, {0}}, /* 0x7f42, perhaps */
        {"202 1 2 3 4 5 6 7 8", false, {0}},
        {"202 0x1  0x2 0x3 0x4 0x5 0x6 0x7", false, {0}},
        {"202 0x1 0xg 0x3 0x4 0x5 0x6 0x7", false, {0}},
        {"202 0x10000000000000000 0x2 0x3 0x4 0x5 0x6 0x7", false, {0}},
        {"99999999999999999999 0x1 0x2 0x3 0x4 0x5 0x6 0x7", false, {0}},
        {"\xff\xff 0x1", false, {0}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct thread_call call;
        bool ok = threadwait_parse(str_from(cases[i].text), &call);
        assert_int_equal(ok, cases[i].ok);
        if (!ok)
            continue;
        assert_int_equal(call.running, cases[i].call.running);
        assert_int_equal(call.number, cases[i].call.number);
        assert_memory_equal(call.args, cases[i].call.args, sizeof call.args);
        assert_int_equal(call.stack, cases[i].call.stack);
    }
    struct thread_call call;
    assert_false(threadwait_parse((struct str){NULL, 0}, &call));
}

/* Uses copies, so that the sanitizer notices a read beyond the end. */
static void a_text_cut_anywhere_is_read_to_its_end_only(void **state)
{
    (void)state;
    static const char *const texts[] = {"running\n", "-1 0x1 0x2\n",
                                        "202 0x1f 0x2 0x3 0x4 0x5 0x6 0x7 0x8\n",
                                        "12 (a) b) R 1 2 3"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t len = 0; len <= strlen(texts[i]); len++) {
            struct thread_call call;
            char *copy = malloc(len ? len : 1);
            memcpy(copy, texts[i], len);
            struct str text = {copy, len};
            threadwait_parse(text, &call);
            threadwait_parse_stat(text);
            free(copy);
        }
}

static void the_state_stands_behind_a_name_of_any_bytes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum wait_kind kind;
    } cases[] = {
        {"12 (uwsgi) R 1 12", WAITS_CPU},
        {"12 (uwsgi) D 1 12", WAITS_DISK},
        {"12 (uwsgi) S 1 12", WAITS_OTHER},
        {"12 (uwsgi) t 1 12", WAITS_OTHER},
        {"12 (a) D (b) R 1", WAITS_CPU},
        {"12 () R) S 1 12", WAITS_OTHER},
        {"12 (R D\n) D 1 12", WAITS_DISK},
        {"12 (\xff\xfe) R", WAITS_CPU},
        {"12 (uwsgi) ", WAITS_OTHER},
        {"12 (uwsgi)", WAITS_OTHER},
        {"12 (uwsgi", WAITS_OTHER},
        {"R", WAITS_OTHER},
        {")", WAITS_OTHER},
        {"", WAITS_OTHER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(threadwait_parse_stat(str_from(cases[i].text)), cases[i].kind);
    assert_int_equal(threadwait_parse_stat((struct str){NULL, 0}), WAITS_OTHER);
}

static void calls_wait_for_what_their_name_says(void **state)
{
    (void)state;
    static const struct {
        long number;
        enum syscall_look look;
        enum wait_kind kind;
    } cases[] = {
        {SYS_openat, LOOK_NO_FURTHER, WAITS_DISK},
        {SYS_fsync, LOOK_NO_FURTHER, WAITS_DISK},
        {SYS_getdents64, LOOK_NO_FURTHER, WAITS_DISK},
        {SYS_connect, LOOK_SOCKET, WAITS_NETWORK_WRITE},
        {SYS_sendfile, LOOK_FD_WRITE, WAITS_OTHER},
        {SYS_preadv, LOOK_FD_READ, WAITS_OTHER},
        {SYS_clone, LOOK_NO_FURTHER, WAITS_CHILD},
        {SYS_getpid, LOOK_NO_FURTHER, WAITS_OTHER},
        {SYS_ioctl, LOOK_NO_FURTHER, WAITS_OTHER},
        {-1, LOOK_NO_FURTHER, WAITS_OTHER},
        {-999999999, LOOK_NO_FURTHER, WAITS_OTHER},
        {100000, LOOK_NO_FURTHER, WAITS_OTHER},
        {999999999, LOOK_NO_FURTHER, WAITS_OTHER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct syscall_kind kind = syscall_kind(cases[i].number);
        assert_int_equal(kind.look, cases[i].look);
        assert_int_equal(kind.wait, cases[i].kind);
    }
    for (long number = -2; number < 5000; number++)
        assert_in_range(syscall_kind(number).wait, WAITS_GIL, WAITS_OTHER);
}

static void assert_peer(int fd, const char *expected)
{
    char name[PEER_NAME_SIZE];
    assert_true(threadwait_peer(fd, name, sizeof name));
    assert_string_equal(name, expected);
}

static void peers_of_tcp_have_an_address(void **state)
{
    (void)state;
    struct sockaddr_in address;
    socklen_t len = sizeof address;
    char expected[64], name[PEER_NAME_SIZE];
    assert_int_equal(getsockname(scene.listener, (struct sockaddr *)&address, &len), 0);
    snprintf(expected, sizeof expected, "127.0.0.1:%u", ntohs(address.sin_port));
    assert_peer(scene.tcp[0], expected);
    assert_true(threadwait_peer(scene.tcp[0], name, 8));
    assert_string_equal(name, "127.0.0");
    assert_false(threadwait_peer(scene.tcp[0], name, 0));
}

/* Connects a datagram socket, which needs no peer. */
static int connect_udp(const struct sockaddr_in6 *to)
{
    int fd = socket(AF_INET6, SOCK_DGRAM, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)to, sizeof *to) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static void addresses_of_ipv6_are_in_brackets(void **state)
{
    (void)state;
    struct sockaddr_in6 address = {.sin6_family = AF_INET6,
                                   .sin6_port = htons(5432),
                                   .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int fd = connect_udp(&address);
    if (fd < 0)
        skip_because("no IPv6");
    assert_peer(fd, "[::1]:5432");
    close(fd);
    static const struct in6_addr mapped = {
        {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1}}};
    address.sin6_addr = mapped;
    fd = connect_udp(&address);
    assert_true(fd >= 0);
    assert_peer(fd, "127.0.0.1:5432");
    close(fd);
}

/* Checks the peer's name if it listens at this address of path_len bytes. */
static void assert_unix_peer(const char *path, size_t path_len, const char *expected)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path_len);
    int server = socket(AF_UNIX, SOCK_STREAM, 0);
    int client = socket(AF_UNIX, SOCK_STREAM, 0);
    memcpy(address.sun_path, path, path_len);
    assert_int_equal(bind(server, (struct sockaddr *)&address, len), 0);
    assert_int_equal(listen(server, 1), 0);
    assert_int_equal(connect(client, (struct sockaddr *)&address, len), 0);
    assert_peer(client, expected);
    close(client);
    close(server);
}

static void peers_of_unix_sockets_have_a_path(void **state)
{
    (void)state;
    char directory[] = "/tmp/test_threadwait.XXXXXX", path[108], expected[108];
    assert_non_null(mkdtemp(directory));
    int len = snprintf(path, sizeof path, "%s/a\n\xc3\xa9.sock", directory);
    snprintf(expected, sizeof expected, "%s/a\?\?\?.sock", directory);
    assert_unix_peer(path, (size_t)len, expected);
    unlink(path);

    len = snprintf(path, sizeof path, "%s/", directory);
    memset(path + len, 'x', sizeof path - (size_t)len); /* full: no NUL at the end */
    char whole[PEER_NAME_SIZE] = "";
    memcpy(whole, path, sizeof path);
    assert_unix_peer(path, sizeof path, whole);
    unlink(whole);
    rmdir(directory);

    len = snprintf(path, sizeof path, "%ctest-threadwait-%ld%c!", 0, (long)getpid(), 0);
    snprintf(expected, sizeof expected, "@test-threadwait-%ld?!", (long)getpid());
    assert_unix_peer(path, (size_t)len, expected);
    assert_peer(scene.pair[0], "unix socket");
}

static void what_is_not_connected_has_no_peer(void **state)
{
    (void)state;
    int fds[] = {-1, 100000, scene.listener, scene.empty_pipe[0], scene.locked};
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++) {
        char name[PEER_NAME_SIZE] = "before";
        assert_false(threadwait_peer(fds[i], name, sizeof name));
        assert_string_equal(name, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thread_does_what_it_does),
        cmocka_unit_test(without_a_range_the_gil_is_a_lock),
        cmocka_unit_test(a_thread_that_is_not_there_does_nothing_known),
        cmocka_unit_test(what_is_lacking_is_named),
        cmocka_unit_test(calls_in_one_are_told_apart),
        cmocka_unit_test(an_epoll_is_what_its_text_says),
        cmocka_unit_test(a_process_without_the_right_to_details_gets_the_state),
        cmocka_unit_test(what_the_kernel_says_of_a_call_is_read),
        cmocka_unit_test(a_text_cut_anywhere_is_read_to_its_end_only),
        cmocka_unit_test(the_state_stands_behind_a_name_of_any_bytes),
        cmocka_unit_test(calls_wait_for_what_their_name_says),
        cmocka_unit_test(peers_of_tcp_have_an_address),
        cmocka_unit_test(addresses_of_ipv6_are_in_brackets),
        cmocka_unit_test(peers_of_unix_sockets_have_a_path),
        cmocka_unit_test(what_is_not_connected_has_no_peer),
    };
    return cmocka_run_group_tests_name("threadwait", tests, make_scene, end_scene);
}
