#include "request.h"

#include "gate/proof.h"
#include "gate/signature.h"

#define SECRET "sesame-open-0123"
#define NOW 1900000000
#define REQUEST                                                                        \
    "REQUEST_METHOD=GET\nREQUEST_URI=/a%20b?x=1&profile\nPATH_INFO=/a b\n"             \
    "QUERY_STRING=x=1&profile\n"

static const char *const nothing = "it has no key and no signature";
static const char *const wrong_key = "its key is wrong";
static const char *const in_query = "key= counts in a header or cookie only";
static const char *const malformed = "the signature is malformed: sig= and 64 "
                                     "hexadecimal digits, as the last word";
static const char *const no_exp = "a signature needs one exp=, in seconds since 1970";
static const char *const expired = "the signature has expired";
static const char *const ahead = "exp= is more than 24 hours ahead";
static const char *const no_uri =
    "the server in front sends no REQUEST_URI, which is signed";
static const char *const wrong = "the signature is wrong";

/* Writes "FLAG,sig=HEX", signed for this method and path. */
static void sign(struct buf *flag, const char *method, const char *path,
                 const char *value, const char *secret)
{
    struct secret s = {0};
    struct buf text = {0}, error = {0};
    uint8_t signature[SIGNATURE_BYTES];
    assert_true(secret_set(&s, str_from(secret), &error));
    buf_printf(&text, "%s\n%s\n%s", method, path, value);
    assert_true(signature_make(&s, buf_str(&text), signature));
    buf_printf(flag, "%s,sig=", value);
    for (size_t i = 0; i < SIGNATURE_BYTES; i++)
        buf_printf(flag, "%02x", signature[i]);
    buf_free(&text);
}

/* Returns the error of the flag in this request, or "". */
static const char *ask(const char *vars, struct str flag, bool query)
{
    struct config c = make_config("profiler-key=" SECRET);
    struct request r;
    make_request(&r, vars);
    const char *why = flag_unproven(&c, &r.view, flag, query, NOW);
    config_free(&c);
    return why ? why : "";
}

static void keys_count_in_headers_and_cookies_only(void **state)
{
    (void)state;
    const struct {
        const char *flag, *header, *query;
    } cases[] = {
        {"key=" SECRET, "", in_query},
        {"txt, key=" SECRET " ,limit=3", "", in_query},
        {"key=" SECRET ",off", "", in_query},
        {"key=" SECRET ",key=other", "", in_query},
        {"key=other,key=" SECRET, wrong_key, in_query},
        {"key=", wrong_key, in_query},
        {"key=sesame-open-0124", wrong_key, in_query},
        {"key=" SECRET "4", wrong_key, in_query},
        {"key=sesame-open-012", wrong_key, in_query},
        {"key= " SECRET, wrong_key, in_query},
        {"Key=" SECRET, nothing, nothing},
        {"key", nothing, nothing},
        {SECRET, nothing, nothing},
        {"", nothing, nothing},
        {"on", nothing, nothing},
        {"exp=1900000001", nothing, nothing},
        {"key=" SECRET ",sig=", "", malformed},
        {"key=wrong,sig=", malformed, malformed},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_string_equal(ask(REQUEST, str_from(cases[i].flag), false),
                            cases[i].header);
        assert_string_equal(ask(REQUEST, str_from(cases[i].flag), true),
                            cases[i].query);
    }
}

static void a_signature_counts_everywhere_while_it_is_in_force(void **state)
{
    (void)state;
    const struct {
        const char *value, *why;
    } cases[] = {
        {"exp=1900000001", ""},
        {"txt,limit=5,exp=1900003600", ""},
        {" txt , exp=1900003600 ", ""},
        {"exp=1900003600,txt", ""},
        {"exp=1900086400", ""},
        {"exp=001900003600", ""},
        {"exp=1900086401", ahead},
        {"exp=999999999999", ahead},
        {"exp=1900000000", expired},
        {"exp=1899999999", expired},
        {"exp=0", expired},
        {"txt", no_exp},
        {"", no_exp},
        {"exp=", no_exp},
        {"exp=soon", no_exp},
        {"exp=-1900003600", no_exp},
        {"exp=+1900003600", no_exp},
        {"exp=0x7fffffff", no_exp},
        {"exp=1900003600.5", no_exp},
        {"exp=1900003600s", no_exp},
        {"exp=9999999999999", no_exp},
        {"exp=18446744075609551617", no_exp},
        {"exp=1900003600,exp=1900003600", no_exp},
        {"exp=1800000000,exp=1900003600", no_exp},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int query = 0; query < 2; query++) {
            struct buf flag = {0};
            sign(&flag, "GET", "/a%20b", cases[i].value, SECRET);
            assert_string_equal(ask(REQUEST, buf_str(&flag), query), cases[i].why);
            buf_free(&flag);
        }
}

