/* flag.h -- the words of a flag: ?profile=..., X-Profile: ..., or a cookie.
 *
 * A comma-separated list; blanks around words are ignored, case matters. Words: a mode;
 * "log", "file"; a format; "sort=" with ':' between keys; "limit=N"; "interval=500us",
 * without effect in deterministic mode; nothing, 1, on, yes, true; 0, off, no, false.
 * For the access words "key=", "exp=" and "sig=" see proof.h. */

#ifndef PROFILER_FLAG_H
#define PROFILER_FLAG_H

#include "options/config.h"

/* Longer values belong to the app. */
#define FLAG_BYTES_MAX 1024

struct flag {
    bool off; /* do not profile, even if the trigger "always" is set */
    enum profile_mode mode;
    uint64_t interval_ns;
    struct report_choice choice;
    bool page_implied; /* .choice.answer is the page, but no word requested it */
};

enum flag_result {
    FLAG_OK,
    FLAG_FOREIGN, /* contains an unknown word: the app's own parameter */
    FLAG_BAD,     /* known words with a bad value, or that contradict each other */
};

/* Parses the percent-decoded value. Unless FLAG_OK, *error holds one line that names
 * the word and the choices (printable ASCII: it becomes a header's value). */
enum flag_result flag_parse(struct flag *f, const struct config *c, struct str value,
                            struct buf *error);

/* Are all words known? Then flag_parse does not return FLAG_FOREIGN. */
bool flag_recognised(const struct config *c, struct str value);

/* Is the first word known? If value is long, that word may be cut off. */
bool flag_starts_ours(const struct config *c, struct str value);

/* Percent-decodes once into out, which has room for value.len bytes. Returns the length
 * of the result. '+' becomes a blank if plus_is_blank (in a query). */
size_t flag_decode_into(char *out, struct str value, bool plus_is_blank);

/* As flag_decode_into, but appends to a buffer. */
void flag_decode(struct str value, bool plus_is_blank, struct buf *out);

#endif
