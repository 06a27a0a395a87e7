"""As suspending.py, with requests that take long enough to be sampled, and know how long
they ran, how long they were away, and for how much of that others had the processor."""
import json
import time

import plain
from sampled import spins
from suspending import pause


def in_one(seconds):
    spins(seconds)


def in_other(seconds):
    spins(seconds)


def application(environ, start_response):
    """A generator: the async loop lets another request run after each chunk."""
    own = in_other if environ['PATH_INFO'] == '/other' else in_one
    start_response('200 OK', plain.PLAIN)
    busy = away = others = 0
    for i in range(5):
        began = time.perf_counter()
        own(0.02)
        left, ran = time.perf_counter(), time.thread_time()
        yield b'turn %d\n' % i
        others += time.thread_time() - ran
        busy, away = busy + left - began, away + time.perf_counter() - left
    yield json.dumps({'busy': busy, 'away': away, 'others': others}).encode()


def waiting(environ, start_response):
    """For loops that switch stacks: does nothing but wait, for half a second."""
    waits(0.5)
    start_response('200 OK', plain.PLAIN)
    return [b'waited']


def waits(seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pause()


def blocking(environ, start_response):
    """For loops that switch stacks: gevent in a patched sleep, the others when told."""
    own = in_other if environ['PATH_INFO'] == '/other' else in_one
    busy = away = others = 0
    for i in range(5):
        began = time.perf_counter()
        own(0.02)
        left, ran = time.perf_counter(), time.thread_time()
        pause()
        others += time.thread_time() - ran
        busy, away = busy + left - began, away + time.perf_counter() - left
    start_response('200 OK', plain.PLAIN)
    return [json.dumps({'busy': busy, 'away': away, 'others': others}).encode()]
