/* A whole request, given by its variables, and the decision about it.
 *
 * Input: one variable per line, "QUERY_STRING=profile". */

#include "fuzz.h"

#include "gate/access.h"
#include "gate/navigation.h"
#include "gate/trigger.h"

static const char *const configs[] = {
    "",
    "trigger=cookie:profile\ntrigger=query:p\ntrigger=header:X-P\nallow=10.0.0.0/8",
    "trigger=always\nskip=^/static\npath=.\ndir=/tmp",
    "trigger=query:profile\ntrigger=always\nmode=sampling\nallow=127.0.0.1",
    "key=sesame-open-0123\ntrigger=query:profile\ntrigger=var:FLAG",
    "allow=10.0.0.0/8\ntrusted-proxies=127.0.0.1, 10.0.0.1",
};
#define CONFIGS (sizeof configs / sizeof *configs)

static void check_decision(const struct decision *d, const struct config *c,
                           const struct request_view *r)
{
    struct sender sender;
    sender_read(&sender, r);
    struct denial denial = {0};
    bool allowed = sender_allowed(&sender, c, &denial);
    bool foreign = sender.cross_site && !sender.document;
    CHECK(allowed || (denial.why && denial.advice));
    if (d->verdict == VERDICT_DENIED)
        CHECK(d->denial.why && d->denial.advice && (!allowed || foreign || c->key.len));
    if (d->verdict == VERDICT_ERROR) {
        CHECK(d->flagged);
        fuzz_check_message(str_from(d->error));
    }
    if (d->almost) {
        CHECK(allowed && !sender.unasked && d->verdict != VERDICT_ERROR);
        fuzz_check_message(str_from(d->error));
    }
    if ((d->verdict == VERDICT_PROFILE && d->flagged) || d->verdict == VERDICT_ERROR)
        CHECK(allowed && !sender.unasked);
    if (d->verdict == VERDICT_PROFILE) {
        CHECK(!request_is_upgrade(r));
        CHECK(!d->flag.off && d->flag.choice.outputs);
        CHECK(d->flagged || !d->flag.choice.answer);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct config made[CONFIGS];
    fuzz_configs(made, configs, CONFIGS);

    struct fuzz_request *r = fuzz_request(fuzz_input(data, size));
    for (size_t i = 0; i < CONFIGS; i++) {
        struct decision d = {0};
        trigger_decide(&d, &made[i], &r->view);
        check_decision(&d, &made[i], &r->view);
    }
    fuzz_request_free(r);
    return 0;
}
