#include "reader.h"

#include "python/guard.h"

/* How many times a stack that changes during the reading is read again. The sampler
 * first moves to the thread's own processor, where the thread cannot run at the same
 * time. Where the move fails, it reads again from its own processor, which favours
 * frames that stay longer on the stack. */
#define TRIES 10

/* After such a move, the sampler stays on the thread's processor for this many
 * readings, counted anew whenever the innermost function has changed: a stack that
 * needed the move mostly needs it again. Moving away costs time, as the thread that was
 * displaced runs first. */
#define READINGS_TOGETHER 32

/* The arguments and results of the functions that guard_call calls. */
struct reading {
    const struct reader *reader;
    struct scratch *scratch;
    struct stack_frame frame; /* whose text or line is read */
    size_t size;
    int32_t line;
    uint32_t depth;     /* number of awaited frames */
    uint32_t first_new; /* see learn */
    bool ok;
};

struct reader reader_for(const PyThreadState *thread)
{
    return (struct reader){
        .thread = thread,
        .os_thread = cpu_thread_self(),
        .base = frames_top(thread),
        .asyncio = asyncio_codes(),
    };
}

static void walk_twice(void *argument)
{
    struct reading *r = argument;
    const struct reader *t = r->reader;
    struct frames *frames = &r->scratch->frames;
    r->ok = frames_walk(frames, frames_top(t->thread), t->base);
    cpu_settle(); /* the first walk may have seen a frame's address before the frame */
    r->ok = r->ok && frames_agree(frames, frames_top(t->thread), t->base);
}

static void walk_again(void *argument)
{
    struct reading *r = argument;
    const struct reader *t = r->reader;
    r->ok = frames_agree(&r->scratch->frames, frames_top(t->thread), t->base);
}

static void measure_text(void *argument)
{
    struct reading *r = argument;
    r->ok = frames_is_code(r->frame.code);
    r->size = r->ok ? frames_text_size(r->frame.code) : 0;
}

static void read_text(void *argument)
{
    struct reading *r = argument;
    frames_read_text(r->frame.code, &r->scratch->text);
}

static void read_line(void *argument)
{
    struct reading *r = argument;
    r->line = frames_line(r->frame);
}

static void read_builtin(void *argument)
{
    struct reading *r = argument;
    frames_read_builtin(&r->scratch->frames, &r->scratch->text);
}

static bool read_name(struct reading *r)
{
    struct buf *text = &r->scratch->text.text;
    text->len = 0;
    if (r->frame.position == FRAMES_BUILTIN)
        return buf_reserve(text, FRAMES_BUILTIN_TEXT_SIZE) &&
               guard_call(read_builtin, r);
    return guard_call(measure_text, r) && r->ok && buf_reserve(text, r->size) &&
           guard_call(read_text, r);
}

static bool learn_code(struct stacks *s, struct reading *r)
{
    const struct code_text *text = &r->scratch->text;
    if (!read_name(r))
        return false;
    return stacks_learn_code(s, r->frame.code, text->file, text->first_line, text->name,
                             text->qualname, text->hidden);
}

/* Adds what is new on this stack to s. Sets r->first_new to the index of the first new
 * code object, or to depth. False when an entry is not a code object, or when out of
 * memory. */
static bool learn(struct stacks *s, struct reading *r, uint32_t depth)
{
    const struct stack_frame *stack = r->scratch->frames.stack;
    r->first_new = depth;
    for (uint32_t i = stacks_common(s, stack, depth); i < depth; i++) {
        if (stacks_knows(s, stack[i]))
            continue;
        r->frame = stack[i];
        if (!stacks_knows_code(s, r->frame.code)) {
            if (i < r->first_new)
                r->first_new = i;
            if (!learn_code(s, r))
                return false;
        }
        if (!guard_call(read_line, r) || !stacks_learn_site(s, r->frame, r->line))
            return false;
    }
    return true;
}

