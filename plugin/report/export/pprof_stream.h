/* pprof_stream.h -- protobuf messages into a gzipped buffer.
 *
 * Messages that are written one after the other are, to a reader, one message: of
 * repeated fields it has all items. So a large one is written in parts, and never is in
 * memory as a whole. */

#ifndef PROFILER_PPROF_STREAM_H
#define PROFILER_PPROF_STREAM_H

#include "base/buf.h"

#include <protobuf-c/protobuf-c.h>
#include <zlib.h>

#define PPROF_STREAM_BLOCK 4096

struct pprof_stream {
    ProtobufCBuffer base; /* first: protobuf-c knows this one */
    z_stream deflate;
    struct buf *out; /* borrowed; .failed when memory ran out while writing */
    size_t used;     /* of block: what is still to be compressed */
    unsigned char block[PPROF_STREAM_BLOCK];
};

/* False when out of memory: then it must not be used, nor closed. */
bool pprof_stream_open(struct pprof_stream *s, struct buf *out);

void pprof_stream_add(struct pprof_stream *s, const ProtobufCMessage *message);

/* Writes the rest, and frees what the stream owns. */
void pprof_stream_close(struct pprof_stream *s);

#endif
