/* functab.h -- the functions of one profile: id <-> (file, line, name).
 *
 * As in pstats, a function is identified by its file, its first line and its name: two
 * code objects that agree in all three are one function. Builtins have the file "~",
 * the line 0 and the name that cProfile gives them, "<built-in method builtins.len>".
 * Ids count from 0 in the order of first use. The table owns all text, in one block;
 * functions refer to it by offset. Names arrive in Python's "surrogatepass" encoding
 * and are stored as UTF-8 (see utf8_restore). One table per request; not
 * thread-safe. */

#ifndef PROFILER_FUNCTAB_H
#define PROFILER_FUNCTAB_H

#include "base/buf.h"
#include "base/slots.h"

#include <stdint.h>

#define FUNCTAB_NONE UINT32_MAX

struct func {
    uint32_t file_offset, file_len;
    uint32_t name_offset, name_len;
    uint32_t qualname_offset, qualname_len; /* qualname_len 0: same as the name */
    int32_t line;
    bool hidden; /* it has a local variable __tracebackhide__ */
};

struct functab {
    struct func *funcs;
    uint32_t count, cap;
    struct buf text;
    struct slots slots; /* by file, line and name; entry: id + 1 */
};

/* Returns the id of the function and adds it when it is new. Returns FUNCTAB_NONE when
 * out of memory; the table is unchanged then. */
uint32_t functab_intern(struct functab *t, struct str file, int32_t line,
                        struct str name);

/* Sets the name to display: "Class.method" for a function named "method"; for a builtin
 * whose name contains an address, a name without it. It is not part of the function's
 * identity. When out of memory the old one stays. */
void functab_set_qualname(struct functab *t, uint32_t id, struct str qualname);

/* A function with a local variable "__tracebackhide__", whatever its value, asks tools
 * to leave it out of stacks. If several code objects are one function, the last call
 * wins. */
void functab_set_hidden(struct functab *t, uint32_t id, bool hidden);
bool functab_is_hidden(const struct functab *t, uint32_t id);

/* Returns the qualified name, or the name if there is no qualified one. */
struct str functab_qualname(const struct functab *t, uint32_t id);

struct str functab_file(const struct functab *t, uint32_t id);
struct str functab_name(const struct functab *t, uint32_t id);

/* True for functions that cProfile lists as ('~', 0, name). */
bool functab_is_builtin(const struct functab *t, uint32_t id);

/* Appends the function as pstats displays it: "file:line(name)", or "{built-in method
 * builtins.len}". */
void functab_display(const struct functab *t, uint32_t id, struct buf *out);

/* As functab_display, but without addresses, so that the text is the same in every
 * process. */
void functab_describe(const struct functab *t, uint32_t id, struct buf *out);

void functab_free(struct functab *t);

#endif
