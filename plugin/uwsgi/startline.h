/* startline.h -- prints the profiler's lines at the server's start. */

#ifndef PROFILER_STARTLINE_H
#define PROFILER_STARTLINE_H

/* Prints one short line: version, Python, mode, and a URL to try. Then one line each:
 * triggers, who may profile, what is kept, where reports go, the off file, and options
 * without effect. */
void startline_print(void);

/* The same for a server without Python, which only shows stored profiles. */
void startline_print_shelf(void);

#endif
