/* driver.c -- runs both collectors in plain Python, without a server. Several threads
 * run the code of churn.py, each with a collector of its own. The driver checks the
 * profiles.
 *
 *     driver CHURN.PY SECONDS INTERVAL_US THREADS
 *
 * Prints its counts; the last line is JSON, for test_embed.py. It is built with
 * sanitizers, except for the code that reads other threads' memory on purpose (see
 * embed.mk). */

#include "profile/profile.h"
#include "profile/stats.h"
#include "collect/collector.h"
#include "collect/collector_kind.h"
#include "python/selftest.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static struct collector_env *env;
static PyObject *churn, *pairs, *hidden, *qualnames;
static uint64_t until_ns, interval_ns;

/* of all threads; protected by the GIL */
static uint64_t profiles, samples, lost, edges, impossible, wrong_sums, strangers,
    wrong_facts;

/* True if caller can call callee. Always true for functions outside churn.py. */
static bool is_possible(const char *caller, const char *callee)
{
    PyObject *callers = PyDict_GetItemString(pairs, callee);
    if (!callers || callers == Py_None)
        return true;
    PyObject *key = PyUnicode_FromString(caller);
    bool possible = PySet_Contains(callers, key) == 1;
    Py_DECREF(key);
    return possible;
}

static bool name_of(const struct profile *p, uint32_t func, char name[256])
{
    struct str s = functab_name(&p->functab, func);
    snprintf(name, 256, "%.*s", (int)s.len, s.data);
    struct str file = functab_file(&p->functab, func);
    for (size_t i = 0; i < s.len; i++) /* no name in this program contains such bytes */
        strangers += (unsigned char)s.data[i] < ' ' || (unsigned char)s.data[i] > '~';
    return file.len >= 8 && !memcmp(file.data + file.len - 8, "churn.py", 8);
}

static void check_edges(const struct profile *p)
{
    char name[256], caller[256];
    for (uint32_t i = 1; i < p->tree.count; i++) {
        const struct calltree_node *n = &p->tree.nodes[i];
        edges += n->calls;
        if (!name_of(p, n->func, name) || n->parent == CALLTREE_ROOT)
            continue;
        if (name_of(p, p->tree.nodes[n->parent].func, caller) &&
            !is_possible(caller, name)) {
            printf("impossible: %s calls %s\n", caller, name);
            impossible += n->calls;
        }
    }
}

/* Checks the facts about churn.py's functions, besides their names. */
static void check_facts(const struct profile *p)
{
    char name[256];
    for (uint32_t i = 0; i < p->functab.count; i++) {
        if (!name_of(p, i, name))
            continue;
        PyObject *key = PyUnicode_FromString(name);
        bool hides = PySet_Contains(hidden, key) == 1;
        PyObject *known = PyDict_GetItem(qualnames, key);
        struct str qualname = functab_qualname(&p->functab, i), expected = qualname;
        if (known != Py_None)
            expected = str_from(known ? PyUnicode_AsUTF8(known) : name);
        if (functab_is_hidden(&p->functab, i) != hides ||
            !str_equal(qualname, expected)) {
            printf("wrong: %s is %.*s, hidden: %d\n", name, (int)qualname.len,
                   qualname.data, functab_is_hidden(&p->functab, i));
            wrong_facts++;
        }
        Py_DECREF(key);
    }
}

/* Checks a profile that was recorded within this time. */
static void check_sums(const struct profile *p, uint64_t outside_ns)
{
    uint64_t self_ns = 0, waits_ns = 0;
    for (uint32_t i = 0; i < p->tree.count; i++) {
        self_ns += p->tree.nodes[i].self;
        for (int kind = 0; p->sampled.node_wait_ns && kind < WAIT_KINDS; kind++)
            waits_ns += p->sampled.node_wait_ns[i][kind];
    }
    uint64_t off = self_ns > p->wall_ns ? self_ns - p->wall_ns : p->wall_ns - self_ns;
    if (off <= p->wall_ns / 100 + 50000 && p->wall_ns <= outside_ns &&
        (p->mode != MODE_SAMPLING || waits_ns == self_ns))
        return;
    printf("wrong sum: mode %d, wall %llu of %llu ns, nodes %llu ns, waits %llu ns\n",
           (int)p->mode, (unsigned long long)p->wall_ns, (unsigned long long)outside_ns,
           (unsigned long long)self_ns, (unsigned long long)waits_ns);
    wrong_sums++;
}

