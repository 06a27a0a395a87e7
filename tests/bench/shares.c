/* shares.c -- short_frames.py's work under plain Python, sampled by us or, from
 * outside, by somebody else. Commands come on standard input, a line each:
 *
 *     ours NAME SECONDS  ->  "SAMPLES LOST", a line "NS FUNCTION" for each node of the
 *                            call tree, of time that the thread ran, and an empty line
 *     plain NAME         ->  "running"; then it runs until there is another line
 */

#include "system/clock.h"
#include "profile/profile.h"
#include "collect/collector.h"
#include "collect/collector_kind.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INTERVAL_NS 1000000

static struct collector_env *env;
static PyObject *work;

static void fail(const char *why)
{
    if (PyErr_Occurred())
        PyErr_Print();
    fprintf(stderr, "%s\n", why);
    exit(1);
}

static void call(PyObject *function)
{
    PyObject *result = PyObject_CallObject(function, NULL);
    if (!result)
        fail("the work has failed");
    Py_DECREF(result);
}

static PyObject *work_of(const char *name)
{
    PyObject *found = PyDict_GetItemString(work, name);
    if (!found)
        fail("no such work");
    return PyTuple_GetItem(found, 0);
}

static void print_functions(const struct profile *p)
{
    printf("%llu %llu\n", (unsigned long long)p->sampled.samples,
           (unsigned long long)p->sampled.lost);
    for (uint32_t i = 1; i < p->tree.count; i++) {
        struct str name = functab_name(&p->functab, p->tree.nodes[i].func);
        printf("%llu %.*s\n", (unsigned long long)p->sampled.node_wait_ns[i][WAITS_CPU],
               (int)name.len, name.data);
    }
    printf("\n");
}

static void ours(PyObject *function, double seconds)
{
    const struct collector_settings settings = {MODE_SAMPLING, 65536, INTERVAL_NS,
                                                3600000000000};
    const char *why = "";
    struct profile *p = calloc(1, sizeof *p);
    uint64_t began = clock_ns(CLOCK_MONOTONIC), wanted = (uint64_t)(seconds * 1e9);
    struct collector *c = p ? collector_start(env, &settings, &why) : NULL;
    if (!c)
        fail(why);
    while (clock_ns(CLOCK_MONOTONIC) - began < wanted)
        call(function);
    p->wall_ns = clock_ns(CLOCK_MONOTONIC) - began;
    collector_finish(c, p);
    print_functions(p);
    profile_destroy(p);
}

static void plain(PyObject *function)
{
    struct pollfd input = {.fd = 0, .events = POLLIN};
    printf("running\n");
    fflush(stdout);
    while (poll(&input, 1, 0) == 0)
        call(function);
}

static void load(const char *path)
{
    PyObject *globals = PyDict_New(), *name = PyUnicode_FromString("short_frames");
    FILE *file = fopen(path, "r");
    if (!globals || !name || !file)
        fail(path);
    PyDict_SetItemString(globals, "__builtins__", PyImport_ImportModule("builtins"));
    PyDict_SetItemString(globals, "__name__", name);
    if (!PyRun_File(file, path, Py_file_input, globals, globals) ||
        !(work = PyDict_GetItemString(globals, "WORK")))
        fail(path);
    fclose(file);
}

int main(int argc, char **argv)
{
    char line[256], name[64];
    double seconds;
    if (argc != 2)
        return 2;
    setvbuf(stdin, NULL, _IONBF, 0); /* poll sees what has not been read */
    Py_Initialize();
    load(argv[1]);
    env = collector_env_create();
    while (fgets(line, sizeof line, stdin)) {
        if (sscanf(line, "ours %63s %lf", name, &seconds) == 2)
            ours(work_of(name), seconds);
        else if (sscanf(line, "plain %63s", name) == 1)
            plain(work_of(name));
        fflush(stdout);
    }
    return 0;
}
