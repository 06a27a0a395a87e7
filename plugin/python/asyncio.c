#include "asyncio.h"

#include "base/rate.h"
#include "system/clock.h"
#include "exceptions.h"
#include "guard.h"
#include "modules.h"

/* run_until_complete > run_forever > _run_once > select */
#define FRAMES_IN_IDLE_LOOP 3

/* def run_until_complete(self, future) */
#define LOCAL_FUTURE 1

/* async def wait_for(fut, timeout) */
#define LOCAL_WAITED_FOR 0

/* Returns the address of module.type.function.__code__ (type may be NULL), or NULL if
 * the module is not imported. */
static const void *code_address(const char *module, const char *type,
                                const char *function)
{
    PyObject *name = PyUnicode_FromString(module);
    PyObject *object = name ? PyImport_GetModule(name) : NULL;
    const char *const path[] = {type, function, "__code__"};
    Py_XDECREF(name);
    for (int i = type ? 0 : 1; i < 3 && object; i++) {
        PyObject *attribute = PyObject_GetAttrString(object, path[i]);
        Py_DECREF(object);
        object = attribute;
    }
    PyErr_Clear();
    Py_XDECREF(object); /* only its address is used */
    return object;
}

static struct asyncio_codes find_codes(void)
{
    struct asyncio_codes codes = {0};
    codes.run_until_complete =
        code_address("asyncio.base_events", "BaseEventLoop", "run_until_complete");
    if (codes.run_until_complete) {
        codes.select = code_address("selectors", "DefaultSelector", "select");
        codes.run_handle = code_address("asyncio.events", "Handle", "_run");
        codes.sleep = code_address("asyncio.tasks", NULL, "sleep");
        codes.wait_for = code_address("asyncio.tasks", NULL, "wait_for");
        codes.wait = code_address("asyncio.tasks", NULL, "_wait");
        codes.group_exit[0] =
            code_address("asyncio.taskgroups", "TaskGroup", "__aexit__");
        codes.group_exit[1] = code_address("asyncio.taskgroups", "TaskGroup", "_aexit");
    }
    return codes;
}

/* These functions are hardly ever replaced: one look-up serves all requests of a
 * second. */
#define LOOKED_UP_NS 1000000000u

struct asyncio_codes asyncio_codes(void)
{
    static struct module_name base_events = {.text = "asyncio.base_events"};
    static const PyInterpreterState *found_in;
    static word64 found_ns; /* see rate_due */
    static struct asyncio_codes found;
    struct pending pending = exception_hold();
    const PyInterpreterState *here = PyThreadState_Get()->interp;
    uint64_t now = clock_ns(CLOCK_MONOTONIC);
    struct asyncio_codes codes = {0};
    if (module_imported(&base_events)) {
        if (rate_due(&found_ns, now, LOOKED_UP_NS) || here != found_in) {
            found = find_codes();
            /* NULL: asyncio is still being imported */
            found_in = found.run_handle ? here : NULL;
        }
        codes = found;
    }
    exception_give_back(pending);
    return codes;
}

bool asyncio_is_idle(const struct asyncio_codes *codes, const struct frames *f)
{
    return f->found && f->found_at == FRAMES_IN_IDLE_LOOP &&
           f->ring[0].code == codes->select && codes->run_handle;
}

/* The types of the C module have no exported names. */
static bool is_of_type(const PyObject *object, const char *name)
{
    const PyTypeObject *type = object ? object->ob_type : NULL;
    for (int i = 0; type && i < 4; i++, type = type->tp_base)
        if (strcmp(type->tp_name, name) == 0)
            return true;
    return false;
}

static bool is_task(const PyObject *object)
{
    return is_of_type(object, "_asyncio.Task");
}

/* Neither a task nor the result of gather(). */
static bool is_plain_future(const PyObject *object)
{
    const PyTypeObject *type = object ? object->ob_type : NULL;
    return type && strcmp(type->tp_name, "_asyncio.Future") == 0;
}

static bool is_coroutine(const PyObject *object)
{
    return object->ob_type == &PyCoro_Type;
}

struct candidate {
    const PyObject *object;
    bool (*is)(const PyObject *);
    bool fits;
};

static void look_at(void *argument)
{
    struct candidate *c = argument;
    c->fits = c->is(c->object);
}

/* Returns the first field of an object for which is() holds: field layouts are private,
 * and differ. Fields that are not pointers cause faults, which guard_call catches. */
static const PyObject *field(const PyObject *object, bool (*is)(const PyObject *))
{
    Py_ssize_t size = object->ob_type->tp_basicsize;
    const PyObject *const *fields = (const PyObject *const *)object;
    for (size_t i = 2; i < (size_t)size / sizeof *fields && i < 64; i++) {
        struct candidate c = {.object = fields[i], .is = is};
        uintptr_t address = (uintptr_t)c.object;
        if (address && address % sizeof(void *) == 0 && guard_call(look_at, &c) &&
            c.fits)
            return c.object;
    }
    return NULL;
}

/* Returns the coroutine that this coroutine awaits, directly or through a task; or
 * NULL. Up to Python 3.11, wait_for() awaits a future of its own; the task is its
 * argument. */
static const PyObject *next_coroutine(const struct asyncio_codes *codes,
                                      const void *coroutine, struct stack_frame at,
                                      const PyObject *awaited)
{
    bool is_future = is_of_type(awaited, "_asyncio.FutureIter");
    const PyObject *task = is_future ? field(awaited, is_task) : awaited;
    if (is_future && !task && at.code == codes->wait_for)
        task = frames_suspended_local(coroutine, LOCAL_WAITED_FOR);
    if (task && is_task(task))
        return field(task, is_coroutine);
    return is_future ? NULL : task;
}

/* These wait for several tasks of the same loop. The future they await is set by the
 * last of the tasks. */
static bool waits_for_tasks(const struct asyncio_codes *codes, const void *code)
{
    return code == codes->wait || code == codes->group_exit[0] ||
           code == codes->group_exit[1];
}

static enum asyncio_waits waits_of(const struct asyncio_codes *codes, const void *code,
                                   const PyObject *awaited)
{
    if (code == codes->sleep)
        return ASYNCIO_SLEEP;
    bool is_result = !waits_for_tasks(codes, code) &&
                     is_of_type(awaited, "_asyncio.FutureIter") &&
                     field(awaited, is_plain_future);
    return is_result ? ASYNCIO_RESULT : ASYNCIO_UNKNOWN;
}

uint32_t asyncio_awaiting(const struct asyncio_codes *codes, const struct frames *f,
                          struct stack_frame stack[ASYNCIO_STACK_MAX],
                          enum asyncio_waits *waits)
{
    const PyObject *task = frames_local(f->found, LOCAL_FUTURE);
    const void *next = task && is_task(task) ? field(task, is_coroutine) : NULL;
    const void *awaited = NULL;
    uint32_t depth = 0;
    while (next && depth < ASYNCIO_STACK_MAX &&
           frames_suspended(next, &stack[depth], &awaited)) {
        next = awaited ? next_coroutine(codes, next, stack[depth], awaited) : NULL;
        depth++;
    }
    *waits = depth ? waits_of(codes, stack[depth - 1].code, awaited) : ASYNCIO_UNKNOWN;
    return depth;
}
