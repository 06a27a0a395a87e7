#include "support.h"

#include "gate/session.h"
#include "gate/signature.h"

#define NOW 1900000000
#define SHELF STR("/_profiles")

static struct secret secret_of(const char *text)
{
    struct secret s = {0};
    struct buf error = {0};
    assert_true(secret_set(&s, str_from(text), &error));
    return s;
}

static void make(struct buf *value, const char *secret, struct str shelf,
                 int64_t expires_s)
{
    struct secret key = secret_of(secret);
    buf_free(value);
    assert_true(session_write(&key, shelf, expires_s, value));
}

static bool is_valid(const struct buf *value)
{
    struct secret key = secret_of("sesame-open-0123");
    return session_is_valid(&key, SHELF, buf_str(value), NOW);
}

static void a_session_is_of_one_key_shelf_and_time(void **state)
{
    (void)state;
    const struct {
        const char *secret, *shelf;
        int64_t expires_s;
        bool valid;
    } cases[] = {
        {"sesame-open-0123", "/_profiles", NOW + 1, true},
        {"sesame-open-0123", "/_profiles", NOW + 86400, true},
        {"sesame-open-0123", "/_profiles", NOW + 86401, false},
        {"sesame-open-0123", "/_profiles", NOW, false},
        {"sesame-open-0123", "/_profiles", NOW - 1, false},
        {"sesame-open-0123", "/_profiles", 0, false},
        {"sesame-open-0123", "/_profile", NOW + 60, false},
        {"sesame-open-0123", "/_profiles/", NOW + 60, false},
        {"sesame-open-0123", "", NOW + 60, false},
        {"sesame-open-0124", "/_profiles", NOW + 60, false},
        {"s", "/_profiles", NOW + 60, false},
    };
    struct buf value = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        make(&value, cases[i].secret, str_from(cases[i].shelf), cases[i].expires_s);
        if (is_valid(&value) != cases[i].valid)
            fail_msg("%zu: %s", i, buf_cstr(&value));
    }
    buf_free(&value);
}

/* Each byte, changed to any other; capital digits of the MAC are the same ones. */
static void every_changed_byte_makes_it_invalid(void **state)
{
    (void)state;
    struct buf value = {0};
    make(&value, "sesame-open-0123", SHELF, NOW + 60);
    for (size_t i = 0; i < value.len; i++) {
        char before = value.data[i];
        for (int c = 0; c < 256; c++) {
            value.data[i] = (char)c;
            bool same = str_lower((char)c) == before;
            if (is_valid(&value) != same)
                fail_msg("byte %zu is %d", i, c);
        }
        value.data[i] = before;
    }
    assert_true(is_valid(&value));
    buf_free(&value);
}

static void every_other_length_makes_it_invalid(void **state)
{
    (void)state;
    struct buf value = {0};
    make(&value, "sesame-open-0123", SHELF, NOW + 60);
    size_t whole = value.len;
    for (value.len = 0; value.len < whole; value.len++)
        assert_false(is_valid(&value));
    for (size_t i = 0; i < 3; i++) {
        buf_add_char(&value, "0. "[i]);
        assert_false(is_valid(&value));
        value.len--;
    }
    buf_free(&value);
    struct secret key = secret_of("sesame-open-0123");
    assert_false(session_is_valid(&key, SHELF, (struct str){NULL, 0}, NOW));
}

/* Neither is a text that the other signs: no method has a blank. */
static void a_flag_is_no_session(void **state)
{
    (void)state;
    struct secret key = secret_of("sesame-open-0123");
    static const char *const texts[] = {"GET\n/_profiles\n1900000060",
                                        "GET\n/_profiles/\nexp=1900000060",
                                        "/_profiles\n1900000060", "1900000060", ""};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        uint8_t mac[SIGNATURE_BYTES];
        struct buf value = {0};
        assert_true(signature_make(&key, str_from(texts[i]), mac));
        buf_add_text(&value, "1900000060.");
        for (size_t k = 0; k < sizeof mac; k++)
            buf_printf(&value, "%02x", mac[k]);
        assert_false(is_valid(&value));
        buf_free(&value);
    }
}

static bool write_one(void)
{
    struct secret key = secret_of("sesame-open-0123");
    struct buf value = {0};
    bool ok = session_write(&key, SHELF, NOW + 60, &value);
    assert_true(!ok || is_valid(&value) || oom_injected());
    buf_free(&value);
    return !ok || oom_injected();
}

static void without_memory_there_is_none(void **state)
{
    (void)state;
    oom_sweep(write_one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_is_of_one_key_shelf_and_time),
        cmocka_unit_test(every_changed_byte_makes_it_invalid),
        cmocka_unit_test(every_other_length_makes_it_invalid),
        cmocka_unit_test(a_flag_is_no_session),
        cmocka_unit_test(without_memory_there_is_none),
    };
    return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
