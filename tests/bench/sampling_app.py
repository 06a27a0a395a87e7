"""The app that sampling.py measures.

/NAME?seconds=S does the work of that name for about S seconds (a number of rounds that
is found out once, so that it is the same work each time), and answers how long it took
by its own clock; /last answers the same again, for requests whose answer was a report;
by=pyinstrument has pyinstrument watch. /python says which Python this is.
"""
import contextlib
import gc
import json
import random
import re
import socket
import struct
import sys
import threading
import time
from urllib.parse import parse_qs

import known_pairs
import known_shares

RANDOM = random.Random(1)


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def recursion(rounds):
    for _ in range(rounds):
        fib(15)


def loop(rounds):
    x = 0
    for i in range(rounds * 1000):
        x = (x * 31 + i) & 0xffff
    return x


DOCUMENT = {'row %d' % n: [n, str(n), {'x': n / 7, 'y': None}] for n in range(1000)}
FLOATS = [RANDOM.random() for _ in range(20000)]
TEXT = ' '.join('word%d, <b>%d</b> 2024-01-%02d' % (n, n, n % 31) for n in range(2000))
DATE = re.compile(r'(\d{4})-(\d\d)-(\d\d)')


def c_code(rounds):
    for _ in range(rounds):
        json.loads(json.dumps(DOCUMENT))
        sorted(FLOATS)
        DATE.findall(TEXT)


def flask(rounds):
    from app import application as table
    from werkzeug.test import create_environ
    for _ in range(rounds):
        for _ in table(create_environ('/'), lambda *_: None):
            pass


def threads(rounds):
    others = [threading.Thread(target=recursion, args=(rounds,)) for _ in range(3)]
    for other in others:
        other.start()
    recursion(rounds)
    for other in others:
        other.join()


def silent_socket():
    """Nobody ever sends: recv ends after 10 ms, in the kernel (a timeout of Python's own
    would wait in poll)."""
    silent_socket.pair = ours, _ = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack('ll', 0, 10000))
    return ours


SILENT = silent_socket()


def waiting(rounds):
    for _ in range(rounds):
        time.sleep(0.01)
        with contextlib.suppress(BlockingIOError):
            SILENT.recv(1)


def sort_million(rounds):
    for _ in range(rounds):
        sorted(million())


def million():
    if not hasattr(million, 'floats'):
        million.floats = [RANDOM.random() for _ in range(1000000)]
    return million.floats


def one_sleep(rounds):
    time.sleep(rounds / 1000)


WORK = {work.__name__: work for work in (recursion, c_code, flask, loop, threads, waiting,
                                         sort_million, one_sleep)}
ROUNDS_A_SECOND = {}
last = {}


def rounds_a_second(name):
    if name not in ROUNDS_A_SECOND:
        WORK[name](1)
        rounds, taken = 1, 0
        while taken < 0.1:
            rounds *= 2
            start = time.perf_counter()
            WORK[name](rounds)
            taken = time.perf_counter() - start
        ROUNDS_A_SECOND[name] = rounds / taken
    return ROUNDS_A_SECOND[name]


def known(name, seconds):
    """Work that knows how long it takes, and measures more of itself."""
    return {'shares': known_shares.run, 'pairs': known_pairs.run}[name](seconds)


def measured(name, seconds):
    if name not in WORK:
        return {'known': known(name, seconds)}
    rounds = max(1, round(rounds_a_second(name) * seconds))
    gc.collect()
    start = time.perf_counter()
    WORK[name](rounds)
    return {'seconds': time.perf_counter() - start}


def pyinstrumented(name, seconds):
    import pyinstrument
    if name in WORK:
        rounds_a_second(name)
    with pyinstrument.Profiler(interval=0.001) as profiler:
        result = measured(name, seconds)
    if name == 'shares':
        result['pyinstrument'] = shares_of(profiler.last_session)
    return result


def shares_of(session):
    """Seconds by the innermost function of known_shares on the stack."""
    found = dict.fromkeys(known_shares.FUNCTIONS, 0)
    for stack, seconds in session.frame_records:
        names = [frame.split('\0')[0] for frame in stack]
        ours = [name for name in names if name in found]
        if ours:
            found[ours[-1]] += seconds
    return found


def application(environ, start_response):
    global last
    name = environ['PATH_INFO'][1:]
    query = parse_qs(environ['QUERY_STRING'])
    if name == 'python':
        last = {'version': sys.version.split()[0], 'prefix': sys.base_prefix}
    elif name != 'last':
        work = pyinstrumented if query.get('by') == ['pyinstrument'] else measured
        last = work(name, float(query['seconds'][0]))
    start_response('200 OK', [('Content-Type', 'application/json')])
    return [json.dumps(last).encode()]
