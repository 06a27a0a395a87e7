#include "names.h"

#include "base/digits.h"
#include "exceptions.h"
#include "frames.h"
#include "text.h"

static struct str utf8(PyObject *text, PyObject **owner)
{
    struct str bytes = text_of(text, owner);
    return bytes.data ? bytes : STR("?");
}

#if PY_VERSION_HEX >= 0x030b0000
static void learn_qualname(struct recorder *r, uint32_t func, PyCodeObject *code)
{
    PyObject *owner;
    functab_set_qualname(&r->functab, func, utf8(code->co_qualname, &owner));
    Py_XDECREF(owner);
}
#else
static void learn_qualname(struct recorder *r, uint32_t func, PyCodeObject *code)
{
    (void)r, (void)func, (void)code; /* this version does not know the class */
}
#endif

uint32_t names_learn_code(struct recorder *r, const void *key, PyCodeObject *code)
{
    struct pending pending = exception_hold();
    PyObject *file_owner, *name_owner;
    struct str file = utf8(code->co_filename, &file_owner);
    struct str name = utf8(code->co_name, &name_owner);
    uint32_t func = recorder_learn(r, key, file, code->co_firstlineno, name);
    if (func != FUNCTAB_NONE) {
        learn_qualname(r, func, code);
        functab_set_hidden(&r->functab, func, frames_is_hidden(code));
    }
    Py_XDECREF(file_owner);
    Py_XDECREF(name_owner);
    exception_give_back(pending);
    return func;
}

/* Returns a new reference, or NULL with no exception set. */
static PyObject *attribute_of(PyObject *object, const char *name)
{
    PyObject *value = PyObject_GetAttrString(object, name);
    if (!value)
        PyErr_Clear();
    return value;
}

static int32_t line_of(PyObject *number)
{
    long line = number && PyLong_Check(number) ? PyLong_AsLong(number) : 0;
    if (line < 0)
        PyErr_Clear();
    return line > 0 && line <= INT32_MAX ? (int32_t)line : 0;
}

uint32_t names_learn_object(struct recorder *r, const void *key, PyObject *object)
{
    struct pending pending = exception_hold();
    PyObject *file = attribute_of(object, "co_filename");
    PyObject *line = attribute_of(object, "co_firstlineno");
    PyObject *name = attribute_of(object, "co_name");
    PyObject *file_owner = NULL, *name_owner = NULL;
    uint32_t func;
    if (file && PyUnicode_Check(file) && name && PyUnicode_Check(name)) {
        struct str path = utf8(file, &file_owner);
        func = recorder_learn(r, key, path, line_of(line), utf8(name, &name_owner));
    } else {
        char text[256];
        snprintf(text, sizeof text, "<%s>", Py_TYPE(object)->tp_name);
        func = recorder_learn(r, key, STR("~"), 0, str_from(text));
    }
    PyObject *owned[] = {file, line, name, file_owner, name_owner};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        Py_XDECREF(owned[i]);
    exception_give_back(pending);
    return func;
}

/* "<zlib.crc32>" or "<len>": for functions that are not bound to a module object. */
static PyObject *unbound_name(const PyMethodDef *def, PyObject *module)
{
    PyObject *name = NULL, *result;
    if (module && PyUnicode_Check(module)) {
        name = module;
        Py_INCREF(name);
    } else if (module && PyModule_Check(module)) {
        name = PyModule_GetNameObject(module);
        if (!name)
            PyErr_Clear();
    }
    if (name && PyUnicode_CompareWithASCIIString(name, "builtins") != 0)
        result = PyUnicode_FromFormat("<%U.%s>", name, def->ml_name);
    else
        result = PyUnicode_FromFormat("<%s>", def->ml_name);
    Py_XDECREF(name);
    return result;
}

/* Appends text without addresses, which differ between processes: "<function f at
 * 0x7f12>" becomes "<function f>". */
static void add_without_addresses(struct str text, struct buf *out)
{
    const struct str at = STR(" at 0x");
    while (text.len) {
        const char *found = memmem(text.data, text.len, at.data, at.len);
        size_t len = found ? (size_t)(found - text.data) : text.len;
        buf_add(out, text.data, len);
        len += found ? at.len : 0;
        if (found)
            len += digits_count((struct str){text.data + len, text.len - len}, 16);
        text = (struct str){text.data + len, text.len - len};
    }
}

/* A builtin gets a qualified name that is the same in every process. */
static void learn_stable_name(struct recorder *r, uint32_t func, PyObject *attribute)
{
    struct buf stable = {0};
    struct str name = functab_name(&r->functab, func);
    PyObject *self = attribute && PyCFunction_Check(attribute)
                         ? ((PyCFunctionObject *)attribute)->m_self
                         : NULL;
    if (!memmem(name.data, name.len, " at 0x", 6))
        return;
    if (self && PyType_Check(self)) /* its repr() names the type by address only */
        buf_printf(&stable, "<built-in method %s.%s>", ((PyTypeObject *)self)->tp_name,
                   ((PyCFunctionObject *)attribute)->m_ml->ml_name);
    else
        add_without_addresses(name, &stable);
    if (!stable.failed)
        functab_set_qualname(&r->functab, func, buf_str(&stable));
    buf_free(&stable);
}

/* Returns the attribute with this name of self's type: repr() names the builtin by it.
 * A new reference, or NULL. */
static PyObject *attribute_of_type(const PyMethodDef *def, PyObject *self)
{
    PyObject *name = PyUnicode_FromString(def->ml_name);
    PyObject *attribute =
        name && _PyType_Lookup ? _PyType_Lookup(Py_TYPE(self), name) : NULL;
    Py_XINCREF(attribute);
    Py_XDECREF(name);
    return attribute;
}

static PyObject *bound_name(const PyMethodDef *def, PyObject *attribute,
                            PyObject *module)
{
    PyObject *result = attribute ? PyObject_Repr(attribute) : NULL;
    if (result)
        return result;
    PyErr_Clear();
    if (module && PyUnicode_Check(module))
        return PyUnicode_FromFormat("<built-in method %S.%s>", module, def->ml_name);
    return PyUnicode_FromFormat("<built-in method %s>", def->ml_name);
}

uint32_t names_learn_builtin(struct recorder *r, const void *key,
                             const PyMethodDef *def, PyObject *self, PyObject *module)
{
    struct pending pending = exception_hold();
    PyObject *attribute = self ? attribute_of_type(def, self) : NULL;
    PyObject *text =
        self ? bound_name(def, attribute, module) : unbound_name(def, module);
    PyObject *owner;
    if (!text)
        PyErr_Clear();
    struct str name = text ? utf8(text, &owner) : str_from(def->ml_name);
    uint32_t func = recorder_learn(r, key, STR("~"), 0, name);
    if (func != FUNCTAB_NONE)
        learn_stable_name(r, func, attribute);
    if (text)
        Py_XDECREF(owner);
    Py_XDECREF(text);
    Py_XDECREF(attribute);
    exception_give_back(pending);
    return func;
}
