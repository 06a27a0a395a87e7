/* frames.h -- reads the Python frames of a thread, without the GIL.
 *
 * CPython's layout of frames and code objects, from 3.8 to 3.15, is known only here and
 * in frames.c. These functions do not check what the other thread does at the same
 * time. Call them inside guard_call, and trust a stack only after a second walk agrees
 * (frames_agree). Each function that needs no GIL says so. */

#ifndef PROFILER_FRAMES_H
#define PROFILER_FRAMES_H

#include "base/buf.h"
#include "profile/stacks.h"
#include "system/threadwait.h"
#include "py.h"

/* A deeper stack loses its innermost frames. A power of two; 256 KB. */
#define FRAMES_MAX 16384

/* The position that marks a call of a builtin; .code is its PyMethodDef. */
#define FRAMES_BUILTIN INT32_MIN

struct frames {
    bool still;     /* the thread does not run: see is_caller_sure in frames.c */
    uint32_t depth; /* of the whole stack; may exceed FRAMES_MAX */
    struct stack_frame ring[FRAMES_MAX]; /* innermost first, index modulo size */
    const void *builtin;                 /* called by the innermost frame, or NULL */
    const void *builtin_def;             /* its PyMethodDef */
    const void *wanted;                  /* input: code to look for, or NULL */
    const void *found;                   /* the innermost frame of .wanted, or NULL */
    uint32_t found_at;                   /* its index; 0: the innermost frame */
    struct stack_frame stack[FRAMES_MAX + 1]; /* see frames_stack */
};

/* Returns the innermost frame of a thread, or NULL. No GIL needed. */
const void *frames_top(const PyThreadState *thread);

/* Returns the frame of a frame object, or NULL; object may be NULL or None. GIL
 * held. */
const void *frames_of_object(PyObject *frame);

/* Walks from the innermost frame outwards to base, which is excluded (NULL: to the
 * end). False when it does not reach base, or when the caller of the innermost frame is
 * not certain. No GIL needed. */
bool frames_walk(struct frames *f, const void *top, const void *base);

/* Walks again. True if the stack and the builtin are the same. The position in the
 * innermost frame may differ, since it keeps running. No GIL needed. */
bool frames_agree(const struct frames *f, const void *top, const void *base);

/* Copies the walked frames into f->stack, the outermost frame first. Returns their
 * number. */
uint32_t frames_stack(struct frames *f);

/* The texts of a code object; file, name and qualname point into .text. */
struct code_text {
    struct buf text;
    struct str file, name, qualname;
    int32_t first_line;
    bool hidden; /* see functab_set_hidden */
};

/* Returns the frame's local variable with this number; NULL when it has no value. No
 * GIL needed. */
const void *frames_local(const void *frame, int number);

/* Returns the type of the first argument of a frame that has begun to run code. NULL
 * when the frame runs other code, or the argument does not exist or was deleted. GIL
 * held. */
const PyTypeObject *frames_first_type(const void *frame, const PyCodeObject *code);

/* Is the first argument called "self"? Always false before Python 3.11. GIL held. */
bool frames_takes_self(const PyCodeObject *code);

/* Finds where a coroutine or generator is suspended, and what it awaits (*awaited may
 * be NULL). False when the object is neither, or is not suspended. No GIL needed. */
bool frames_suspended(const void *object, struct stack_frame *at, const void **awaited);

/* As frames_local, for a suspended coroutine or generator. */
const void *frames_suspended_local(const void *object, int number);

/* Returns the address range of the GIL, which contains the futexes on which threads
 * wait for it; empty when unknown. */
struct gil_range frames_gil(void);

/* Does this look like a living code object? No GIL needed, but it must not be destroyed
 * during the call. */
bool frames_is_code(const void *code);

/* Does a code object have a local variable "__tracebackhide__"? No GIL needed. */
bool frames_is_hidden(const void *code);

/* frames_text_size returns the bytes that the texts need at most. frames_read_text
 * writes them to t->text, which must have that room: UTF-8, with lone surrogates as in
 * Python's "surrogatepass". No GIL needed. */
size_t frames_text_size(const void *code);
void frames_read_text(const void *code, struct code_text *t);

/* As frames_read_text, for f->builtin. Uses cProfile's name where that needs no call
 * into Python. */
#define FRAMES_BUILTIN_TEXT_SIZE 1024
void frames_read_builtin(const struct frames *f, struct code_text *t);

/* Returns the line of a position. No GIL needed. */
int32_t frames_line(struct stack_frame frame);

#endif
