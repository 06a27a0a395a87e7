#include "text.h"

struct str text_of(PyObject *object, PyObject **owner)
{
    Py_ssize_t len = 0;
    *owner = NULL;
    if (!object || !PyUnicode_Check(object))
        return (struct str){NULL, 0};
    const char *data = PyUnicode_AsUTF8AndSize(object, &len);
    if (data)
        return (struct str){data, (size_t)len};
    PyErr_Clear(); /* lone surrogates */
    *owner = PyUnicode_AsEncodedString(object, "utf-8", "surrogatepass");
    PyErr_Clear();
    if (!*owner)
        return (struct str){NULL, 0};
    return (struct str){PyBytes_AsString(*owner), (size_t)PyBytes_Size(*owner)};
}
