/* interpreter.h -- the Python of the server this was loaded into.
 *
 * No header of Python's is needed to include this. */

#ifndef PROFILER_INTERPRETER_H
#define PROFILER_INTERPRETER_H

#include "base/buf.h"
#include "profile/origin.h"

/* Right after loading, before any other call to this folder: false, with one sentence,
 * when there is no Python (every symbol of it is a weak reference), when it is of
 * another minor version than the headers this was built with, or free-threaded. */
bool interpreter_check(struct buf *error);

/* Is Python initialised? Only these functions may be called before: interpreter_check,
 * interpreter_version. */
bool interpreter_is_up(void);

/* "3.11.2" */
struct str interpreter_version(void);

/* Adds the prefixes of this Python: sys.prefix and the like. What memory has no room
 * for is missing. Takes the GIL, of the main interpreter. */
void interpreter_add_prefixes(struct origins *o);

/* The class name of the pending exception, which stays pending; {NULL, 0} when there is
 * none. Valid while the class lives. GIL held. */
struct str interpreter_exception(void);

/* Puts an iterator that is at its end in the place of *iterator, which is a reference;
 * nothing changes without memory. GIL held; a pending exception stays pending. */
void interpreter_exhaust(void **iterator);

/* Makes sure that this thread holds the GIL with the thread state in which a collector
 * was started (interpreter_thread, called there), whoever holds it now; gives back what
 * was. To be used in pairs, on the thread of the start. */
struct interpreter_hold {
    void *before; /* the thread state that was current; NULL: GIL was not held */
};
void *interpreter_thread(void);
struct interpreter_hold interpreter_enter(void *thread);
void interpreter_exit(struct interpreter_hold hold);

#endif
