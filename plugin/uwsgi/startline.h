/* startline.h -- what the profiler prints when the server starts. */

#ifndef PROFILER_STARTLINE_H
#define PROFILER_STARTLINE_H

/* One short line: version, Python, mode, and what to try. Then one line each: triggers,
 * who may profile, what is kept, where reports go, what switches it off, and options
 * without effect. */
void startline_print(void);

#endif
