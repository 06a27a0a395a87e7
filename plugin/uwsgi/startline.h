/* startline.h -- the one line that the profiler prints when the server starts. */

#ifndef PROFILER_STARTLINE_H
#define PROFILER_STARTLINE_H

/* Version, Python, mode, triggers and routes, who is obeyed, what is kept, where
 * reports go, what switches it off, what to try. */
void startline_print(void);

#endif
