#include "collector_kind.h"

THREAD_LOCAL struct collector_thread collector_thread;

void collector_turn_to(struct collector *c)
{
    if (collector_thread.current == c)
        return;
    collector_turn_away(NULL);
    collector_thread.current = c;
    c->kind->turn_to(c);
}

void collector_turn_away(PyObject *left)
{
    struct collector *c = collector_thread.current;
    collector_thread.current = NULL;
    if (c)
        c->kind->turn_away(c, left);
}
