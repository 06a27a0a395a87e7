/* find.h -- the profile with an id, in the index of a directory. */

#ifndef PROFILER_FIND_H
#define PROFILER_FIND_H

#include "store/indexrow.h"

/* Reads the newest line with this id, from the end of the index back: all of it if
 * there is none, which takes some 10 ms for 100,000 lines. Takes no lock. The caller
 * frees the row, also after false: no line has this id (errno 0; also if there is no
 * index), or the index cannot be read (errno; indexfile_reason has the text). */
bool find_profile(int dir, struct str id, struct index_row *row);

#endif
