/* frames.h -- reads the Python frames of a thread, without the GIL.
 *
 * This file and frames.c hold all that this project knows of how CPython lays its
 * frames and code objects out, from 3.8 to 3.15. What another thread is doing with them
 * meanwhile is not known here: call inside guard_call, and believe a stack only when a
 * second walk agrees (frames_agree). Calls without the GIL say so. */

#ifndef PROFILER_FRAMES_H
#define PROFILER_FRAMES_H

#include "base/buf.h"
#include "profile/stacks.h"
#include "system/threadwait.h"
#include "py.h"

/* Of a deeper stack the outermost frames are kept. A power of two; 256 KB. */
#define FRAMES_MAX 16384

/* The position of a builtin that is called: its "code" is its PyMethodDef. */
#define FRAMES_BUILTIN INT32_MIN

struct frames {
    bool still;     /* the thread does not run: see frames_walk */
    uint32_t depth; /* of the whole stack, which may be more than is kept */
    struct stack_frame ring[FRAMES_MAX];      /* the innermost first, modulo its size */
    const void *builtin;                      /* that the innermost calls, or NULL */
    const void *builtin_def;                  /* its PyMethodDef */
    const void *wanted;                       /* a code object, or NULL: */
    const void *found;                        /* its innermost frame, */
    uint32_t found_at;                        /* counted from the innermost, as 0 */
    struct stack_frame stack[FRAMES_MAX + 1]; /* see frames_stack */
};

/* The innermost frame of a thread, or NULL. No GIL needed. */
const void *frames_top(const PyThreadState *thread);

/* That of a frame object, which may be None. GIL held. */
const void *frames_of_object(PyObject *frame);

/* Walks from the innermost frame out to base, which is not part of it (NULL: to the
 * end). False when it does not get there, or could not be sure of its way. No GIL
 * needed. */
bool frames_walk(struct frames *f, const void *top, const void *base);

/* Walks again: true when it finds the same stack and builtin, but for the position in
 * the innermost frame, which runs on. No GIL needed. */
bool frames_agree(const struct frames *f, const void *top, const void *base);

/* Puts what was walked into f->stack, the outermost frame first. The number of frames.
 */
uint32_t frames_stack(struct frames *f);

/* The text of a code object. Views into *text. */
struct code_text {
    struct buf text;
    struct str file, name, qualname;
    int32_t first_line;
    bool hidden; /* see functab_set_hidden */
};

/* The local variable of that number of a frame; NULL when it has no value. No GIL. */
const void *frames_local(const void *frame, int number);

/* The type of the first argument of a frame that has begun to run code. NULL when it
 * runs other code, has none, or it has been deleted. GIL held. */
const PyTypeObject *frames_first_type(const void *frame, const PyCodeObject *code);

/* Is the first argument called "self"? GIL held. From Python 3.11 on; else false. */
bool frames_takes_self(const PyCodeObject *code);

/* Where a coroutine or generator is suspended, and on what, if it awaits. False when
 * the object is none, or is not suspended. No GIL needed. */
bool frames_suspended(const void *object, struct stack_frame *at, const void **awaited);

/* frames_local of one that is suspended. */
const void *frames_suspended_local(const void *object, int number);

/* Where a thread waits that waits for the GIL: empty when that cannot be told. */
struct gil_range frames_gil(void);

/* Does this look like a living code object? No GIL needed, but nobody may destroy it
 * meanwhile. */
bool frames_is_code(const void *code);

/* Does a code object have a local variable "__tracebackhide__"? No GIL needed. */
bool frames_is_hidden(const void *code);

/* How many bytes its texts need at most; then they are written, as UTF-8 with lone
 * surrogates as Python's "surrogatepass" does, to t->text, which has that room. No GIL
 * needed. */
size_t frames_text_size(const void *code);
void frames_read_text(const void *code, struct code_text *t);

/* The same for the builtin of f->builtin, named as cProfile names it where that can be
 * told without asking Python. */
#define FRAMES_BUILTIN_TEXT_SIZE 1024
void frames_read_builtin(const struct frames *f, struct code_text *t);

/* The line of a position. No GIL needed. */
int32_t frames_line(struct stack_frame frame);

#endif
