/* startline.h -- the one line that the profiler prints when the server starts. */

#ifndef PROFILER_STARTLINE_H
#define PROFILER_STARTLINE_H

/* Version, Python, mode, triggers, who is obeyed, where reports go, what to try. */
void startline_print(void);

#endif
