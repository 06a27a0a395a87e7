/* proof.h -- does a flag prove the key of profiler-key or profiler-key-file?
 *
 * By the words "key=SECRET", which counts in a header or cookie only (servers log query
 * strings), or "exp=UNIX_SECONDS" and, as the last word, "sig=HEX": HMAC-SHA256 with
 * the secret over the method, a newline, the path as sent, a newline, and everything
 * before ",sig=". Only a signature of the right shape, that would be in force, costs a
 * computation. */

#ifndef PROFILER_PROOF_H
#define PROFILER_PROOF_H

#include "options/config.h"
#include "view.h"

#define PROOF_AHEAD_MOST_S 86400 /* how far ahead exp= may be */

/* NULL when the decoded value of a flag proves the key, or why it does not: static,
 * without a word of it. now_s in seconds since 1970. */
const char *flag_unproven(const struct config *c, const struct request_view *r,
                          struct str value, bool in_query, int64_t now_s);

#endif
