#include "sending.h"

#include "uwsgi/server/headers.h"

#include <errno.h>

static int finish(struct sending *s, struct wsgi_request *r)
{
    if (s->body.failed)
        r->write_errors++; /* the client sees that the answer is not whole */
    body_free(&s->body);
    s->request = 0;
    return UWSGI_OK;
}

/* The table is the async loop's alone: gevent's loop has neither. */
static bool waits_would_spin(void)
{
    return uwsgi.async_waiting_fd_table && !uwsgi.schedule_to_main;
}

static int send_all(struct sending *s, struct wsgi_request *r)
{
    while (body_next(&s->body, &s->block))
        if (uwsgi_response_write_body_do(r, (char *)s->block.data, s->block.len) < 0)
            break;
    return finish(s, r);
}

/* A TLS socket that is full calls the server's function for waiting. That fails in this
 * loop at the second call, and the answer would end there. */
static int do_not_wait(int fd, int timeout)
{
    (void)fd;
    (void)timeout;
    errno = EAGAIN;
    return -1;
}

/* Sends what the socket takes at once. Returns UWSGI_AGAIN if some of the block is
 * left. */
static int write_block(struct wsgi_request *r, struct str block)
{
    int (*wait)(int, int) = uwsgi.wait_write_hook;
    int status;
    uwsgi.wait_write_hook = do_not_wait;
    do {
        errno = 0;
        status = r->socket->proto_write(r, (char *)block.data, block.len);
    } while (status == UWSGI_AGAIN && !uwsgi_is_again());
    uwsgi.wait_write_hook = wait;
    return status < 0 && uwsgi_is_again() ? UWSGI_AGAIN : status;
}

static int send_some(struct sending *s, struct wsgi_request *r)
{
    r->async_force_again = 1;
    if (!s->block.len && !body_next(&s->body, &s->block))
        return finish(s, r);
    int status = r->async_timed_out ? -1 : write_block(r, s->block);
    if (status < 0 || (status == UWSGI_AGAIN &&
                       async_add_fd_write(r, r->fd, uwsgi.socket_timeout) < 0)) {
        r->write_errors++;
        return finish(s, r);
    }
    if (status == UWSGI_OK) {
        s->block.len = 0;
        r->response_size += r->write_pos;
        r->write_pos = 0;
    }
    return UWSGI_AGAIN;
}

/* The server kills a worker when a request takes too long (harakiri). The time that a
 * slow client takes does not count, as socket-timeout bounds it. Other requests of the
 * worker keep the deadline. */
static void lift_deadline(const struct sending *all)
{
    const struct uwsgi_worker *worker = &uwsgi.workers[uwsgi.mywid];
    for (int i = 0; i < uwsgi.cores; i++)
        if (worker->cores[i].in_request && !all[i].request)
            return;
    if (worker->harakiri > 0)
        set_harakiri(0);
}

void sending_set(struct sending *all, const struct wsgi_request *r, struct body *body)
{
    all[r->async_id] = (struct sending){.body = *body, .request = r->start_of_request};
    *body = (struct body){0};
    lift_deadline(all);
}

bool sending_is_on(struct sending *s, const struct wsgi_request *r)
{
    if (s->request && s->request != r->start_of_request) {
        body_free(&s->body);
        s->request = 0;
    }
    return s->request;
}

int sending_go(struct sending *s, struct wsgi_request *r)
{
    bool in_parts = waits_would_spin();
    if ((headers_alone(r) || in_parts) && !r->headers_sent &&
        uwsgi_response_write_headers_do(r) != UWSGI_OK)
        return finish(s, r);
    if (headers_alone(r))
        return finish(s, r);
    return in_parts ? send_some(s, r) : send_all(s, r);
}
