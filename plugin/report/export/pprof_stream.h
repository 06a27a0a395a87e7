/* pprof_stream.h -- writes protobuf messages into a gzipped buffer.
 *
 * A reader treats messages that follow each other as one message, whose repeated fields
 * have the items of all. So a large message is written in parts and never is in memory
 * as a whole. */

#ifndef PROFILER_PPROF_STREAM_H
#define PROFILER_PPROF_STREAM_H

#include "base/buf.h"

#include <protobuf-c/protobuf-c.h>
#include <zlib.h>

#define PPROF_STREAM_BLOCK 4096

struct pprof_stream {
    ProtobufCBuffer base; /* must be first: protobuf-c gets a pointer to it */
    z_stream deflate;
    struct buf *out; /* borrowed; .failed when memory ran out while writing */
    size_t used;     /* bytes in block that are not compressed yet */
    unsigned char block[PPROF_STREAM_BLOCK];
};

/* Returns false when out of memory; then s must be neither used nor closed. */
bool pprof_stream_open(struct pprof_stream *s, struct buf *out);

void pprof_stream_add(struct pprof_stream *s, const ProtobufCMessage *message);

/* Writes the rest and frees the memory of the stream. */
void pprof_stream_close(struct pprof_stream *s);

#endif
