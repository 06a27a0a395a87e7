/* py.h -- Python.h, with weak references to all symbols that this plugin uses.
 *
 * With a strong reference, a server without Python could not load the plugin at all,
 * and the messages of the dynamic linker and of uWSGI would mislead. With weak
 * references, interpreter_check can say what is wrong. tests/layers.py fails when a
 * symbol is missing from this list. */

#ifndef PROFILER_PY_H
#define PROFILER_PY_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <frameobject.h>

#ifdef Py_GIL_DISABLED
#error "free-threaded Python is not supported: build for one with the GIL"
#endif

#pragma weak PyBool_Type
#pragma weak PyBytes_AsString
#pragma weak PyBytes_Size
#pragma weak PyCFunction_NewEx
#pragma weak PyCFunction_Type
#pragma weak PyCell_Type
#pragma weak PyCallable_Check
#pragma weak PyCode_Addr2Line
#pragma weak PyCode_Type
#pragma weak PyCoro_Type
#pragma weak PyDict_GetItemString
#pragma weak PyDict_GetItemWithError
#pragma weak PyDict_New
#pragma weak PyDict_Next
#pragma weak PyDict_SetItemString
#pragma weak PyErr_Clear
#pragma weak PyErr_Fetch
#pragma weak PyErr_Occurred
#pragma weak PyErr_Restore
#pragma weak PyEval_RestoreThread
#pragma weak PyEval_SaveThread
#pragma weak PyEval_SetProfile
#pragma weak PyFrame_Type
#pragma weak PyFunction_Type
#pragma weak PyGILState_Ensure
#pragma weak PyGILState_GetThisThreadState
#pragma weak PyGILState_Release
#pragma weak PyGen_Type
#pragma weak PyImport_GetModule
#pragma weak PyImport_GetModuleDict
#pragma weak PyImport_ImportModule
#pragma weak PyLong_AsLong
#pragma weak PyLong_Type
#pragma weak PyMethodDescr_Type
#pragma weak PyModule_GetDef
#pragma weak PyModule_GetDict
#pragma weak PyModule_GetNameObject
#pragma weak PyModule_Type
#pragma weak PyObject_CallMethod
#pragma weak PyObject_CallObject
#pragma weak PyObject_Free
#pragma weak PyObject_GenericGetDict
#pragma weak PyObject_GetAttrString
#pragma weak PyObject_GetIter
#pragma weak PyObject_Repr
#pragma weak PyRun_StringFlags
#pragma weak PySys_GetObject
#pragma weak PyThreadState_Get
#pragma weak PyThreadState_Swap
#pragma weak PyTuple_New
#pragma weak PyType_FromSpec
#pragma weak PyType_GenericAlloc
#pragma weak PyType_IsSubtype
#pragma weak PyUnicode_AsEncodedString
#pragma weak PyUnicode_AsUTF8AndSize
#pragma weak PyUnicode_Compare
#pragma weak PyUnicode_CompareWithASCIIString
#pragma weak PyUnicode_DecodeUTF8
#pragma weak PyUnicode_FromFormat
#pragma weak PyUnicode_FromString
#pragma weak PyVectorcall_Call
#pragma weak Py_GetVersion
#pragma weak Py_IsInitialized
#pragma weak _PyType_Lookup
#pragma weak _Py_Dealloc
#pragma weak _Py_FalseStruct
#pragma weak _Py_NoneStruct
#pragma weak _Py_TrueStruct
/* Not every version has these, and clang warns about an undeclared name. */
#if PY_VERSION_HEX >= 0x03090000
#pragma weak PyCMethod_New
#pragma weak PyInterpreterState_Get
#endif
#if PY_VERSION_HEX >= 0x030c0000
#pragma weak PyCode_AddWatcher
#pragma weak PyErr_GetRaisedException
#pragma weak PyErr_SetRaisedException
#endif
#if PY_VERSION_HEX >= 0x030d0000
#pragma weak PyThreadState_GetUnchecked
#else
#pragma weak _PyObject_CallMethod_SizeT
#pragma weak _PyThreadState_UncheckedGet
#endif

#endif
