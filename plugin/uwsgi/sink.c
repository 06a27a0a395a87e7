#include "sink.h"

#include "../core/clock.h"
#include "../core/stats.h"
#include "../report/files.h"
#include "../report/leftovers.h"
#include "../report/record.h"
#include "logstream.h"

static struct prune prune; /* this process's account of profiler-dir */

static struct file_settings file_settings(void)
{
    const struct config *c = &profiler.config;
    prune.max_files = c->dir_max_files;
    prune.max_bytes = c->dir_max_bytes;
    prune.budget_ns = PRUNE_BUDGET_NS;
    return (struct file_settings){
        .dir = c->dir,
        .dir_mode = c->dir_mode,
        .file_mode = c->file_mode,
        .filename = &c->filename,
        .prune = &prune,
    };
}

/* Logs what went wrong, if anything did. */
static void tell(struct buf *error)
{
    if (error->len)
        profiler_log("%s", buf_cstr(error));
    buf_free(error);
}

static void write_log(const struct profile *p, const struct stats *s,
                      const struct written_files *files)
{
    struct buf record = {0}, error = {0};
    if (record_write(p, s, files->paths, files->count, p->choice.log_style,
                     logstream_wants_colour(), &record))
        logstream_append(buf_str(&record), &error);
    else
        buf_add_text(&error, "no memory for a log record");
    tell(&error);
    buf_free(&record);
}

#define LEFTOVERS_INTERVAL_NS 600000000000u

/* What killed workers have left, now and then: to see it the whole directory is read.
 */
static void remove_leftovers(void)
{
    static uint64_t looked_ns; /* 0: never */
    uint64_t now = clock_ns(CLOCK_MONOTONIC);
    uint64_t last = __atomic_load_n(&looked_ns, __ATOMIC_RELAXED);
    if ((!last || now - last >= LEFTOVERS_INTERVAL_NS) &&
        __atomic_compare_exchange_n(&looked_ns, &last, now, false, __ATOMIC_RELAXED,
                                    __ATOMIC_RELAXED))
        leftovers_remove(profiler.config.dir);
}

void sink_submit(struct profile *p)
{
    struct stats stats;
    if (!stats_compute(&stats, p)) {
        profiler_log("no memory for the reports of profile %s", p->id);
        profile_destroy(p);
        return;
    }
    struct written_files files = {0};
    if (p->choice.outputs & OUTPUT_FILE) {
        struct file_settings settings = file_settings();
        struct buf error = {0};
        files_write(p, &stats, &settings, &files, &error);
        tell(&error);
        if (!(p->notices & (1u << NOTICE_HARAKIRI | 1u << NOTICE_MERCY))) /* no time */
            remove_leftovers();
    }
    if (p->choice.outputs & OUTPUT_LOG)
        write_log(p, &stats, &files);
    written_files_free(&files);
    stats_free(&stats);
    profile_destroy(p);
}

void sink_prepare(void)
{
    logstream_prepare();
    if (!profiler.config.dir)
        return;
    struct file_settings settings = file_settings();
    struct buf error = {0};
    files_make_dir(&settings, &error);
    tell(&error);
    remove_leftovers();
}
