/* logchunk.h -- what log-format can say of a profile:
 *
 *     %(profile_id)      its id, "-" for a request without a report
 *     %(profile_status)  the status of the app's own answer, which %(status) is not
 * where the answer was replaced; "-" likewise, and where it gave none */

#ifndef PROFILER_LOGCHUNK_H
#define PROFILER_LOGCHUNK_H

/* Before the server reads its options. */
void logchunk_register(void);

#endif