/* Removes what learn added: the stack was not consistent, so it may not be code. */
static void forget(struct stacks *s, const struct reading *r, uint32_t depth)
{
    for (uint32_t i = r->first_new; i < depth; i++)
        stacks_forget(s, r->scratch->frames.stack[i].code);
}

static void read_awaiting(void *argument)
{
    struct reading *r = argument;
    r->depth = asyncio_awaiting(&r->reader->asyncio, &r->scratch->frames,
                                r->scratch->awaiting, &r->scratch->awaits);
}

/* Replaces the selector call of an idle loop by the frames that the loop's task awaits.
 * They get the place that they will have when the task runs again. Returns the new
 * depth. */
static uint32_t add_awaiting(struct reading *r, uint32_t depth)
{
    struct frames *frames = &r->scratch->frames;
    const struct asyncio_codes *codes = &r->reader->asyncio;
    r->scratch->awaits = ASYNCIO_UNKNOWN;
    if (!asyncio_is_idle(codes, frames) ||
        frames->depth + ASYNCIO_STACK_MAX > FRAMES_MAX ||
        !guard_call(read_awaiting, r) || r->depth == 0)
        return depth;
    depth = frames->depth - 1;
    frames->stack[depth++] = (struct stack_frame){codes->run_handle, 0};
    for (uint32_t i = 0; i < r->depth; i++)
        frames->stack[depth++] = r->scratch->awaiting[i];
    return depth;
}

static bool try_stack(struct reading *r, struct stacks *s, int tries, uint32_t *depth)
{
    for (int i = 0; i < tries; i++) {
        if (!guard_call(walk_twice, r) || !r->ok)
            continue;
        uint32_t walked = frames_stack(&r->scratch->frames);
        *depth = add_awaiting(r, walked);
        bool ok = learn(s, r, *depth);
        if (ok && r->first_new == *depth && *depth == walked)
            return true;
        if (ok && guard_call(walk_again, r) && r->ok)
            return true;
        forget(s, r, *depth);
    }
    return false;
}

static void join(void *argument)
{
    struct reading *r = argument;
    r->ok = cpu_join(&r->reader->os_thread);
}

static void follow(void *argument)
{
    struct reading *r = argument;
    if (cpu_is_apart(&r->reader->os_thread))
        cpu_join(&r->reader->os_thread);
}

/* Does nothing unless the sampler has moved to the processor of a request. Then it
 * follows the request's thread, until the readings that it has left are used up. */
static void stay_together(struct reading *r)
{
    struct scratch *scratch = r->scratch;
    if (scratch->together && --scratch->together == 0)
        cpu_leave(&scratch->allowed);
    if (scratch->together)
        guard_call(follow, r);
}

static void come_together(struct reading *r)
{
    if (!guard_call(join, r) || !r->ok)
        return;
    r->scratch->together = READINGS_TOGETHER;
    r->scratch->frames.still = true;
}

bool reader_read(const struct reader *reader, struct stacks *s, struct scratch *scratch,
                 uint32_t *depth)
{
    struct reading r = {.reader = reader, .scratch = scratch};
    scratch->frames.wanted = reader->asyncio.run_until_complete;
    scratch->frames.still = false;
    stay_together(&r);
    bool ok = try_stack(&r, s, 1, depth);
    if (!ok) {
        come_together(&r);
        ok = try_stack(&r, s, TRIES, depth);
    }
    if (ok && scratch->together && !stacks_ends_alike(s, scratch->frames.stack, *depth))
        scratch->together = READINGS_TOGETHER;
    return ok;
}

bool reader_read_left(const struct reader *reader, struct stacks *s,
                      struct scratch *scratch, const void *top, uint32_t *depth)
{
    struct reading r = {.reader = reader, .scratch = scratch};
    scratch->frames.wanted = NULL;
    scratch->frames.still = true;
    if (!frames_walk(&scratch->frames, top, reader->base))
        return false;
    *depth = frames_stack(&scratch->frames);
    return learn(s, &r, *depth);
}
