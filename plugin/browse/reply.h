/* reply.h -- the shelf's answer to a request that may see it. Knows no server: the
 * caller sends the answer. */

#ifndef PROFILER_REPLY_H
#define PROFILER_REPLY_H

#include "body.h"
#include "recording.h"
#include "target.h"
#include "options/config.h"

struct reply {
    const char *status;     /* "200 OK" */
    const char *mime;       /* Content-Type */
    const char *policy;     /* Content-Security-Policy */
    struct buf disposition; /* Content-Disposition; empty: none. Owned, as the rest */
    struct buf location;    /* of a redirect; empty: none */
    struct body body;
};

/* Makes the answer to a GET. query: QUERY_STRING. Reads files, and takes 50 ms at most
 * for the list's data. */
void reply_make(struct reply *reply, const struct config *c, const struct target *t,
                struct str query, const struct recording *recording);

/* A plain text of one line, which must live as long as the reply. */
void reply_text(struct reply *reply, const char *status, const char *line);

/* A redirect to a relative place, with the query without a parameter. (Relative, as a
 * proxy may have removed the beginning of the path, or its host may have another name.)
 * without: the parameter's name; {NULL, 0}: keeps all of the query. */
void reply_redirect(struct reply *reply, struct str place, struct str query,
                    struct str without);

void reply_free(struct reply *reply);

#endif
