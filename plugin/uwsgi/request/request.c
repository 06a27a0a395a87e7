#include "request.h"

#include "base/rate.h"
#include "system/clock.h"
#include "python/interpreter.h"
#include "answer.h"
#include "describe.h"
#include "harakiri.h"
#include "uwsgi/server/hints.h"
#include "uwsgi/server/offswitch.h"
#include "uwsgi/server/owncode.h"
#include "uwsgi/server/sender.h"
#include "uwsgi/server/shared.h"
#include "uwsgi/deliver/sink.h"

#include <poll.h>
#include <stdio.h>

/* The request will not be profiled; a header says why. */
static void refuse(struct request_slot *slot, const char *why)
{
    snprintf(slot->error, sizeof slot->error, "%s", why);
}

static void accept_decision(struct request_slot *slot, const struct wsgi_request *r,
                            const struct decision *d)
{
    slot->phase = REQUEST_FLAGGED;
    slot->begun = r->start_of_request;
    slot->flagged = d->flagged;
    slot->automatic = d->automatic;
    slot->called = false;
    slot->error[0] = '\0';
    if (d->verdict == VERDICT_ERROR) {
        refuse(slot, d->error);
        return;
    }
    slot->flag = d->flag;
    slot->parameter = d->parameter;
    if (offswitch_is_on()) {
        refuse(slot, "profiling is switched off (profiler-off-file)");
        return;
    }
    if (!places_take(&profiler.places, clock_ns(CLOCK_MONOTONIC), &slot->place)) {
        counter_add(COUNT_LIMITED, 1);
        hint_limited(HINT_MAX_ACTIVE);
        refuse(slot, "too many requests are being profiled in this worker "
                     "(profiler-max-active)");
        return;
    }
    slot->profile = calloc(1, sizeof *slot->profile);
    if (!slot->profile) {
        place_leave(&slot->place);
        refuse(slot, "out of memory");
        return;
    }
    if (d->flagged)
        profile_make_id(slot->profile->id); /* sent in a header */
}

/* The request will have no profile after all. */
static void abandon(struct request_slot *slot)
{
    place_leave(&slot->place);
    profile_destroy(slot->profile);
    slot->profile = NULL;
}

/* A child of a fork has no reporting thread. */
static bool is_own_process(const struct request_slot *slot)
{
    return slot->profile->pid == (int)getpid();
}

/* Makes the collector this thread's alone. False when its samples were taken: the
 * request was about to be killed, but lives. Waits some microseconds while they are
 * being taken. */
