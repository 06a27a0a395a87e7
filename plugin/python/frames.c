#include "frames.h"

#include "system/symbol.h"

/* More than the depth of any stack: ends a walk that runs in a circle. */
#define STEPS_MAX 200000

/* Longer names and paths are cut. */
#define TEXT_CHARS_MAX 16384

/* Further variables of a function are not read. */
#define VARIABLES_MAX 4096

#if PY_VERSION_HEX >= 0x030b0000
#define Py_BUILD_CORE
#if PY_VERSION_HEX >= 0x030e0000
#include <internal/pycore_frame.h>
#include <internal/pycore_interpframe_structs.h>
#include <opcode_ids.h>
#else
#include <internal/pycore_frame.h>
#endif
#undef Py_BUILD_CORE
#ifndef FRAME_STATE_SUSPENDED /* 3.11 and 3.12 have one such state */
#define FRAME_STATE_SUSPENDED(state) ((state) == FRAME_SUSPENDED)
#endif
typedef struct _PyInterpreterFrame frame;
#else
#include <frameobject.h>
typedef struct _frame frame;
#endif

/* Another thread may be writing the field. */
#define READ(field) __atomic_load_n(&(field), __ATOMIC_ACQUIRE)

#if PY_VERSION_HEX >= 0x030d0000
static const frame *top_frame(const PyThreadState *thread)
{
    return READ(thread->current_frame);
}
#elif PY_VERSION_HEX >= 0x030b0000
static const frame *top_frame(const PyThreadState *thread)
{
    return READ(READ(thread->cframe)->current_frame);
}
#else
static const frame *top_frame(const PyThreadState *thread)
{
    return READ(thread->frame);
}
#endif

#if PY_VERSION_HEX >= 0x030b0000

static const frame *outer_frame(const frame *f)
{
    return READ(f->previous);
}

static const void *frame_code(const frame *f)
{
#if PY_VERSION_HEX >= 0x030e0000
    return (const void *)(READ(f->f_executable.bits) & ~(uintptr_t)3);
#elif PY_VERSION_HEX >= 0x030d0000
    return READ(f->f_executable);
#else
    return READ(f->f_code);
#endif
}

/* A frame that stands for a call into the interpreter's C code. */
static bool is_shim(const frame *f)
{
#if PY_VERSION_HEX >= 0x030c0000
    return READ(f->owner) > FRAME_OWNED_BY_FRAME_OBJECT;
#else
    (void)f;
    return false;
#endif
}

/* In bytes from the start of the code. */
static int32_t frame_position(const frame *f, const void *code)
{
#if PY_VERSION_HEX >= 0x030d0000
    const char *at = (const char *)READ(f->instr_ptr);
#else
    const char *at = (const char *)READ(f->prev_instr);
#endif
    return (int32_t)(at - (const char *)((const PyCodeObject *)code)->co_code_adaptive);
}

#else /* up to 3.10: a frame is an object */

static const frame *outer_frame(const frame *f)
{
    return READ(f->f_back);
}

static const void *frame_code(const frame *f)
{
    return READ(f->f_code);
}

static bool is_shim(const frame *f)
{
    (void)f;
    return false;
}

static int32_t frame_position(const frame *f, const void *code)
{
    (void)code;
#if PY_VERSION_HEX >= 0x030a0000
    return READ(f->f_lasti) * 2;
#else
    return READ(f->f_lasti);
#endif
}

#endif

const void *frames_top(const PyThreadState *thread)
{
    const frame *f = top_frame(thread);
    while (f && is_shim(f))
        f = outer_frame(f);
    return f;
}

const void *frames_of_object(PyObject *object)
{
    if (!object || !PyObject_TypeCheck(object, &PyFrame_Type))
        return NULL;
#if PY_VERSION_HEX >= 0x030b0000
    /* The layout is private from 3.11 on: the object's first own field is the outer
     * frame, the second its interpreter frame. */
    struct frame_object {
        PyObject_HEAD PyObject *outer;
        const frame *inner;
    };
    return ((const struct frame_object *)object)->inner;
#else
    return object;
#endif
}

static struct stack_frame read_frame(const frame *f)
{
    const void *code = frame_code(f);
    return (struct stack_frame){code, frame_position(f, code)};
}

/* From 3.14 on, a frame saves its stack pointer when it calls into C: the callable is
 * below the arguments on its stack. Before, the stack pointer is in a processor
 * register. */
