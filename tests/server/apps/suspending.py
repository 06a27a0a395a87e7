"""Apps for async cores: two requests at once, /one and /other, take turns."""
import os
import time

import uwsgi

import plain


def in_one():
    return plain.fibonacci(5)


def in_other():
    return plain.fibonacci(6)


def application(environ, start_response):
    """A generator: the async loop lets another request run after each chunk."""
    own = in_other if environ['PATH_INFO'] == '/other' else in_one
    start_response('200 OK', plain.PLAIN)
    for i in range(5):
        own()
        yield b'turn %d\n' % i


def blocking(environ, start_response):
    """For loops that switch stacks: gevent in a patched sleep, the others when told."""
    own = in_other if environ['PATH_INFO'] == '/other' else in_one
    for i in range(5):
        own()
        pause()
    start_response('200 OK', plain.PLAIN)
    return [b'done\n']


def pause():
    if getattr(time.sleep, '__module__', '').startswith('gevent'):
        time.sleep(0.002)
    else:
        reading, writing = os.pipe()  # readable at once, but only by way of the loop
        os.write(writing, b'x')
        uwsgi.wait_fd_read(reading, 10)
        uwsgi.suspend()
        os.close(reading)
        os.close(writing)
