/* flag.h -- the words of ?profile=..., X-Profile: ... or a cookie.
 *
 * A list parted by commas, blanks around words trimmed, case as written: a mode; "log",
 * "file"; a format; "sort=" with ':' between keys; "limit=N"; "interval=500us", heeded
 * in sampling mode and without effect in the other; nothing, 1, on, yes,
 * true; 0, off, no, false. For access, see proof.h: "key=", "exp=", "sig=". */

#ifndef PROFILER_FLAG_H
#define PROFILER_FLAG_H

#include "options/config.h"

/* A longer value is the app's own. */
#define FLAG_BYTES_MAX 1024

struct flag {
    bool off; /* profile nothing, whatever the triggers say */
    enum profile_mode mode;
    uint64_t interval_ns;
    struct report_choice choice;
    bool page_implied; /* choice.answer is the page, which no word asked for */
};

enum flag_result {
    FLAG_OK,
    FLAG_FOREIGN, /* a word that is none of ours: the app's own parameter */
    FLAG_BAD,     /* ours, but it cannot be done */
};

/* Reads the percent-decoded value. On FLAG_FOREIGN and FLAG_BAD *error holds one line
 * that names the word and the choices (printable ASCII: it becomes a header's value).
 */
enum flag_result flag_parse(struct flag *f, const struct config *c, struct str value,
                            struct buf *error);

/* Is every word one of ours, so that flag_parse would not say FLAG_FOREIGN? */
bool flag_recognised(const struct config *c, struct str value);

/* Is the first word, which may be cut off where it is long, one of ours? */
bool flag_starts_ours(const struct config *c, struct str value);

/* Percent-decodes once into out, which has room for as much as value has; the length of
 * the result. '+' becomes a blank when plus_is_blank (a query). */
size_t flag_decode_into(char *out, struct str value, bool plus_is_blank);

/* The same at the end of a buffer. */
void flag_decode(struct str value, bool plus_is_blank, struct buf *out);

#endif