#if PY_VERSION_HEX >= 0x030e0000

static bool is_in(int code, int first, int last)
{
    return code >= first && code <= last;
}

static bool is_call_ex(int code)
{
#ifdef CALL_EX_PY /* from 3.15 on there are faster kinds, amid those of CALL */
    if (code == CALL_EX_PY || code == CALL_EX_NON_PY_GENERAL)
        return true;
#endif
    return code == CALL_FUNCTION_EX || code == INSTRUMENTED_CALL_FUNCTION_EX;
}

/* Returns how far below the stack pointer the callable is; 0: not a call. */
static int call_depth(_Py_CODEUNIT instruction)
{
    int code = instruction.op.code, arguments = instruction.op.arg;
    if (is_call_ex(code))
        return 4;
    if (code == CALL_KW || code == INSTRUMENTED_CALL_KW ||
        is_in(code, CALL_KW_BOUND_METHOD, CALL_KW_PY))
        return 3 + arguments;
    if (code == CALL || code == INSTRUMENTED_CALL ||
        is_in(code, CALL_ALLOC_AND_ENTER_INIT, CALL_TYPE_1))
        return 2 + arguments;
    return 0;
}

static const void *called_builtin(const frame *f)
{
    const _Py_CODEUNIT *at = READ(f->instr_ptr);
    const _PyStackRef *top = READ(f->stackpointer);
    int depth = at && top ? call_depth(*at) : 0;
    if (!depth)
        return NULL;
    const PyObject *callable =
        (const PyObject *)(READ(top[-depth].bits) & ~(uintptr_t)3);
    const PyTypeObject *type = callable ? READ(callable->ob_type) : NULL;
    return type == &PyCFunction_Type || type == &PyMethodDescr_Type ? callable : NULL;
}

static const PyMethodDef *builtin_def(const void *builtin)
{
    if (Py_TYPE((PyObject *)builtin) == &PyCFunction_Type)
        return ((const PyCFunctionObject *)builtin)->m_ml;
    return ((const PyMethodDescrObject *)builtin)->d_method;
}

#else

static const void *called_builtin(const frame *f)
{
    (void)f;
    return NULL;
}

static const PyMethodDef *builtin_def(const void *builtin)
{
    (void)builtin;
    return NULL;
}

#endif

#if PY_VERSION_HEX >= 0x030b0000 && PY_VERSION_HEX < 0x030d0000

/* Returns the size of a frame on its thread's frame stack. */
static size_t frame_words(const PyCodeObject *code)
{
#if PY_VERSION_HEX >= 0x030c0000
    return (size_t)READ(code->co_framesize);
#else
    return (size_t)READ(code->co_nlocalsplus) + (size_t)READ(code->co_stacksize) +
           FRAME_SPECIALS_SIZE;
#endif
}

static bool resumes_generator(const frame *caller)
{
#if PY_VERSION_HEX >= 0x030c0000
    return READ(caller->return_offset) != 0;
#else
    /* C code resumes generators. has_called rejects them by their place. */
    (void)caller;
    return false;
#endif
}

/* Has caller certainly called f? A frame saves its stack pointer before it calls
 * another frame, which lies directly behind it. (Generators lie elsewhere: not
 * certain.) */
static bool has_called(const frame *caller, const frame *f)
{
    if (!caller || READ(caller->stacktop) < 0 || resumes_generator(caller))
        return false;
    const PyObject *const *at = (const PyObject *const *)caller;
    return at + frame_words(frame_code(caller)) == (const PyObject *const *)f;
}

/* In 3.11 and 3.12, a new frame becomes the innermost one and gets its caller by two
 * stores, in an order that the C compiler chooses. Between them, its caller field still
 * holds the value of an earlier frame. The caller is certain once the frame runs with
 * its stack pointer in a register (the field is negative), or has begun its first
 * instruction. */
static bool is_caller_sure(const frame *f, bool still)
{
    while (f && is_shim(f))
        f = outer_frame(f);
    return !f || frame_position(f, frame_code(f)) >= 0 || READ(f->stacktop) < 0 ||
           (still && has_called(outer_frame(f), f));
}

#else

static bool is_caller_sure(const frame *f, bool still)
{
    (void)f, (void)still;
    return true;
}

#endif

