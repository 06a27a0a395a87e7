/* A whole request for the shelf, given by its variables, and who may see the shelf.
 *
 * Input: one variable per line, "HTTP_COOKIE=profile=key=...". */

#include "fuzz.h"

#include "browse/reply.h"
#include "browse/target.h"
#include "gate/navigation.h"
#include "gate/visitor.h"
#include "options/host.h"
#include "report/formats.h"

#include <stdlib.h>

#define KEY "sesame-open-0123"
#define NOW 1900000000

static const char *const configs[] = {
    "dir=/tmp\nbrowse=/_profiles",
    "dir=/tmp\nbrowse=/\nallow=10.0.0.0/8\nbrowse-host=profiles.example",
    "dir=/tmp\nbrowse=/a/b\nkey=" KEY "\ntrigger=cookie:prof",
    "dir=/tmp\nbrowse=/_profiles\nkey=" KEY "\nallow=10.0.0.0/8\n"
    "trusted-proxies=127.0.0.1",
};
#define CONFIGS (sizeof configs / sizeof *configs)

/* Nobody can guess the key: only an input that has it may pass. */
static bool has_key(struct str input)
{
    return memmem(input.data, input.len, KEY, strlen(KEY));
}

static void check_visitor(const struct visitor *v, const struct config *c,
                          const struct request_view *r, struct str input)
{
    struct sender s;
    struct denial denial;
    sender_read(&s, r);
    bool passes = v->visit == VISIT_ALLOWED || v->visit == VISIT_OPENS;
    CHECK(!passes || sender_allowed(&s, c, &denial));
    CHECK(!passes || (!s.unasked && !request_is_upgrade(r)));
    CHECK(!passes || !c->key.len || has_key(input));
    CHECK(v->visit != VISIT_OPENS); /* the input has no right signature */
    if (passes && !c->key.len) {
        CHECK(!s.cross_site || s.document);
        CHECK(host_is_loopback(s.host) || host_is_address(s.host) ||
              memmem(s.host.data, s.host.len, ".", 1));
    }
    if (v->visit == VISIT_DENIED) {
        CHECK(v->denial.why && *v->denial.why && v->denial.advice);
        CHECK(!strstr(v->denial.why, KEY));
    }
}

static void check_target(const struct config *c, struct str mount, struct str path)
{
    struct str below;
    if (!target_is_below(str_from(c->browse), mount, path, &below))
        return;
    CHECK(below.len == 0 || *below.data == '/');
    struct target t = target_parse(below, &report_formats);
    if (t.kind == TARGET_PROFILE || t.kind == TARGET_FILE) {
        CHECK(t.id.len == 16 && t.id.data >= below.data &&
              t.id.data + t.id.len <= below.data + below.len);
        CHECK((t.format != NULL) == (t.kind == TARGET_FILE));
    }
}

static void check_redirect(struct str query)
{
    struct reply reply;
    reply_redirect(&reply, STR("./"), query, STR("profile"));
    fuzz_check_message(buf_str(&reply.location));
    CHECK(str_starts(buf_str(&reply.location), STR("./")));
    CHECK(!memmem(reply.location.data, reply.location.len, "profile=", 8) ||
          memmem(query.data, query.len, "profile=", 8));
    reply_free(&reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct config made[CONFIGS];
    fuzz_configs(made, configs, CONFIGS);
    struct fuzz_request *r = fuzz_request(fuzz_input(data, size));
    for (size_t i = 0; i < CONFIGS; i++)
        for (int is_list = 0; is_list < 2; is_list++) {
            struct visitor v;
            visitor_decide(&v, &made[i], &r->view, is_list, NOW);
            check_visitor(&v, &made[i], &r->view, fuzz_input(data, size));
            check_target(&made[i], request_var(&r->view, STR("SCRIPT_NAME")),
                         r->view.path);
        }
    check_redirect(r->view.query);
    fuzz_request_free(r);
    return 0;
}
