"""An app that leaves its process without descriptors."""
import os
import resource

taken = []
before = resource.getrlimit(resource.RLIMIT_NOFILE)


def take_descriptors():
    """All that there can be, but for the one of the next request."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, before[1]))
    try:
        while True:
            taken.append(os.open('/dev/null', os.O_RDONLY))
    except OSError:
        return b'taken'


def give_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, before)
    while taken:
        os.close(taken.pop())
    return b'given'


def application(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [globals().get(environ['PATH_INFO'][1:], lambda: b'hello')()]
