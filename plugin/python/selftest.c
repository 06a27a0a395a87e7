#include "selftest.h"

#include "exceptions.h"
#include "frames.h"

#include <stdlib.h>

static PyObject *attribute(PyObject *object, const char *name)
{
    PyObject *value = PyObject_GetAttrString(object, name);
    Py_XDECREF(value); /* the frame keeps it alive */
    return value;
}

static bool frame_is(PyObject *object, struct stack_frame seen)
{
    PyObject *line = PyObject_GetAttrString(object, "f_lineno");
    bool same = line && attribute(object, "f_code") == seen.code &&
                PyLong_AsLong(line) == frames_line(seen);
    Py_XDECREF(line);
    return same;
}

static bool stack_is(struct frames *frames, PyObject *innermost)
{
    PyObject *object = innermost;
    uint32_t depth = frames_stack(frames);
    if (frames->builtin) /* the test's check(), see calls_check */
        depth--;
    Py_INCREF(object);
    for (uint32_t i = depth; i-- > 0 && object != Py_None;) {
        PyObject *outer = PyObject_GetAttrString(object, "f_back");
        bool same = outer && frame_is(object, frames->stack[i]);
        Py_DECREF(object);
        if (!same) {
            Py_XDECREF(outer);
            return false;
        }
        object = outer;
        depth = i;
    }
    bool whole = depth == 0 && object == Py_None;
    Py_DECREF(object);
    return whole;
}

static bool texts_agree(PyObject *object)
{
    PyObject *code = attribute(object, "f_code");
    PyObject *name = code ? attribute(code, "co_name") : NULL;
    struct code_text t = {0};
    if (!name || !frames_is_code(code) || !buf_reserve(&t.text, frames_text_size(code)))
        return false;
    frames_read_text(code, &t);
    PyObject *read = PyUnicode_DecodeUTF8(t.name.data, (Py_ssize_t)t.name.len, NULL);
    bool same = read && PyUnicode_Compare(read, name) == 0;
    Py_XDECREF(read);
    buf_free(&t.text);
    return same;
}

/* Where builtins can be seen, the innermost frame must be calling check. */
static bool calls_check(const struct frames *frames)
{
    struct code_text t = {0};
    if (PY_VERSION_HEX < 0x030e0000)
        return !frames->builtin;
    if (!frames->builtin || !buf_reserve(&t.text, FRAMES_BUILTIN_TEXT_SIZE))
        return false;
    frames_read_builtin(frames, &t);
    bool same = str_equal(t.name, STR("<check>"));
    buf_free(&t.text);
    return same;
}

/* Called by the test code: True when all frames agree. */
static PyObject *check(PyObject *unused, PyObject *unused_too)
{
    (void)unused, (void)unused_too;
    PyObject *getframe = PySys_GetObject("_getframe");
    PyObject *innermost = getframe ? PyObject_CallObject(getframe, NULL) : NULL;
    struct frames *frames = malloc(sizeof *frames);
    const void *top = frames_top(PyThreadState_Get());
    bool same = innermost && frames && top == frames_of_object(innermost) &&
                frames_walk(frames, top, NULL) && frames_agree(frames, top, NULL) &&
                calls_check(frames) && stack_is(frames, innermost) &&
                texts_agree(innermost);
    free(frames);
    Py_XDECREF(innermost);
    PyErr_Clear();
    if (same)
        Py_RETURN_TRUE;
    Py_RETURN_FALSE;
}

static PyMethodDef check_def = {"check", check, METH_NOARGS, NULL};

static const char test_code[] = "def called(check):\n"
                                "    return check()\n"
                                "def generator(check):\n"
                                "    yield called(check)\n"
                                "class C(object):\n"
                                "    def method(self, check):\n"
                                "        return (\n"
                                "            [x for x in sorted([1], key=lambda x:\n"
                                "                next(generator(check)))] and\n"
                                "            next(generator(check)))\n"
                                "if not C().method(check):\n"
                                "    raise SystemError\n";

bool selftest_frames(struct buf *error)
{
    PyGILState_STATE gil = PyGILState_Ensure();
    struct pending pending = exception_hold();
    PyObject *globals = PyDict_New();
    PyObject *builtins = PyImport_ImportModule("builtins");
    PyObject *function = PyCFunction_New(&check_def, NULL);
    PyObject *done = NULL;
    if (globals && builtins && function &&
        PyDict_SetItemString(globals, "__builtins__", builtins) == 0 &&
        PyDict_SetItemString(globals, "check", function) == 0)
        done = PyRun_StringFlags(test_code, Py_file_input, globals, globals, NULL);
    bool same = done != NULL;
    Py_XDECREF(done);
    Py_XDECREF(function);
    Py_XDECREF(builtins);
    Py_XDECREF(globals);
    PyErr_Clear();
    exception_give_back(pending);
    PyGILState_Release(gil);
    if (!same)
        buf_printf(error,
                   "this Python (%.*s) lays out its frames differently than the Python "
                   "that the plugin was built for (%s)",
                   (int)strcspn(Py_GetVersion(), " "), Py_GetVersion(), PY_VERSION);
    return same;
}
