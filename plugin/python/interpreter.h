/* interpreter.h -- the Python interpreter in the server.
 *
 * This header does not need Python.h. */

#ifndef PROFILER_INTERPRETER_H
#define PROFILER_INTERPRETER_H

#include "base/buf.h"
#include "profile/origin.h"

/* Checks that this plugin fits the server's Python. Call it right after loading, before
 * any other function of this folder. False, with one sentence in error, when the server
 * has no Python (all references to it are weak), or when Python is free-threaded or has
 * another minor version than the headers of the build. */
bool interpreter_check(struct buf *error);

/* Does the server have Python? Only then the functions below may be called. */
bool interpreter_is_there(void);

/* Is Python initialised? Before that, only interpreter_check and interpreter_version
 * may be called. */
bool interpreter_is_up(void);

/* "3.11.2" */
struct str interpreter_version(void);

/* Adds the prefixes of this Python, such as sys.prefix. Skips some when out of memory.
 * Takes the main interpreter's GIL. */
void interpreter_add_prefixes(struct origins *o);

/* Returns the class name of the pending exception, or {NULL, 0}; the exception stays
 * pending. Valid while the class lives. GIL held. */
struct str interpreter_exception(void);

/* Replaces the owned reference *iterator by an exhausted iterator. Changes nothing when
 * out of memory. GIL held; a pending exception stays pending. */
void interpreter_exhaust(void **iterator);

/* interpreter_enter ensures that this thread holds the GIL with the given thread state,
 * whether or not it holds the GIL already. interpreter_exit restores the state before.
 * Use them in pairs, on the thread where the collector was started. interpreter_thread
 * returns the current thread state; call it there at the start. */
struct interpreter_hold {
    void *before; /* the thread state that was current; NULL: the GIL was not held */
};
void *interpreter_thread(void);
struct interpreter_hold interpreter_enter(void *thread);
void interpreter_exit(struct interpreter_hold hold);

/* Gives the GIL to others for a while, if this thread holds it for sure. Returns what
 * interpreter_come_back needs: NULL if it was not held, or if nobody can tell. Also in
 * a server without Python. No greenlet may be switched meanwhile. */
void *interpreter_go_away(void);
void interpreter_come_back(void *thread);

#endif