static bool reclaim(struct request_slot *slot)
{
    for (;;) {
        uint32_t claim = CLAIM_OPEN;
        if (__atomic_compare_exchange_n(&slot->claim, &claim, CLAIM_NONE, false,
                                        __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
            return true;
        if (claim != CLAIM_TAKING || !is_own_process(slot))
            return false;
        usleep(100);
    }
}

static void finish(struct request_slot *slot)
{
    slot->took_ns = clock_ns(CLOCK_MONOTONIC) - slot->started_ns;
    slot->taken = !reclaim(slot);
    collector_finish(slot->collector, slot->profile);
    slot->collector = NULL;
    slot->phase = REQUEST_ENDED;
    place_leave(&slot->place);
}

/* In async mode, the last chunks do not pass the app's hooks. */
static void finish_late(struct request_slot *slot)
{
    struct interpreter_hold hold = interpreter_enter(slot->thread);
    finish(slot);
    interpreter_exit(hold);
}

/* Cleans up after a request that the server ended without calling us. */
static void drop(struct request_slot *slot)
{
    if (slot->phase == REQUEST_RUNNING)
        finish_late(slot);
    else if (slot->phase == REQUEST_FLAGGED && slot->profile)
        place_leave(&slot->place);
    if (slot->phase == REQUEST_ENDED && !slot->taken) /* if taken, it was reported */
        counter_add(COUNT_DISCARDED, 1);
    profile_destroy(slot->profile);
    slot->profile = NULL;
    slot->phase = REQUEST_IDLE;
}

bool request_begin(struct request_slot *slot, struct wsgi_request *r)
{
    if (slot->phase != REQUEST_IDLE)
        drop(slot);
    if (r->is_raw || !r->uh->pktsize)
        return true;
    /* After a failure, a second call would answer "parsed". */
    if (!r->parsed && uwsgi_parse_vars(r))
        return false;
    const struct request_view view = {
        .method = {r->method, r->method_len},
        .path = {r->path_info, r->path_info_len},
        .query = {r->query_string, r->query_string_len},
        .vars = r->hvec,
        .var_count = r->var_cnt,
        .route = request_is(r, &slot->routed) ? slot->route : NULL,
        .draws = &profiler.draws,
        .connection = sender_connection(r),
    };
    struct decision d;
    trigger_decide(&d, &profiler.config, &view);
    if (d.verdict == VERDICT_DENIED || (d.verdict == VERDICT_PROFILE && d.denied)) {
        counter_add(COUNT_DENIED, 1);
        hint_denied("flag from ", &d.denial);
    }
    if (d.almost)
        hint_almost(d.almost_of, view.path, d.error);
    if (d.verdict == VERDICT_PROFILE || d.verdict == VERDICT_ERROR)
        accept_decision(slot, r, &d);
    return true;
}

static bool minute_has_room(const struct request_slot *slot)
{
    uint32_t most = profiler.config.max_per_minute;
    if (!most || slot->automatic || shared_take_of_minute(most))
        return true;
    counter_add(COUNT_LIMITED, 1);
    hint_limited(HINT_MAX_PER_MINUTE);
    return false;
}

static void start_collector(struct request_slot *slot, const char **why)
{
    const struct collector_settings settings = {
        .mode = slot->flag.mode,
        .max_nodes = profiler.config.max_nodes,
        .interval_ns = slot->flag.interval_ns,
        .max_ns = profiler.config.max_ns,
    };
    if (slot->flag.choice.answer && profiler.headers_leave_at_once)
        *why = "start_response-nodelay sends the headers before there is a report";
    else if (settings.mode == MODE_SAMPLING && profiler.no_sampling)
        *why = profiler.no_sampling;
    else if (!minute_has_room(slot))
        *why = "too many requests were profiled in this minute "
               "(profiler-max-per-minute)";
    else
        slot->collector = collector_start(profiler.env, &settings, why);
}

void request_start(struct request_slot *slot, struct wsgi_request *r)
{
    if (slot->phase != REQUEST_FLAGGED || !slot->profile)
        return;
    const char *why = "";
    if (slot->flag.page_implied && profiler.headers_leave_at_once)
        slot->flag.choice.answer = NULL; /* the page was implied, not requested */
    slot->facts = describe_facts(r);
    slot->profile->pid = (int)uwsgi.mypid;
    harakiri_watch();
    owncode_find(r);
    start_collector(slot, &why);
    if (!slot->collector) {
        abandon(slot);
        refuse(slot, why);
        return;
    }
    counter_add(COUNT_STARTED, 1);
    if (slot->flagged)
        answer_take_cache_control(r);
    if (slot->flag.choice.answer)
        held_start(&slot->held, r);
    slot->thread = interpreter_thread();
    slot->started_ns = slot->looked_ns = clock_ns(CLOCK_MONOTONIC);
    place_limit(&slot->place, slot->started_ns + profiler.config.max_ns);
    slot->phase = REQUEST_RUNNING;
    slot->taken = slot->logged = false;
    __atomic_store_n(&slot->claim, CLAIM_OPEN, __ATOMIC_RELEASE);
}

void request_called(struct request_slot *slot, bool returned)
{
    slot->called = true;
    if (slot->phase == REQUEST_RUNNING && !returned)
        finish(slot);
}

/* Minimum time between two checks whether the client is there. */
#define LOOK_INTERVAL_NS 1000000000u

/* Over TCP, a client that has only closed its sending side cannot be distinguished from
 * one that has left; the report says so. Over a unix socket it can. */
static bool client_left(struct request_slot *slot, const struct wsgi_request *r,
                        uint64_t now)
{
    if (!rate_due(&slot->looked_ns, now, LOOK_INTERVAL_NS))
        return false;
    struct pollfd client = {.fd = r->fd, .events = POLLRDHUP};
    if (poll(&client, 1, 0) != 1)
        return false;
    bool only_listens =
        r->socket->family == AF_UNIX && !(client.revents & (POLLHUP | POLLERR));
    return !only_listens;
}

void request_chunk(struct request_slot *slot, struct wsgi_request *r)
{
    if (slot->phase != REQUEST_RUNNING || !slot->flag.choice.answer ||
        !r->async_placeholder || r->fd_closed)
        return;
    uint64_t now = clock_ns(CLOCK_MONOTONIC);
    bool too_long = now - slot->started_ns >= profiler.config.max_ns;
    if (!too_long && !client_left(slot, r, now))
        return;
    /* The collector may not have noticed the time limit yet. */
    slot->profile->notices |= 1u << (too_long ? NOTICE_TIME : NOTICE_CLIENT_LEFT);
    struct interpreter_hold hold = interpreter_enter(slot->thread);
    interpreter_exhaust(&r->async_placeholder);
    interpreter_exit(hold);
}

void request_closed(struct request_slot *slot)
{
    if (slot->phase == REQUEST_RUNNING)
        finish(slot);
}

void request_raised(struct request_slot *slot)
{
    if (slot->phase == REQUEST_RUNNING && !slot->profile->exception.data)
        profile_set(&slot->profile->exception, interpreter_exception());
}

void request_paused(struct request_slot *slot)
{
    if (slot->phase == REQUEST_RUNNING)
        collector_pause(slot->collector);
}

void request_resumed(struct request_slot *slot)
{
    if (slot->phase == REQUEST_RUNNING)
        collector_resume(slot->collector);
}

/* The slot may belong to an earlier request that the server has dropped. */
void request_headers(struct request_slot *slot, struct wsgi_request *r)
{
    if (slot->phase != REQUEST_IDLE && slot->flagged && request_is(r, &slot->begun))
        answer_add_headers(slot, r);
}

static struct replacement plain_text(struct str text)
{
    return (struct replacement){"text/plain; charset=utf-8", NULL, text};
}

/* Adds our headers if the server has not sent the headers yet. */
static void send_headers(struct request_slot *slot, struct wsgi_request *r)
{
    if (r->headers && !r->headers_sent) /* the server sends them when it closes */
        request_headers(slot, r);
}

/* False when the app's answer was already sent. */
static bool replace_answer(struct request_slot *slot, struct wsgi_request *r,
                           const struct replacement *with)
{
    const struct profile *p = slot->profile;
    if (answer_replace(&slot->held, r, p->status, with))
        return true;
    profiler_log("profile %s could not replace the app's answer: %s", p->id,
                 r->fd_closed ? "the app had ended it itself"
                              : "its headers were sent before");
    return false;
}

static void answer_with_report(struct request_slot *slot, struct wsgi_request *r,
                               struct delivery *d)
{
    const struct format *format = d->choice.answer;
    uint64_t began = clock_ns(CLOCK_MONOTONIC);
    struct report report;
    struct buf body = {0};
    bool written = delivery_report(d, &report) && format->write(&report, &body);
    struct replacement with = {format->mime, format->policy, buf_str(&body)};
    if (!written)
        with = plain_text(STR("the report could not be made: out of memory\n"));
    counter_add(COUNT_REPORT_US, (clock_ns(CLOCK_MONOTONIC) - began) / 1000);
    if (!replace_answer(slot, r, &with))
        delivery_unanswered(d);
    buf_free(&body);
}

static bool is_kept(const struct request_slot *slot, const struct wsgi_request *r)
{
    struct keep_facts facts = {
        .took_ns = slot->took_ns,
        .status = describe_status(r),
        .exception = slot->profile->exception.data != NULL,
    };
    if (!facts.status && facts.exception)
        facts.status = 500; /* as the server logs it */
    return !slot->automatic || keep_wants(&profiler.config.keep, &facts);
}

/* For the server's own log, which is written later. */
static void leave_trace(struct request_slot *slot, const struct wsgi_request *r)
{
    struct request_trace *t = &slot->trace;
    const struct profile *p = slot->profile;
    t->request = r->start_of_request;
    memcpy(t->id, p->id, sizeof t->id);
    snprintf(t->status, sizeof t->status, p->status ? "%d" : "-", p->status);
}

/* There is no report: profiler-keep does not want it. */
static void end_discarded(struct request_slot *slot)
{
    counter_add(COUNT_DISCARDED, 1);
    sink_count(slot->profile);
    profile_destroy(slot->profile);
}

/* The request was reported because it was to be killed, but it lives. */
static void end_taken(struct request_slot *slot, struct wsgi_request *r)
{
    describe_response(slot->profile, r);
    if (slot->flag.choice.answer) {
        struct replacement with =
            plain_text(STR("the server was about to kill this request: its report is "
                           "in the log or in files\n"));
        replace_answer(slot, r, &with);
    }
    send_headers(slot, r);
    leave_trace(slot, r);
    profile_destroy(slot->profile);
}

static void end_profiled(struct request_slot *slot, struct wsgi_request *r)
{
    describe_request(slot);
    describe_response(slot->profile, r);
    struct delivery d = describe_delivery(slot, slot->profile);
    if (d.choice.answer)
        answer_with_report(slot, r, &d);
    send_headers(slot, r);
    leave_trace(slot, r);
    sink_count(d.profile);
    sink_submit(&d);
}

void request_end(struct request_slot *slot, struct wsgi_request *r)
{
    if (slot->phase == REQUEST_RUNNING)
        finish_late(slot);
    if (slot->phase == REQUEST_FLAGGED && slot->profile)
        abandon(slot); /* no app was called */
    if (!slot->profile)
        send_headers(slot, r);
    else if (slot->taken)
        end_taken(slot, r);
    else if (!is_kept(slot, r))
        end_discarded(slot);
    else
        end_profiled(slot, r);
    slot->profile = NULL;
    slot->phase = REQUEST_IDLE;
}
