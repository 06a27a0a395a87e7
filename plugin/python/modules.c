#include "modules.h"

/* Not PyImport_GetModule: it waits for a module that is being imported, and takes ten
 * times as long. */
PyObject *module_imported(struct module_name *name)
{
    PyObject *modules = PyImport_GetModuleDict();
    if (!name->object)
        name->object = PyUnicode_FromString(name->text);
    PyObject *module = NULL;
    if (name->object && modules && PyDict_Check(modules))
        module = PyDict_GetItemWithError(modules, name->object);
    if (!module)
        PyErr_Clear();
    return module;
}
