/* secret.h -- the key that a flag must prove: how it is given, and read from a file.
 *
 * Visible ASCII, so that it can stand in a header, a cookie, an ini file and a shell's
 * command. No error tells any of it. */

#ifndef PROFILER_SECRET_H
#define PROFILER_SECRET_H

#include "base/buf.h"

#define SECRET_BYTES_LEAST 1
#define SECRET_BYTES_GOOD 16 /* what is shorter can be guessed */
#define SECRET_BYTES_MOST 128
#define SECRET_POSSIBLE                                                                \
    "1 to 128 visible ASCII characters, none of them , ; % or a quote, "               \
    "as openssl rand -hex 32 makes"

struct secret {
    char bytes[SECRET_BYTES_MOST]; /* behind len: zeros */
    size_t len;                    /* 0: none */
};

/* False, and *s as it was, with what is wrong in *error: the rest of a sentence about
 * the value. */
bool secret_set(struct secret *s, struct str text, struct buf *error);

enum secret_file {
    SECRET_FILE_OK,
    SECRET_FILE_EXPOSED, /* read, but its group or others can read or change it, too */
    SECRET_FILE_DENIED,  /* there may be such a file, but not for this user */
    SECRET_FILE_BAD,     /* none, or its content is no secret */
};

/* Reads a file that holds the secret alone; blanks and line ends behind it do not
 * count. What is wrong with a DENIED or BAD one, without its name, is in *error, and *s
 * is as it was. Never blocks. */
enum secret_file secret_read(struct secret *s, const char *path, struct buf *error);

#endif
