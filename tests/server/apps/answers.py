"""A WSGI app of plain.py's kind: answers that a page or a report may stand in place of."""
import itertools
import json
import os
import time

import plain
from plain import PLAIN

DATA = plain.DATA


def shop(environ, start_response):
    """With two cookies and headers that speak of the app's own body."""
    start_response('200 Fine', [
        ('Content-Type', 'text/html'), ('Content-Length', '13'), ('Set-Cookie', 'a=1; Path=/'),
        ('ETag', '"1"'), ('set-cookie', 'b=2'), ('X-App', 'yes'), ('Vary', 'Cookie'),
        ('Content-Security-Policy', "default-src 'self'")])
    return [b'<h1>Shop</h1>']


def login(environ, start_response):
    """Kept cookies make the next request one of a known user."""
    start_response('302 Found', [('Location', '/account?a=1&b=</script>'),
                                 ('Set-Cookie', 'session=42'), ('Content-Length', '0')])
    return []


def failing(environ, start_response):
    start_response('500 Internal Server Error', PLAIN)
    return [b'failed']


def listed(environ, start_response):
    start_response('200 OK', PLAIN)
    return [b'one', b'two', b'', b'three']


def bare_bytes(environ, start_response):
    start_response('200 OK', PLAIN)
    return b'bytes'


def many_headers(environ, start_response):
    """Cookies of as many bytes as the query begins with."""
    left = int(environ['QUERY_STRING'].split('&')[0])
    cookies = [('Set-Cookie', 'v' * min(left - i, 1000)) for i in range(0, left, 1000)]
    start_response('200 OK', PLAIN + [('Cache-Control', 'no-store')] + cookies)
    return [b'many']


def odd(environ, start_response):
    start_response('none at all', PLAIN)
    return [b'odd']


def corrected(environ, start_response):
    """Starts its answer anew, as an error handler does."""
    start_response('200 OK', PLAIN + [('Set-Cookie', 'dropped=1')])
    start_response('503 Busy', PLAIN)
    return [b'busy']


# without an end


def count(name):
    """How often it came to this, for the test to read."""
    with open(os.path.join(DATA, name), 'a') as file:
        file.write('x')


def tick(number):
    count('ticked')
    time.sleep(0.02)
    return b'tick %d\n' % number


def ticks(environ, start_response):
    """Server-sent events, until `stop` is there."""
    start_response('200 OK', [('Content-Type', 'text/event-stream')])
    try:
        for number in itertools.count():
            if os.path.exists(os.path.join(DATA, 'stop')):
                return
            yield tick(number)
    finally:
        count('ended')


class Ticks:
    """The same as an iterator with a close()."""

    def __iter__(self):
        return self

    def __next__(self):
        return tick(0)

    def close(self):
        count('ended')


def ticks_object(environ, start_response):
    start_response('200 OK', PLAIN)
    return Ticks()


class Restarting(Ticks):
    """An iterable whose iterator is another object."""

    def __iter__(self):
        return (tick(number) for number in itertools.count())


def ticks_iterable(environ, start_response):
    start_response('200 OK', PLAIN)
    return Restarting()


def ticks_silent(environ, start_response):
    """Never starts its response."""
    try:
        while True:
            yield tick(0) and b''
    finally:
        count('ended')


# hostile names


def source(seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def make(name, file):
    """source, under another name and from another file."""
    changes = {'co_name': name, 'co_filename': file}
    if hasattr(source.__code__, 'co_qualname'):
        changes['co_qualname'] = 'Class.' + name
    return type(source)(source.__code__.replace(**changes), {'time': time})


def hostile(environ, start_response):
    with open(os.path.join(DATA, 'names'), encoding='utf-8') as file:
        names = json.load(file)
    seconds = float(environ.get('HTTP_X_SECONDS', '0.00002'))
    for name in names:
        make(name, '/srv/%s.py' % name)(seconds)
        try:
            exec(compile('pass', name, 'exec'), {})
        except ValueError:
            pass  # no file can be named so
    status = environ.get('HTTP_X_STATUS', '200 OK')
    start_response(status, PLAIN + [('Location', environ.get('HTTP_X_LOCATION', '/'))])
    return [b'survived']


def hostile_error(environ, start_response):
    with open(os.path.join(DATA, 'names'), encoding='utf-8') as file:
        name = json.load(file)[int(environ['HTTP_X_NUMBER'])]
    raise type(name, (Exception,), {})(name)


def application(environ, start_response):
    name = environ['PATH_INFO'].strip('/')
    function = globals().get(name)
    if name in dir(plain) or not callable(function) or isinstance(function, type):
        return plain.application(environ, start_response)
    return function(environ, start_response)


def everywhere(environ, start_response):
    """Runs hostile() whatever the path is."""
    return hostile(environ, start_response)


def slowly(environ, start_response):
    start_response('200 OK', PLAIN)
    return (time.sleep(0.05) or b'%d' % number for number in range(10))


# ended by the app itself


def hang_up(environ, start_response):
    """Answers, closes the connection, and goes on with a file of its own, which has the
    connection's number then."""
    import uwsgi
    write = start_response('200 OK', PLAIN + [('Content-Length', '4')])
    write(b'done')
    go_on(uwsgi)
    return []


def hang_up_large(environ, start_response):
    """More than a socket takes at once, in chunks."""
    import uwsgi
    start_response('200 OK', PLAIN + [('X-App', 'yes')])
    for _ in range(30):
        yield b'x' * 100000
    go_on(uwsgi)


def go_on(uwsgi):
    fd = uwsgi.connection_fd()
    uwsgi.disconnect()
    os.dup2(os.open(os.path.join(DATA, 'own-file'), os.O_RDWR | os.O_APPEND | os.O_CREAT), fd)
    time.sleep(0.05)
    count('hung-up')