bool frames_walk(struct frames *frames, const void *top, const void *base)
{
    frames->builtin = top && top != base ? called_builtin(top) : NULL;
    frames->builtin_def = frames->builtin ? builtin_def(frames->builtin) : NULL;
    frames->found = NULL;
    uint32_t depth = 0;
    const frame *f = top;
    if (!is_caller_sure(f, frames->still))
        return false;
    for (; f && f != base && depth < STEPS_MAX; f = outer_frame(f)) {
        if (is_shim(f))
            continue;
        struct stack_frame *at = &frames->ring[depth++ % FRAMES_MAX];
        *at = read_frame(f);
        if (at->code == frames->wanted && !frames->found) {
            frames->found = f;
            frames->found_at = depth - 1;
        }
    }
    frames->depth = depth;
    return f == base;
}

/* The innermost frame keeps running: its position may differ. */
static bool is_same(const struct frames *frames, uint32_t i, const frame *f)
{
    const struct stack_frame *kept = &frames->ring[i % FRAMES_MAX];
    struct stack_frame now = read_frame(f);
    return now.code == kept->code && (i == 0 || now.position == kept->position);
}

bool frames_agree(const struct frames *frames, const void *top, const void *base)
{
    uint32_t i = 0, lost = frames->depth > FRAMES_MAX ? frames->depth - FRAMES_MAX : 0;
    const frame *f = top;
    for (; f && f != base && i < frames->depth; f = outer_frame(f)) {
        if (is_shim(f))
            continue;
        if (i >= lost && !is_same(frames, i, f))
            return false;
        i++;
    }
    while (f && f != base && is_shim(f))
        f = outer_frame(f);
    return f == base && i == frames->depth &&
           frames->builtin == (top && top != base ? called_builtin(top) : NULL);
}

uint32_t frames_stack(struct frames *frames)
{
    uint32_t depth = frames->depth < FRAMES_MAX ? frames->depth : FRAMES_MAX;
    for (uint32_t i = 0; i < depth; i++)
        frames->stack[i] = frames->ring[(frames->depth - 1 - i) % FRAMES_MAX];
    if (frames->builtin && depth == frames->depth)
        frames->stack[depth++] =
            (struct stack_frame){frames->builtin_def, FRAMES_BUILTIN};
    return depth;
}

/* Holds the GIL of the main interpreter, and of interpreters that share it. */
extern char _PyRuntime[] __attribute__((weak));

struct gil_range frames_gil(void)
{
    size_t size = _PyRuntime ? symbol_size(_PyRuntime, "_PyRuntime") : 0;
    uintptr_t start = (uintptr_t)_PyRuntime;
    return size ? (struct gil_range){start, start + size} : (struct gil_range){0};
}

#if PY_VERSION_HEX >= 0x030e0000
#define OBJECT(slot) ((const void *)(READ((slot).bits) & ~(uintptr_t)3))
#else
#define OBJECT(slot) ((const void *)READ(slot))
#endif

const void *frames_local(const void *object, int number)
{
    const frame *f = object;
#if PY_VERSION_HEX >= 0x030b0000
    return OBJECT(f->localsplus[number]);
#else
    return OBJECT(f->f_localsplus[number]);
#endif
}

const PyTypeObject *frames_first_type(const void *object, const PyCodeObject *code)
{
    if (!object || frame_code(object) != code || code->co_argcount < 1)
        return NULL;
    PyObject *first = (PyObject *)frames_local(object, 0);
    if (first && Py_TYPE(first) == &PyCell_Type) /* a cell if inner functions use it */
        first = PyCell_GET(first);
    return first ? Py_TYPE(first) : NULL;
}

/* Returns NULL unless it is suspended. */
static const frame *suspended_frame(const PyGenObject *g)
{
#if PY_VERSION_HEX >= 0x030b0000
    int state = READ(g->gi_frame_state);
    return FRAME_STATE_SUSPENDED(state) ? (const frame *)&g->gi_iframe : NULL;
#else
    return (const frame *)g->gi_frame;
#endif
}

/* The awaited object stays on top of the frame's stack; from 3.15 on, below the place
 * for the index of an iteration. */
