/* logchunk.h -- variables for log-format:
 *
 *     %(profile_id)      the profile's id
 *     %(profile_status)  the status of the app's own answer
 *
 * Both are "-" for a request without a report; the status also if the app gave no
 * answer. %(status) is the report's own when that replaced the answer. */

#ifndef PROFILER_LOGCHUNK_H
#define PROFILER_LOGCHUNK_H

/* Call it before the server reads its options. */
void logchunk_register(void);

#endif
