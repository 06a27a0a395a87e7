#include "sink.h"

#include "system/clock.h"
#include "system/thread.h"
#include "base/rate.h"
#include "store/files.h"
#include "store/tempfiles.h"
#include "report/text/record.h"
#include "logstream.h"
#include "uwsgi/server/shared.h"
#include "queue.h"

#include <pthread.h>
#include <sched.h>

/* Enough: reports do not recurse, and keep large data on the heap. */
#define STACK_BYTES (512 * 1024)

/* How long the end of a worker waits for its reports. If worker-reload-mercy, the
 * server's own limit, is shorter than twice that, half of it counts. */
#define FLUSH_NS 5000000000u

/* Interval of the searches for leftovers. */
#define LEFTOVERS_INTERVAL_NS 600000000000u

static struct prune prune; /* this process's account of profiler-dir */

static struct file_settings file_settings(void)
{
    const struct config *c = &profiler.config;
    return (struct file_settings){
        .dir = c->dir,
        .dir_mode = c->dir_mode,
        .file_mode = c->file_mode,
        .filename = &c->filename,
        .prune = &prune,
    };
}

/* Logs the error, if any, as one line, at most once a minute. (uwsgi_log ends the
 * process when it has no memory for a line that is too long.) */
static void log_error(struct rate_log *line, struct buf *error)
{
    unsigned count = error->len ? rate_log_pass(line, clock_ns(CLOCK_MONOTONIC)) : 0;
    if (count > 1)
        profiler_log("%.3500s (%u such errors since the last such line)",
                     buf_cstr(error), count);
    else if (count)
        profiler_log("%.3500s", buf_cstr(error));
    buf_free(error);
}

static bool write_files(const struct report *r, struct written_files *files)
{
    static struct rate_log errors;
    struct file_settings settings = file_settings();
    struct buf error = {0};
    files_write(r, &settings, files, &error);
    bool ok = error.len == 0 && !error.failed;
    log_error(&errors, &error);
    return ok;
}

static bool write_log(const struct report *r, const struct written_files *files)
{
    static struct rate_log errors;
    struct buf record = {0}, error = {0};
    const char *id = r->profile->id;
    bool ok =
        record_write(r, files->paths, files->count, logstream_wants_colour(), &record);
    if (!ok)
        buf_printf(&error, "no memory for the log record of profile %s", id);
    ok = ok && logstream_append(id, buf_str(&record), &error);
    log_error(&errors, &error);
    buf_free(&record);
    return ok;
}

/* Removes the temporary files of killed workers. Since that takes a search of the whole
 * directory, it is not done for each profile. */
static void remove_leftovers(void)
{
    static word64 searched_ns;
    if (rate_due(&searched_ns, clock_ns(CLOCK_MONOTONIC), LEFTOVERS_INTERVAL_NS))
        tempfiles_remove(profiler.config.dir);
}

static bool write_outputs(struct delivery *d)
{
    static struct rate_log errors;
    const struct profile *p = d->profile;
    struct report report;
    if (!delivery_report(d, &report)) {
        struct buf error = {0};
        buf_printf(&error, "no memory for the reports of profile %s", p->id);
        log_error(&errors, &error);
        return false;
    }
    struct written_files files = {0};
    bool ok = true;
    if (d->choice.outputs & OUTPUT_FILE) {
        ok = write_files(&report, &files);
        if (!(p->notices & (1u << NOTICE_HARAKIRI | 1u << NOTICE_MERCY))) /* no time */
            remove_leftovers();
    }
    if (d->choice.outputs & OUTPUT_LOG)
        ok &= write_log(&report, &files);
    written_files_free(&files);
    return ok;
}

static bool write_reports(struct delivery *d)
{
    uint64_t began = clock_ns(CLOCK_MONOTONIC);
    bool ok = write_outputs(d);
    counter_add(COUNT_REPORT_US, (clock_ns(CLOCK_MONOTONIC) - began) / 1000);
    return ok;
}

/* The thread that writes this process's profiles: created with the first of them,
 * absent after a fork. */
static struct {
    pthread_mutex_t lock;
    bool runs;
} writer = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *writer_main(void *unused)
{
    (void)unused;
    pthread_setname_np(pthread_self(), "profiler-writer");
    /* When it wakes up, it must not take the processor from the request that woke
     * it. */
    if (sched_getscheduler(0) == SCHED_OTHER)
        sched_setscheduler(0, SCHED_BATCH, &(struct sched_param){0});
    for (;;)
        queue_done(write_reports(queue_first()));
    return NULL;
}

