#include "server.h"

#include "report/common/safetext.h"

#include <stdarg.h>

/* uWSGI writes lines up to this length without allocating. */
#define LINE_BYTES 4096

/* Allocates nothing, since signal handlers call it, too. */
__attribute__((format(printf, 2, 0))) static void
log_line(const char *prefix, const char *format, va_list arguments)
{
    char text[LINE_BYTES], line[LINE_BYTES - 16];
    int len = vsnprintf(text, sizeof text, format, arguments);
    if (len < 0)
        return;
    size_t used = (size_t)len < sizeof text ? (size_t)len : sizeof text - 1;
    safetext_line(line, sizeof line, (struct str){text, used});
    uwsgi_log("%s%s\n", prefix, line);
}

void profiler_log(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    log_line("profiler: ", format, arguments);
    va_end(arguments);
}

void profiler_log_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    log_line("", format, arguments);
    va_end(arguments);
}
