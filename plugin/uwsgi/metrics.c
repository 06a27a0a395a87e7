#include "metrics.h"

#include "uwsgi/server/server.h"
#include "uwsgi/server/shared.h"

/* Seconds between two readings of a counter by the server. */
#define FREQUENCY 1

/* uWSGI's struct keeps the pointers, and writes nothing through them. */
void metrics_register(void)
{
    for (enum counter i = 0; uwsgi.has_metrics && i < COUNTER_COUNT; i++)
        uwsgi_register_metric((char *)counter_name(i), NULL, UWSGI_METRIC_COUNTER,
                              (char *)"ptr", (void *)counter_place(i), FREQUENCY, NULL);
}