static bool writer_runs(void)
{
    pthread_mutex_lock(&writer.lock);
    writer.runs = writer.runs || thread_start(writer_main, NULL, STACK_BYTES);
    bool runs = writer.runs;
    pthread_mutex_unlock(&writer.lock);
    return runs;
}

static struct rate_log drops;

/* Writing to a log that is full would block the calling thread. */
static void log_dropped(const struct queue_state *state)
{
    if (!logstream_takes_lines()) {
        rate_log_hold(&drops);
        return;
    }
    unsigned count = rate_log_pass(&drops, clock_ns(CLOCK_MONOTONIC));
    if (count && state->waiting)
        profiler_log("profiles dropped: %u; %u others (%u MB) wait to be written, the "
                     "first for %u seconds",
                     count, state->waiting, (unsigned)(state->bytes >> 20),
                     state->busy_s);
    else if (count)
        profiler_log("profiles dropped: %u; the thread that writes them cannot be "
                     "started, or the worker is about to end",
                     count);
}

void sink_count(const struct profile *p)
{
    const uint32_t cut =
        1u << NOTICE_TRUNCATED | 1u << NOTICE_TIME | 1u << NOTICE_CLIENT_LEFT;
    counter_add(COUNT_TRUNCATED, (p->notices & cut) != 0);
    counter_add(COUNT_SAMPLES, p->sampled.samples);
    counter_add(COUNT_SAMPLES_LOST, p->sampled.lost);
}

static void drop(struct delivery *d)
{
    counter_add(COUNT_WRITE_ERRORS, 1);
    delivery_free(d);
    log_dropped(&(struct queue_state){0});
}

void sink_submit(struct delivery *d)
{
    struct queue_state state;
    if (!(d->choice.outputs & (OUTPUT_LOG | OUTPUT_FILE))) {
        counter_add(COUNT_KEPT, 1);
        delivery_free(d);
    } else if (!writer_runs()) {
        drop(d);
    } else if (!queue_put(d, &state)) {
        log_dropped(&state);
    }
}

void sink_write_now(struct delivery *d)
{
    counter_add(write_reports(d) ? COUNT_KEPT : COUNT_WRITE_ERRORS, 1);
    delivery_free(d);
}

static uint64_t patience_ns(void)
{
    int mercy_s = uwsgi.worker_reload_mercy;
    uint64_t half = mercy_s > 0 ? (uint64_t)mercy_s * 500000000u : 0;
    return half && half < FLUSH_NS ? half : FLUSH_NS;
}

uint64_t sink_flush_most_ns(void)
{
    return patience_ns() + 1000000000u;
}

/* Losses that the log cannot take now are logged by the master. */
void sink_flush(void)
{
    struct queue_state state;
    unsigned lost = queue_flush(patience_ns(), &state);
    unsigned cut_off = shared_under_way();
    if (!logstream_takes_lines())
        return;
    unsigned dropped = rate_log_rest(&drops);
    if (dropped)
        profiler_log("profiles dropped: %u since the last such line", dropped);
    if (lost)
        profiler_log("profiles lost: %u; the worker ended before they were written, "
                     "writing the first has taken %u seconds",
                     lost, state.busy_s);
    if (cut_off)
        profiler_log("profiles cut off: %u; the worker ends before their requests do",
                     cut_off);
    shared_set_waiting(0);
}

/* Runs on a thread of its own. */
static void prepare_places(void)
{
    static struct rate_log dir_errors, stream_errors;
    struct file_settings settings = file_settings();
    struct buf error = {0};
    if (settings.dir) {
        files_make_dir(&settings, &error);
        remove_leftovers();
    }
    log_error(&dir_errors, &error);
    if (profiler.config.outputs & OUTPUT_LOG)
        logstream_make(&error);
    log_error(&stream_errors, &error);
}

static void in_child(void)
{
    prune_after_fork(&prune);
    pthread_mutex_init(&writer.lock, NULL);
    writer.runs = false;
}

void sink_prepare(void)
{
    prune.max_files = profiler.config.dir_max_files;
    prune.max_bytes = profiler.config.dir_max_bytes;
    prune.budget_ns = PRUNE_BUDGET_NS;
    pthread_atfork(NULL, NULL, in_child);
    queue_init();
    logstream_prepare();
    thread_aside(prepare_places, STACK_BYTES);
}
