/* proof.h -- checks whether a flag proves the key of profiler-key or profiler-key-file.
 *
 * There are two proofs. The word "key=SECRET" counts in a header or cookie only, since
 * servers log query strings. The words "exp=UNIX_SECONDS" and, last, "sig=HEX" count
 * everywhere: HEX is the HMAC-SHA256 with the secret over the method, a newline, the
 * path as sent, a newline, and everything before ",sig=". It is only computed for a
 * well-formed signature that has not expired. */

#ifndef PROFILER_PROOF_H
#define PROFILER_PROOF_H

#include "options/config.h"
#include "view.h"

#define PROOF_AHEAD_MOST_S 86400 /* how far exp= may be in the future */

/* Returns NULL if the decoded value of a flag proves the key, else the reason why it
 * does not. The reason is a static text, and repeats no word of the flag. now_s:
 * seconds since 1970. */
const char *flag_unproven(const struct config *c, const struct request_view *r,
                          struct str value, bool in_query, int64_t now_s);

/* Reads the digits of exp=. */
bool proof_read_seconds(struct str digits, int64_t *seconds);

#endif
