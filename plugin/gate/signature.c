#include "signature.h"

#include "base/digits.h"

#ifdef PROFILER_HAVE_OPENSSL

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

bool secret_equals(const struct secret *s, struct str presented)
{
    /* Compares all bytes that a secret can have, so that its length does not show. */
    char padded[SECRET_BYTES_MOST] = {0};
    size_t len = presented.len < sizeof padded ? presented.len : sizeof padded;
    if (len)
        memcpy(padded, presented.data, len);
    int differ = CRYPTO_memcmp(padded, s->bytes, sizeof padded);
    return s->len && !((presented.len ^ s->len) | (unsigned)differ);
}

bool signature_make(const struct secret *s, struct str text,
                    uint8_t signature[SIGNATURE_BYTES])
{
    unsigned len = SIGNATURE_BYTES;
    return HMAC(EVP_sha256(), s->bytes, (int)s->len,
                (const unsigned char *)(text.data ? text.data : ""), text.len,
                signature, &len) &&
           len == SIGNATURE_BYTES;
}

bool signature_matches(const struct secret *s, struct str text,
                       const uint8_t signature[SIGNATURE_BYTES])
{
    uint8_t right[SIGNATURE_BYTES];
    return s->len && signature_make(s, text, right) &&
           CRYPTO_memcmp(right, signature, sizeof right) == 0;
}

#else /* options.c accepts no key then: nothing proves one */

bool secret_equals(const struct secret *s, struct str presented)
{
    (void)s;
    (void)presented;
    return false;
}

bool signature_make(const struct secret *s, struct str text,
                    uint8_t signature[SIGNATURE_BYTES])
{
    (void)s;
    (void)text;
    (void)signature;
    return false;
}

bool signature_matches(const struct secret *s, struct str text,
                       const uint8_t signature[SIGNATURE_BYTES])
{
    (void)s;
    (void)text;
    (void)signature;
    return false;
}

#endif

bool signature_read(struct str hex, uint8_t signature[SIGNATURE_BYTES])
{
    if (hex.len != 2 * SIGNATURE_BYTES)
        return false;
    for (size_t i = 0; i < SIGNATURE_BYTES; i++) {
        int byte = digits_byte(hex.data + 2 * i);
        if (byte < 0)
            return false;
        signature[i] = (uint8_t)byte;
    }
    return true;
}