static void profile_once(enum profile_mode mode)
{
    const struct collector_settings settings = {mode, 4096, interval_ns, 3600000000000};
    const char *why = "";
    struct profile *p = calloc(1, sizeof *p);
    uint64_t before_ns = clock_ns(CLOCK_MONOTONIC);
    struct collector *c = collector_start(env, &settings, &why);
    if (!c) {
        printf("not started: %s\n", why);
        exit(1);
    }
    p->mode = mode;
    PyObject *result = PyObject_CallObject(churn, NULL);
    if (!result)
        PyErr_Print();
    Py_XDECREF(result);
    collector_pause(c);
    collector_resume(c);
    collector_finish(c, p);
    uint64_t outside_ns = clock_ns(CLOCK_MONOTONIC) - before_ns;
    check_edges(p);
    check_sums(p, outside_ns);
    check_facts(p);
    struct stats stats;
    if (stats_compute(&stats, p))
        stats_free(&stats);
    profiles++;
    samples += p->sampled.samples;
    lost += p->sampled.lost;
    profile_destroy(p);
}

static void *run(void *unused)
{
    PyGILState_STATE gil = PyGILState_Ensure();
    for (int i = 0; clock_ns(CLOCK_MONOTONIC) < until_ns; i++)
        profile_once(i % 8 == 7 ? MODE_DETERMINISTIC : MODE_SAMPLING);
    PyGILState_Release(gil);
    return unused;
}

static bool load(const char *path)
{
    PyObject *globals = PyDict_New(), *builtins = PyImport_ImportModule("builtins");
    FILE *file = fopen(path, "r");
    PyDict_SetItemString(globals, "__builtins__", builtins);
    PyObject *name = PyUnicode_FromString("churn");
    PyDict_SetItemString(globals, "__name__", name);
    PyObject *done =
        file ? PyRun_File(file, path, Py_file_input, globals, globals) : NULL;
    if (!done)
        PyErr_Print();
    churn = PyDict_GetItemString(globals, "churn");
    pairs = PyDict_GetItemString(globals, "PAIRS");
    hidden = PyDict_GetItemString(globals, "HIDDEN");
    qualnames = PyDict_GetItemString(globals, "QUALNAMES");
    return churn && pairs && hidden && qualnames;
}

static void report(void)
{
    const struct {
        const char *name;
        uint64_t value;
    } seen[] = {
        {"profiles", profiles},
        {"samples", samples},
        {"lost", lost},
        {"frames", edges},
        {"impossible", impossible},
        {"wrong_sums", wrong_sums},
        {"strange_bytes", strangers},
        {"wrong_facts", wrong_facts},
    };
    printf("{\"python\": \"%s\"", PY_VERSION);
    for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
        printf(", \"%s\": %llu", seen[i].name, (unsigned long long)seen[i].value);
    printf("}\n");
}

int main(int argc, char **argv)
{
    struct buf error = {0};
    pthread_t threads[16];
    if (argc != 5)
        return 2;
    Py_Initialize();
    if (!selftest_frames(&error) || !load(argv[1])) {
        printf("%s\n", buf_cstr(&error));
        return 1;
    }
    env = collector_env_create();
    until_ns = clock_ns(CLOCK_MONOTONIC) + (uint64_t)atoi(argv[2]) * 1000000000u;
    interval_ns = (uint64_t)atoi(argv[3]) * 1000u;
    int count = atoi(argv[4]) < 16 ? atoi(argv[4]) : 16;
    PyThreadState *state = PyEval_SaveThread();
    for (int i = 0; i < count; i++)
        pthread_create(&threads[i], NULL, run, NULL);
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    PyEval_RestoreThread(state);
    report();
    return 0;
}