static const void *awaited_value(const frame *f)
{
#if PY_VERSION_HEX >= 0x030f0000
    return f->stackpointer ? OBJECT(f->stackpointer[-2]) : NULL;
#elif PY_VERSION_HEX >= 0x030e0000
    return f->stackpointer ? OBJECT(f->stackpointer[-1]) : NULL;
#elif PY_VERSION_HEX >= 0x030b0000
    return f->stacktop > 0 ? OBJECT(f->localsplus[f->stacktop - 1]) : NULL;
#elif PY_VERSION_HEX >= 0x030a0000
    return f->f_stackdepth > 0 ? OBJECT(f->f_valuestack[f->f_stackdepth - 1]) : NULL;
#else
    return f->f_stacktop > f->f_valuestack ? OBJECT(f->f_stacktop[-1]) : NULL;
#endif
}

bool frames_suspended(const void *object, struct stack_frame *at, const void **awaited)
{
    const PyObject *o = object;
    if (!o || (READ(o->ob_type) != &PyCoro_Type && READ(o->ob_type) != &PyGen_Type))
        return false;
    const frame *f = suspended_frame((const PyGenObject *)object);
    if (!f)
        return false;
    *at = read_frame(f);
    /* a generator may be suspended at a plain yield */
    *awaited = READ(o->ob_type) == &PyCoro_Type ? awaited_value(f) : NULL;
    return true;
}

const void *frames_suspended_local(const void *object, int number)
{
    const frame *f = suspended_frame((const PyGenObject *)object);
    return f ? frames_local(f, number) : NULL;
}

bool frames_is_code(const void *code)
{
    const PyObject *object = code;
    return object && READ(object->ob_type) == &PyCode_Type && Py_REFCNT(object) > 0;
}

static size_t text_chars(PyObject *text)
{
    if (!text || !PyUnicode_Check(text) || !PyUnicode_IS_COMPACT(text))
        return 0;
    Py_ssize_t len = PyUnicode_GET_LENGTH(text);
    return len < 0 ? 0 : len < TEXT_CHARS_MAX ? (size_t)len : TEXT_CHARS_MAX;
}

static size_t utf8_put(char *to, uint32_t c)
{
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    size_t size = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = size; i-- > 1; c >>= 6)
        to[i] = (char)(0x80 | (c & 0x3f));
    to[0] = (char)(lead[size] | (c & 0x3f));
    return size;
}

/* Omits text that does not fit: it has changed since it was measured. */
static struct str put_text(struct buf *out, PyObject *text)
{
    size_t start = out->len, chars = text_chars(text);
    for (size_t i = 0; i < chars && out->cap - out->len >= 4; i++)
        out->len += utf8_put(
            out->data + out->len,
            PyUnicode_READ(PyUnicode_KIND(text), PyUnicode_DATA(text), (Py_ssize_t)i));
    return (struct str){out->data + start, out->len - start};
}

static PyObject *qualname_of(const PyCodeObject *code)
{
#if PY_VERSION_HEX >= 0x030b0000
    return code->co_qualname;
#else
    return code->co_name; /* this version does not know the class */
#endif
}

#if PY_VERSION_HEX >= 0x030b0000
static PyObject *variables_of(const PyCodeObject *code)
{
    return code->co_localsplusnames;
}

/* Other kinds are cells, and variables of outer functions. */
static bool is_local(const PyCodeObject *code, Py_ssize_t number)
{
    PyObject *kinds = code->co_localspluskinds;
    return kinds && PyBytes_Check(kinds) && number < PyBytes_GET_SIZE(kinds) &&
           (PyBytes_AS_STRING(kinds)[number] & 0x20);
}
#else
static PyObject *variables_of(const PyCodeObject *code)
{
    return code->co_varnames;
}

static bool is_local(const PyCodeObject *code, Py_ssize_t number)
{
    (void)code, (void)number;
    return true;
}
#endif

static bool is_hiding_name(PyObject *name)
{
    static const char hiding[] = "__tracebackhide__";
    const size_t len = sizeof hiding - 1;
    return text_chars(name) == len && PyUnicode_IS_ASCII(name) &&
           !memcmp(PyUnicode_DATA(name), hiding, len);
}

bool frames_is_hidden(const void *object)
{
    const PyCodeObject *code = object;
    PyObject *names = variables_of(code);
    if (!names || !PyTuple_Check(names))
        return false;
    Py_ssize_t count = PyTuple_GET_SIZE(names);
    for (Py_ssize_t i = 0; i < count && i < VARIABLES_MAX; i++)
        if (is_hiding_name(PyTuple_GET_ITEM(names, i)))
            return is_local(code, i);
    return false;
}

