/* functab.h -- the functions of one profile: id <-> (file, line, name).
 *
 * A function is what pstats calls one: its file, the line it starts on and its name.
 * Two code objects that share all three are one function. Builtins have the file "~"
 * and the line 0, and a name as cProfile makes it: "<built-in method builtins.len>".
 * Ids count from 0 in the order of first sight. All bytes are owned, in one block,
 * named by offset. Names come as Python's "surrogatepass" encodes them, and are kept as
 * UTF-8 (see utf8_restore). One table per request; not thread-safe. */

#ifndef PROFILER_FUNCTAB_H
#define PROFILER_FUNCTAB_H

#include "base/buf.h"
#include "base/slots.h"

#include <stdint.h>

#define FUNCTAB_NONE UINT32_MAX

struct func {
    uint32_t file_offset, file_len;
    uint32_t name_offset, name_len;
    uint32_t qualname_offset, qualname_len; /* 0 bytes: as the name */
    int32_t line;
    bool hidden; /* it has a local variable __tracebackhide__ */
};

struct functab {
    struct func *funcs;
    uint32_t count, cap;
    struct buf text;
    struct slots slots; /* by file, line and name; entry: id + 1 */
};

/* The id of the function, added when new; FUNCTAB_NONE when memory runs out (the
 * table stays as it was). */
uint32_t functab_intern(struct functab *t, struct str file, int32_t line,
                        struct str name);

/* "Class.method" where the name is "method"; of a builtin, a name that does without the
 * address that its own has. Not part of what tells functions apart. Without memory it
 * stays what it was. */
void functab_set_qualname(struct functab *t, uint32_t id, struct str qualname);

/* Functions ask with a local variable "__tracebackhide__", whatever its value, to be
 * left out where stacks are shown. Of code objects that are one function the last
 * counts. */
void functab_set_hidden(struct functab *t, uint32_t id, bool hidden);
bool functab_is_hidden(const struct functab *t, uint32_t id);

/* The qualified name; the name where there is none. */
struct str functab_qualname(const struct functab *t, uint32_t id);

struct str functab_file(const struct functab *t, uint32_t id);
struct str functab_name(const struct functab *t, uint32_t id);

/* True for what cProfile files under ('~', 0, name). */
bool functab_is_builtin(const struct functab *t, uint32_t id);

/* What pstats displays: "file:line(name)", or "{built-in method builtins.len}". */
void functab_display(const struct functab *t, uint32_t id, struct buf *out);

/* The same, but for names that hold an address: those are the same in every process. */
void functab_describe(const struct functab *t, uint32_t id, struct buf *out);

void functab_free(struct functab *t);

#endif
