/* .prof files, read by Python's own marshal and pstats.
 *
 * Input: a profile in the format of made.h. The figures that Python loads are compared
 * with those that were written. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "fuzz.h"
#include "made.h"

#include "report/export/prof.h"

static const char script[] =
    "import marshal, pstats, io\n"
    "class Loaded:\n"
    "    def __init__(self, stats): self.stats = stats\n"
    "    def create_stats(self): pass\n"
    "def check(prof, expected):\n"
    "    file = io.BytesIO(prof)\n"
    "    stats = marshal.load(file)\n"
    "    assert file.read() == b'\\nprofile 00c0ffee00c0ffee\\n', 'trailer'\n"
    "    assert stats == expected, (stats, expected)\n"
    "    assert [*stats] == [*expected], 'order'\n"
    "    table = pstats.Stats(Loaded(stats), stream=io.StringIO())\n"
    "    table.sort_stats('time', 'stdname').print_stats(5)\n"
    "    table.print_callers(5)\n";

static PyObject *check_function;

int LLVMFuzzerInitialize(int *count, char ***arguments);

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count;
    (void)arguments;
    Py_InitializeEx(0);
    CHECK(PyRun_SimpleString(script) == 0);
    PyObject *module = PyImport_AddModule("__main__");
    check_function = PyObject_GetAttrString(module, "check");
    CHECK(check_function);
    return 0;
}

static PyObject *text(struct str s)
{
    PyObject *made = PyUnicode_DecodeUTF8(s.data, (Py_ssize_t)s.len, "surrogatepass");
    CHECK(made);
    return made;
}

static PyObject *function(const struct functab *t, uint32_t id)
{
    return Py_BuildValue("(NiN)", text(functab_file(t, id)), (int)t->funcs[id].line,
                         text(functab_name(t, id)));
}

static void put(PyObject *dict, PyObject *key, PyObject *value)
{
    CHECK(key && value && PyDict_SetItem(dict, key, value) == 0);
    Py_DECREF(key);
    Py_DECREF(value);
}

static PyObject *callers_of(const struct made *m, const struct func_stats *f)
{
    PyObject *callers = PyDict_New();
    for (uint32_t i = 0; i < f->caller_count; i++) {
        const struct caller_stats *c = &m->stats.callers[f->first_caller + i];
        put(callers, function(stats_functab(&m->stats, m->profile), c->caller),
            Py_BuildValue("(KKdd)", (unsigned long long)c->calls,
                          (unsigned long long)c->primitive, c->self_s,
                          c->cumulative_s));
    }
    return callers;
}

static PyObject *expected(const struct made *m)
{
    PyObject *all = PyDict_New();
    for (uint32_t i = 0; i < m->stats.func_count; i++) {
        const struct func_stats *f = &m->stats.funcs[i];
        put(all, function(stats_functab(&m->stats, m->profile), f->func),
            Py_BuildValue("(KKddN)", (unsigned long long)f->primitive,
                          (unsigned long long)f->calls, f->self_s, f->cumulative_s,
                          callers_of(m, f)));
    }
    return all;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = fuzz_input(data, size);
    struct made made;
    struct buf prof = {0};
    made_from(&made, &rest);
    CHECK(prof_write(REPORT(&made), &prof));
    PyObject *result = PyObject_CallFunction(check_function, "y#N", prof.data,
                                             (Py_ssize_t)prof.len, expected(&made));
    if (!result)
        PyErr_Print();
    CHECK(result);
    Py_DECREF(result);
    buf_free(&prof);
    made_free(&made);
    return 0;
}
