#include "session.h"

#include "proof.h"
#include "signature.h"
#include "base/digits.h"

#include <inttypes.h>

static void add_text(struct buf *text, struct str shelf, struct str expires)
{
    buf_add_text(text, "session of the shelf\n");
    buf_add_str(text, shelf);
    buf_add_char(text, '\n');
    buf_add_str(text, expires);
}

bool session_write(const struct secret *key, struct str shelf, int64_t expires_s,
                   struct buf *out)
{
    uint8_t mac[SIGNATURE_BYTES];
    struct buf text = {0}, expires = {0};
    buf_printf(&expires, "%" PRId64, expires_s);
    add_text(&text, shelf, buf_str(&expires));
    bool ok =
        !text.failed && !expires.failed && signature_make(key, buf_str(&text), mac);
    buf_add_str(out, buf_str(&expires));
    buf_add_char(out, '.');
    for (size_t i = 0; ok && i < sizeof mac; i++)
        buf_printf(out, "%02x", mac[i]);
    buf_free(&text);
    buf_free(&expires);
    return ok && !out->failed;
}

bool session_is_valid(const struct secret *key, struct str shelf, struct str value,
                      int64_t now_s)
{
    struct str expires, digits = value;
    uint8_t mac[SIGNATURE_BYTES];
    int64_t expires_s;
    if (!str_split(&digits, '.', &expires) || !digits.data ||
        !proof_read_seconds(expires, &expires_s) || expires_s <= now_s ||
        expires_s > now_s + PROOF_AHEAD_MOST_S || !signature_read(digits, mac))
        return false;
    struct buf text = {0};
    add_text(&text, shelf, expires);
    bool right = !text.failed && signature_matches(key, buf_str(&text), mac);
    buf_free(&text);
    return right;
}
