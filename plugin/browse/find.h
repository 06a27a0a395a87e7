/* find.h -- the profile with an id, in the index of a directory. */

#ifndef PROFILER_FIND_H
#define PROFILER_FIND_H

#include "store/indexrow.h"

/* Reads the newest line with this id. The search goes back from the end of the index.
 * Without a match it reads all of the index, some 10 ms for 100,000 lines. Takes no
 * lock.
 *
 * Returns false if no line has this id (errno 0; also if there is no index), or if the
 * index cannot be read (errno; indexfile_reason has the text). The caller always frees
 * the row. */
bool find_profile(int dir, struct str id, struct index_row *row);

#endif
