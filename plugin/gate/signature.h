/* signature.h -- does somebody know the secret? OpenSSL's part; any thread, no GIL. */

#ifndef PROFILER_SIGNATURE_H
#define PROFILER_SIGNATURE_H

#include "options/secret.h"

#include <stdint.h>

#define SIGNATURE_BYTES 32

/* Takes as long for one presented text as for any other of its length. */
bool secret_equals(const struct secret *s, struct str presented);

/* HMAC-SHA256 with the secret over the text. False when out of memory. */
bool signature_make(const struct secret *s, struct str text,
                    uint8_t signature[SIGNATURE_BYTES]);

/* Is this the text's signature? Takes as long for a wrong one as for a right one. */
bool signature_matches(const struct secret *s, struct str text,
                       const uint8_t signature[SIGNATURE_BYTES]);

#endif
