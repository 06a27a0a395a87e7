#include "held.h"

/* While a response is held, the request's socket is a member of its struct held. */
static struct held *held_of(const struct wsgi_request *r)
{
    return (struct held *)((char *)r->socket - offsetof(struct held, socket));
}

static void keep(struct wsgi_request *r, const char *bytes, size_t len)
{
    struct held *h = held_of(r);
    h->too_long = h->too_long || len > HELD_BYTES_MAX - h->kept.len;
    if (!h->too_long)
        buf_add(&h->kept, bytes, len);
    if (h->too_long || h->kept.failed) {
        h->too_long = true;
        buf_free(&h->kept);
    }
    r->write_pos = len; /* as after one complete write */
}

static int on_write(struct wsgi_request *r, char *bytes, size_t len)
{
    keep(r, bytes, len);
    return UWSGI_OK;
}

static int on_sendfile(struct wsgi_request *r, int fd, size_t pos, size_t len)
{
    struct held *h = held_of(r);
    char chunk[16384];
    for (size_t done = 0; done < len && !h->too_long;) {
        size_t left = len - done < sizeof chunk ? len - done : sizeof chunk;
        ssize_t got = pread(fd, chunk, left, (off_t)(pos + done));
        if (got <= 0)
            break;
        keep(r, chunk, (size_t)got);
        done += (size_t)got;
    }
    r->write_pos = len;
    return UWSGI_OK;
}

static struct uwsgi_socket *give_back(struct held *h, struct wsgi_request *r)
{
    struct uwsgi_socket *real = h->real;
    r->socket = real;
    h->real = NULL;
    return real;
}

static void forget(struct held *h)
{
    buf_free(&h->kept);
    h->too_long = false;
}

static int on_write_headers(struct wsgi_request *r, char *bytes, size_t len)
{
    struct held *h = held_of(r);
    if (r->status != 101) /* Switching Protocols: the client waits for it */
        return on_write(r, bytes, len);
    forget(h);
    return give_back(h, r)->proto_write_headers(r, bytes, len);
}

static void wait_until_writable(struct wsgi_request *r)
{
    int ready = uwsgi_wait_write_req(r); /* a macro of two statements */
    if (ready <= 0)
        r->write_errors++;
}

/* Does the same as the server's own loop. */
static void send_kept(const struct held *h, struct wsgi_request *r)
{
    size_t before = r->write_pos;
    r->write_pos = 0;
    while (h->kept.len && !r->write_errors) {
        errno = 0;
        int status = r->socket->proto_write(r, h->kept.data, h->kept.len);
        if (status == UWSGI_OK)
            break;
        if (status < 0)
            r->write_errors++;
        else if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINPROGRESS)
            wait_until_writable(r);
    }
    r->write_pos = before;
}

/* Called when the app ends the response, or when the server drops the request. */
static void on_close(struct wsgi_request *r)
{
    struct held *h = held_of(r);
    const struct uwsgi_socket *real = give_back(h, r);
    if (h->too_long)
        profiler_log("a response of more than %d bytes is lost: it was held for a "
                     "report, and the app ended it itself",
                     HELD_BYTES_MAX);
    send_kept(h, r);
    forget(h);
    real->proto_close(r);
}

void held_start(struct held *h, struct wsgi_request *r)
{
    h->real = r->socket;
    h->socket = *r->socket;
    h->socket.proto_write = on_write;
    h->socket.proto_write_headers = on_write_headers;
    h->socket.proto_writev = NULL;
    h->socket.proto_sendfile = on_sendfile;
    h->socket.proto_close = on_close;
    h->socket.can_offload = 0;
    r->socket = &h->socket;
}

bool held_end(struct held *h, struct wsgi_request *r)
{
    if (!h->real)
        return false;
    give_back(h, r);
    forget(h);
    r->headers_sent = 0;
    r->headers_size = r->response_size = 0;
    r->ignore_body = 0; /* set by a route of the response */
    r->via = 0;
    return !r->fd_closed && !r->write_errors;
}