static void what_was_signed_is_this_request_and_this_flag(void **state)
{
    (void)state;
    static const char *const value = "txt,exp=1900003600";
    static const struct {
        const char *vars, *method, *path, *secret;
        bool right;
    } cases[] = {
        {"REQUEST_METHOD=GET\nREQUEST_URI=/a\n", "GET", "/a", SECRET, true},
        {"REQUEST_METHOD=GET\nREQUEST_URI=/a?\n", "GET", "/a", SECRET, true},
        {"REQUEST_METHOD=GET\nREQUEST_URI=/a?b?c\n", "GET", "/a", SECRET, true},
        {"REQUEST_METHOD=POST\nREQUEST_URI=/a?profile\n", "POST", "/a", SECRET, true},
        {"REQUEST_METHOD=GET\nREQUEST_URI=?b\n", "GET", "", SECRET, true},
        {"REQUEST_METHOD=GET\nREQUEST_URI=/%c3%A9\n", "GET", "/%c3%A9", SECRET, true},
        {"REQUEST_METHOD=GET\nREQUEST_URI=http://h/a\n", "GET", "http://h/a", SECRET,
         true},
        {"REQUEST_METHOD=GET\nREQUEST_URI=/a\n", "GET", "/a", "sesame-open-0124",
         false},
        {"REQUEST_METHOD=POST\nREQUEST_URI=/a\n", "GET", "/a", SECRET, false},
        {"REQUEST_METHOD=HEAD\nREQUEST_URI=/a\n", "GET", "/a", SECRET, false},
        {"REQUEST_METHOD=get\nREQUEST_URI=/a\n", "GET", "/a", SECRET, false},
        {"REQUEST_METHOD=GET\nREQUEST_URI=/b\n", "GET", "/a", SECRET, false},
        {"REQUEST_METHOD=GET\nREQUEST_URI=/a/\n", "GET", "/a", SECRET, false},
        {"REQUEST_METHOD=GET\nREQUEST_URI=/A\n", "GET", "/a", SECRET, false},
        {"REQUEST_METHOD=GET\nREQUEST_URI=/%61\nPATH_INFO=/a\n", "GET", "/a", SECRET,
         false},
        {"REQUEST_METHOD=GET\nREQUEST_URI=/\n", "GET", "", SECRET, false},
        {"REQUEST_METHOD=\nREQUEST_URI=/a\n", "GET", "/a", SECRET, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf flag = {0};
        sign(&flag, cases[i].method, cases[i].path, value, cases[i].secret);
        assert_string_equal(ask(cases[i].vars, buf_str(&flag), true),
                            cases[i].right ? "" : wrong);
        buf_free(&flag);
    }
}

static void no_byte_of_a_signed_flag_can_be_changed(void **state)
{
    (void)state;
    struct buf flag = {0};
    sign(&flag, "GET", "/a%20b", "txt,limit=5,exp=1900003600", SECRET);
    for (size_t i = 0; i < flag.len; i++) {
        flag.data[i] ^= 1;
        assert_true(*ask(REQUEST, buf_str(&flag), true));
        flag.data[i] ^= 1;
    }
    assert_string_equal(ask(REQUEST, buf_str(&flag), true), "");
    for (size_t len = 0; len < flag.len; len++)
        assert_true(*ask(REQUEST, (struct str){flag.data, len}, true));
    for (size_t start = 1; start < flag.len; start++)
        assert_true(
            *ask(REQUEST, (struct str){flag.data + start, flag.len - start}, true));
    buf_free(&flag);
}

static void digits_may_be_of_either_case_and_nothing_else(void **state)
{
    (void)state;
    struct buf flag = {0};
    sign(&flag, "GET", "/a%20b", "exp=1900003600", SECRET);
    for (size_t i = flag.len - 64; i < flag.len; i++)
        if (flag.data[i] >= 'a')
            flag.data[i] = (char)(flag.data[i] - 'a' + 'A');
    assert_string_equal(ask(REQUEST, buf_str(&flag), true), "");
    static const char bad[] = "gG/:@`. \x80";
    for (const char *c = bad; *c; c++) {
        flag.data[flag.len - 7] = *c;
        assert_string_equal(ask(REQUEST, buf_str(&flag), true), malformed);
    }
    buf_free(&flag);
}

static void a_signature_is_whole_and_the_last_word(void **state)
{
    (void)state;
    static const char *const before[] = {"", "sig=00,"};
    static const char *const after[] = {",txt", ",", ",sig=", "0", ",exp=1900003600"};
    struct buf flag = {0}, changed = {0};
    sign(&flag, "GET", "/a%20b", "exp=1900003600", SECRET);
    for (size_t i = 0; i < sizeof after / sizeof *after; i++) {
        buf_printf(&changed, "%s%s", buf_cstr(&flag), after[i]);
        assert_string_equal(ask(REQUEST, buf_str(&changed), true), malformed);
        buf_free(&changed);
    }
    buf_printf(&changed, "exp=1900003600, sig=%s", buf_cstr(&flag) + flag.len - 64);
    assert_string_equal(ask(REQUEST, buf_str(&changed), true), malformed);
    buf_free(&changed);
    buf_printf(&changed, "%s%s", before[1], buf_cstr(&flag));
    assert_string_equal(ask(REQUEST, buf_str(&changed), true), wrong);
    buf_free(&changed);
    assert_string_equal(ask(REQUEST, (struct str){flag.data + flag.len - 68, 68}, true),
                        malformed);
    assert_string_equal(ask(REQUEST, (struct str){flag.data, flag.len - 1}, true),
                        malformed);
    buf_free(&flag);
}

static void without_the_path_as_sent_nothing_is_signed(void **state)
{
    (void)state;
    struct buf flag = {0};
    sign(&flag, "GET", "/a", "exp=1900003600", SECRET);
    assert_string_equal(ask("REQUEST_METHOD=GET\nPATH_INFO=/a\n", buf_str(&flag), true),
                        no_uri);
    buf_free(&flag);
}

static void a_key_that_is_gone_is_proven_by_nothing(void **state)
{
    (void)state;
    static const char *const flags[] = {"", "key=", ("key=" SECRET),
                                        "sig=", "exp=0,sig="};
    struct config c = make_config("profiler-key-file=/nonexistent");
    struct request r;
    make_request(&r, REQUEST);
    assert_true(config_wants_key(&c));
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        assert_string_equal(
            flag_unproven(&c, &r.view, str_from(flags[i]), false, NOW),
            "the file of profiler-key-file could not be read when the server started");
    config_free(&c);
}

static void an_endless_flag_proves_nothing(void **state)
{
    (void)state;
    struct buf flag = {0};
    buf_fill(&flag, ',', 100000);
    buf_add_text(&flag, "key=" SECRET);
    assert_string_equal(ask(REQUEST, buf_str(&flag), false), "it is too long");
    buf_free(&flag);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_count_in_headers_and_cookies_only),
        cmocka_unit_test(a_signature_counts_everywhere_while_it_is_in_force),
        cmocka_unit_test(what_was_signed_is_this_request_and_this_flag),
        cmocka_unit_test(no_byte_of_a_signed_flag_can_be_changed),
        cmocka_unit_test(digits_may_be_of_either_case_and_nothing_else),
        cmocka_unit_test(a_signature_is_whole_and_the_last_word),
        cmocka_unit_test(without_the_path_as_sent_nothing_is_signed),
        cmocka_unit_test(a_key_that_is_gone_is_proven_by_nothing),
        cmocka_unit_test(an_endless_flag_proves_nothing),
    };
    return cmocka_run_group_tests_name("proof", tests, NULL, NULL);
}
