#include "support.h"

#include "gate/signature.h"

static struct secret make_secret(const char *text)
{
    struct secret s = {0};
    struct buf error = {0};
    assert_true(secret_set(&s, str_from(text), &error));
    return s;
}

static void only_the_secret_itself_equals_it(void **state)
{
    (void)state;
    struct secret s = make_secret("sesame-open-0123");
    assert_true(secret_equals(&s, STR("sesame-open-0123")));
    static const char *const others[] = {
        "",
        "s",
        "sesame-open-012",
        "sesame-open-01234",
        "sesame-open-0124",
        "Sesame-open-0123",
        "sesame-open-0123 ",
        "sesame-open-0123sesame-open-0123",
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(secret_equals(&s, str_from(others[i])));
    assert_false(secret_equals(&s, (struct str){NULL, 0}));
    assert_false(secret_equals(&s, STR("sesame-open-0123\0")));
    assert_false(secret_equals(&s, STR("sesame-open-0123\0\0\0")));
}

static void the_longest_secret_is_compared_to_its_end(void **state)
{
    (void)state;
    char text[SECRET_BYTES_MOST + 2];
    memset(text, 'x', sizeof text);
    text[SECRET_BYTES_MOST] = '\0';
    struct secret s = make_secret(text);
    assert_true(secret_equals(&s, (struct str){text, SECRET_BYTES_MOST}));
    text[SECRET_BYTES_MOST] = 'x';
    assert_false(secret_equals(&s, (struct str){text, SECRET_BYTES_MOST + 1}));
    text[SECRET_BYTES_MOST - 1] = 'y';
    assert_false(secret_equals(&s, (struct str){text, SECRET_BYTES_MOST}));
}

static void no_secret_is_proven_by_nothing(void **state)
{
    (void)state;
    struct secret none = {0};
    uint8_t signature[SIGNATURE_BYTES];
    assert_false(secret_equals(&none, (struct str){NULL, 0}));
    assert_false(secret_equals(&none, STR("")));
    assert_true(signature_make(&none, STR("text"), signature));
    assert_false(signature_matches(&none, STR("text"), signature));
}

/* printf '%s' TEXT | openssl dgst -sha256 -hmac SECRET */
static void signatures_are_those_of_openssl(void **state)
{
    (void)state;
    struct secret s = make_secret("sesame-open-0123");
    static const uint8_t expected[SIGNATURE_BYTES] = {
        0xfe, 0xf3, 0x40, 0x20, 0xcd, 0xfc, 0xd1, 0x5a, 0x25, 0x3d, 0x68,
        0x13, 0x0c, 0x19, 0x96, 0x1d, 0xf9, 0x65, 0xa6, 0x47, 0xcd, 0xb8,
        0x2d, 0xe7, 0x06, 0xa7, 0xeb, 0xc7, 0x59, 0x64, 0x2a, 0xa2};
    uint8_t signature[SIGNATURE_BYTES];
    struct str text = STR("GET\n/search\ntxt,exp=1900000000");
    assert_true(signature_make(&s, text, signature));
    assert_memory_equal(signature, expected, sizeof expected);
    assert_true(signature_matches(&s, text, expected));
    for (size_t i = 0; i < SIGNATURE_BYTES; i++) {
        signature[i] ^= 1;
        assert_false(signature_matches(&s, text, signature));
        signature[i] ^= 1;
    }
    assert_false(
        signature_matches(&s, STR("GET\n/search\ntxt,exp=1900000001"), expected));
    struct secret other = make_secret("sesame-open-0124");
    assert_false(signature_matches(&other, text, expected));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_secret_itself_equals_it),
        cmocka_unit_test(the_longest_secret_is_compared_to_its_end),
        cmocka_unit_test(no_secret_is_proven_by_nothing),
        cmocka_unit_test(signatures_are_those_of_openssl),
    };
    return cmocka_run_group_tests_name("signature", tests, NULL, NULL);
}