bool frames_takes_self(const PyCodeObject *code)
{
#if PY_VERSION_HEX >= 0x030b0000
    PyObject *names = variables_of(code);
    return code->co_argcount > 0 && names && PyTuple_Check(names) &&
           PyTuple_GET_SIZE(names) > 0 &&
           PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(names, 0), "self") == 0;
#else
    (void)code; /* this version does not know the class that defines it */
    return false;
#endif
}

size_t frames_text_size(const void *object)
{
    const PyCodeObject *code = object;
    size_t chars = text_chars(code->co_filename) + text_chars(code->co_name) +
                   text_chars(qualname_of(code));
    return (chars + 3) * 4;
}

void frames_read_text(const void *object, struct code_text *t)
{
    const PyCodeObject *code = object;
    t->text.len = 0;
    t->file = put_text(&t->text, code->co_filename);
    t->name = put_text(&t->text, code->co_name);
    t->qualname = put_text(&t->text, qualname_of(code));
    t->first_line = code->co_firstlineno;
    t->hidden = frames_is_hidden(code);
}

static void put_c_text(struct buf *out, const char *text)
{
    for (size_t i = 0; i < 200 && text[i] && out->len < out->cap; i++)
        out->data[out->len++] = text[i];
}

/* <built-in method time.sleep>; <uwsgi_spit> if it is bound to nothing. */
static void put_function(struct buf *out, const char *name, PyObject *self,
                         PyObject *module)
{
    put_c_text(out, self ? "<built-in method " : "<");
    if (module && PyUnicode_Check(module)) {
        size_t start = out->len;
        struct str text = put_text(out, module);
        if (!self && str_equal(text, STR("builtins")))
            out->len = start;
        else
            put_c_text(out, ".");
    }
    put_c_text(out, name);
    put_c_text(out, ">");
}

/* <method 'append' of 'list' objects> */
static void put_method(struct buf *out, const char *name, const PyTypeObject *owner)
{
    put_c_text(out, "<method '");
    put_c_text(out, name);
    put_c_text(out, "' of '");
    put_c_text(out, owner->tp_name);
    put_c_text(out, "' objects>");
}

#define BASES_MAX 64
#define METHODS_MAX 1024

/* Returns the type that defines a method of objects of type. */
static const PyTypeObject *definer(const PyTypeObject *type, const PyMethodDef *method)
{
    const PyTypeObject *base = type;
    for (int i = 0; base && i < BASES_MAX; i++, base = base->tp_base)
        for (int j = 0; base->tp_methods && j < METHODS_MAX; j++) {
            if (!base->tp_methods[j].ml_name)
                break;
            if (&base->tp_methods[j] == method)
                return base;
        }
    return type;
}

void frames_read_builtin(const struct frames *f, struct code_text *t)
{
    PyObject *builtin = (PyObject *)f->builtin;
    const char *name = builtin_def(builtin)->ml_name;
    t->text.len = 0;
    if (Py_TYPE(builtin) == &PyMethodDescr_Type) {
        put_method(&t->text, name, ((PyMethodDescrObject *)builtin)->d_common.d_type);
    } else {
        const PyCFunctionObject *function = (PyCFunctionObject *)builtin;
        PyObject *self = function->m_self;
        if (self && !PyModule_Check(self) && !PyType_Check(self))
            put_method(&t->text, name, definer(Py_TYPE(self), f->builtin_def));
        else
            put_function(&t->text, name, self, function->m_module);
    }
    t->file = STR("~");
    t->name = t->qualname = buf_str(&t->text);
    t->first_line = 0;
    t->hidden = false;
}

int32_t frames_line(struct stack_frame at)
{
    if (at.position == FRAMES_BUILTIN)
        return 0;
    PyCodeObject *code = (PyCodeObject *)at.code;
    int line = code->co_firstlineno;
#if PY_VERSION_HEX >= 0x030b0000
    Py_ssize_t bytes = Py_SIZE(code) * (Py_ssize_t)sizeof(_Py_CODEUNIT);
#else
    Py_ssize_t bytes = PyBytes_GET_SIZE(code->co_code);
#endif
    if (at.position >= 0 && at.position < bytes)
        line = PyCode_Addr2Line(code, at.position);
    return line > 0 ? line : code->co_firstlineno; /* some instructions have no line */
}
