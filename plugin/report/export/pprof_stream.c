#include "pprof_stream.h"

#include <stdlib.h>

#define GZIP_WINDOW_BITS (MAX_WBITS + 16) /* 16: gzip's header, not zlib's */
#define MEM_LEVEL 8                       /* zlib's default */

/* Allocates with the plugin's functions, so that tests can make it fail. */
static void *allocate(void *unused, unsigned items, unsigned size)
{
    (void)unused;
    return calloc(items, size);
}

static void release(void *unused, void *memory)
{
    (void)unused;
    free(memory);
}

/* deflate() cannot fail here: its state is valid and the output has room. */
static void compress_block(struct pprof_stream *s, int flush)
{
    s->deflate.next_in = s->block;
    s->deflate.avail_in = (unsigned)s->used;
    s->used = 0;
    do {
        if (!buf_reserve(s->out, PPROF_STREAM_BLOCK))
            return;
        s->deflate.next_out = (unsigned char *)s->out->data + s->out->len;
        s->deflate.avail_out = PPROF_STREAM_BLOCK;
        deflate(&s->deflate, flush);
        s->out->len += PPROF_STREAM_BLOCK - s->deflate.avail_out;
    } while (s->deflate.avail_out == 0);
}

static void append(ProtobufCBuffer *base, size_t len, const uint8_t *data)
{
    struct pprof_stream *s = (struct pprof_stream *)base;
    while (len) {
        if (s->used == PPROF_STREAM_BLOCK)
            compress_block(s, Z_NO_FLUSH);
        size_t room = PPROF_STREAM_BLOCK - s->used;
        size_t part = len < room ? len : room;
        memcpy(s->block + s->used, data, part);
        s->used += part;
        data += part;
        len -= part;
    }
}

bool pprof_stream_open(struct pprof_stream *s, struct buf *out)
{
    s->base = (ProtobufCBuffer){append};
    s->deflate = (z_stream){.zalloc = allocate, .zfree = release};
    s->out = out;
    s->used = 0;
    return deflateInit2(&s->deflate, Z_DEFAULT_COMPRESSION, Z_DEFLATED,
                        GZIP_WINDOW_BITS, MEM_LEVEL, Z_DEFAULT_STRATEGY) == Z_OK;
}

void pprof_stream_add(struct pprof_stream *s, const ProtobufCMessage *message)
{
    if (!s->out->failed)
        protobuf_c_message_pack_to_buffer(message, &s->base);
}

void pprof_stream_close(struct pprof_stream *s)
{
    compress_block(s, Z_FINISH);
    deflateEnd(&s->deflate);
}
