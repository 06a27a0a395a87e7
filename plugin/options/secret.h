/* secret.h -- the key that a flag must prove: its syntax, and reading it from a file.
 *
 * The key is visible ASCII, so it can be part of a header, a cookie, an ini file and a
 * shell command. No error message contains any of it. */

#ifndef PROFILER_SECRET_H
#define PROFILER_SECRET_H

#include "base/buf.h"

#define SECRET_BYTES_LEAST 1
#define SECRET_BYTES_GOOD 16 /* shorter secrets can be guessed */
#define SECRET_BYTES_MOST 128
#define SECRET_POSSIBLE                                                                \
    "1 to 128 visible ASCII characters other than , ; % and quotes, "                  \
    "as openssl rand -hex 32 makes"

struct secret {
    char bytes[SECRET_BYTES_MOST]; /* zeros after len */
    size_t len;                    /* 0: none */
};

/* Checks the text and sets the secret. On failure returns false, leaves *s unchanged,
 * and appends the reason to *error: the rest of a sentence about the value. */
bool secret_set(struct secret *s, struct str text, struct buf *error);

enum secret_file {
    SECRET_FILE_OK,
    SECRET_FILE_EXPOSED, /* read, but its group or other users can read or change it */
    SECRET_FILE_DENIED,  /* the file may exist, but this user cannot read it */
    SECRET_FILE_BAD,     /* missing, or not a secret */
};

/* Reads a file that contains only the secret; blanks and line ends after it are
 * ignored. If the result is DENIED or BAD, *error says what is wrong, without the
 * file's name, and *s is unchanged. Never blocks. */
enum secret_file secret_read(struct secret *s, const char *path, struct buf *error);

#endif
