#include "apps.h"

#include "exceptions.h"
#include "text.h"

#include <stdlib.h>

static void add_path(struct origins *o)
{
    PyObject *path = PySys_GetObject("path");
    for (Py_ssize_t i = 0; path && PyList_Check(path) && i < PyList_GET_SIZE(path);
         i++) {
        PyObject *owner;
        struct str entry = text_of(PyList_GET_ITEM(path, i), &owner);
        if (entry.len && *entry.data == '/' && !origin_is_installed(entry))
            origins_add_own(o, entry);
        Py_XDECREF(owner);
    }
}

static PyObject *dict_of(PyObject *module)
{
    return module && PyModule_Check(module) ? PyModule_GetDict(module) : NULL;
}

static void add_module(struct origins *o, struct str name, PyObject *module)
{
    PyObject *dict = dict_of(module), *owner;
    struct str file =
        text_of(dict ? PyDict_GetItemString(dict, "__file__") : NULL, &owner);
    if (file.data)
        origins_add_module(o, name, file);
    Py_XDECREF(owner);
    PyErr_Clear();
}

static void add_named(struct origins *o, PyObject *modules, struct str name)
{
    PyObject *key = PyUnicode_DecodeUTF8(name.data, (Py_ssize_t)name.len, "replace");
    if (key)
        add_module(o, name, PyDict_GetItemWithError(modules, key));
    Py_XDECREF(key);
    PyErr_Clear();
}

static bool holds(PyObject *module, const PyObject *callable)
{
    PyObject *dict = dict_of(module), *name, *value;
    Py_ssize_t at = 0;
    while (dict && PyDict_Next(dict, &at, &name, &value))
        if (value == callable)
            return true;
    return false;
}

static void add_holders(struct origins *o, PyObject *modules, const PyObject *callable)
{
    PyObject *key, *module;
    Py_ssize_t at = 0;
    while (PyDict_Next(modules, &at, &key, &module)) {
        PyObject *owner;
        struct str name = text_of(key, &owner);
        if (name.data &&
            (str_starts(name, STR("uwsgi_file_")) || holds(module, callable)))
            add_module(o, name, module);
        Py_XDECREF(owner);
    }
}

/* Flask's name of the package that created the app. The module that holds the callable
 * may be a two-line file elsewhere. */
static void add_import_name(struct origins *o, PyObject *modules, PyObject *callable)
{
    PyObject *dict = PyObject_GenericGetDict(callable, NULL), *owner;
    bool is_dict = dict && PyDict_Check(dict);
    struct str name =
        text_of(is_dict ? PyDict_GetItemString(dict, "import_name") : NULL, &owner);
    if (name.data)
        add_named(o, modules, name);
    Py_XDECREF(owner);
    Py_XDECREF(dict);
    PyErr_Clear();
}

void apps_find_places(struct origins *o, void *callable, const struct str *names,
                      size_t name_count)
{
    struct pending pending = exception_hold();
    PyObject *modules = PyImport_GetModuleDict();
    const char *settings = getenv("DJANGO_SETTINGS_MODULE");
    add_path(o);
    if (modules && PyDict_Check(modules)) {
        for (size_t i = 0; i < name_count; i++)
            add_named(o, modules, names[i]);
        if (settings)
            add_named(o, modules, str_from(settings));
        if (callable) {
            add_holders(o, modules, callable);
            add_import_name(o, modules, callable);
        }
    }
    exception_give_back(pending);
}
