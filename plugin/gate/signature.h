/* signature.h -- compares secrets and signatures, with OpenSSL. Any thread, no GIL. */

#ifndef PROFILER_SIGNATURE_H
#define PROFILER_SIGNATURE_H

#include "options/secret.h"

#include <stdint.h>

#define SIGNATURE_BYTES 32

/* Is this the secret? The time depends on the length of presented only. */
bool secret_equals(const struct secret *s, struct str presented);

/* Computes the HMAC-SHA256 with the secret over the text. False when out of memory, and
 * in a plugin without OpenSSL. */
bool signature_make(const struct secret *s, struct str text,
                    uint8_t signature[SIGNATURE_BYTES]);

/* Is this the text's signature? Takes the same time for a wrong one. */
bool signature_matches(const struct secret *s, struct str text,
                       const uint8_t signature[SIGNATURE_BYTES]);

/* Reads 64 hexadecimal digits. */
bool signature_read(struct str hex, uint8_t signature[SIGNATURE_BYTES]);

#endif
