"""An app of which every request hangs: /NAME in the function NAME, at the line that says so.

What ends it is the server."""
import ctypes
import os
import resource
import re
import socket
import threading
import time

HELD = threading.Lock()
HELD.acquire()
PATTERN = re.compile('(a+)+$')
SIZES = range(600, 100000, 700)
NATIVE = ctypes.PyDLL(None)  # its functions are called with the GIL held


def sleep():
    time.sleep(60)  # hangs


def busy():
    while True: pass  # hangs  # noqa: E701


def allocate():
    """Mostly in the C library's malloc and free, which have locks of their own."""
    while True: list(map(bytes, SIZES))  # hangs  # noqa: E701


def lock():
    HELD.acquire()  # hangs


def native():
    NATIVE.sleep(60)  # hangs


def regex():
    PATTERN.match('a' * 50 + 'b')  # hangs


def receive():
    ours, theirs = socket.socketpair()
    ours.recv(1)  # hangs
    theirs.close()


def native_for_a_while():
    NATIVE.sleep(int(os.environ.get('WHILE', '3')))  # hangs
    return 'back'


def sleep_for_a_while():
    time.sleep(float(os.environ.get('WHILE', '3')))  # hangs
    return 'back'


def left(depth):
    return left(depth - 1) + right(depth - 1) if depth else 1


def right(depth):
    return left(depth - 1) + right(depth - 1) if depth else 1


def large():
    """A call tree of as many nodes as there may be."""
    return str(left(16))


def tighten():
    """No thread with a large stack can be started any more."""
    size = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + 900 * 1024, resource.RLIM_INFINITY))
    return 'tight'


def loosen():
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)
    return 'loose'


def quick():
    return 'quick'


def application(environ, start_response):
    open(os.path.join(os.environ['DATA'], 'hung'), 'w').close()
    answer = globals()[environ['PATH_INFO'].strip('/')]()
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [answer.encode()]
