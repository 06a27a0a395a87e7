"""An app for sampling: what takes time, and knows itself how much.

/NAME calls the function NAME; what it returns is answered as JSON. `seconds` and
`port` (of a peer that answers each byte after a while) come from the query.
"""
import asyncio
import dataclasses
import fcntl
import functools
import json
import os
import random
import re
import shutil
import socket
import subprocess
import threading
import time

import churning

DATA = os.environ.get('DATA', '/tmp')


def mark(name):
    open(os.path.join(DATA, name), 'w').close()


def wait_for_file(name, seconds=20):
    deadline = time.monotonic() + seconds
    while not os.path.exists(os.path.join(DATA, name)):
        if time.monotonic() > deadline:
            raise TimeoutError(name)
        time.sleep(0.005)


def spins(seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def works(seconds):
    """On a processor, however many others want it."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


# builtins, in every way in which they are called


PAUSE = (0.01,)


def plainly():
    time.sleep(0.01)


def with_an_argument_list():
    time.sleep(*PAUSE)


def with_a_keyword():
    sorted(MANY, reverse=True)


def as_a_method():
    MANY.count(-1)


def as_a_bound_method():
    count = OWN.count
    count(-1)


class Own(list):
    pass


def as_an_inherited_method():
    OWN.count(-1)


def as_a_method_of_a_type():
    dict.fromkeys(MANY)


def calls_builtins(query):
    for _ in range(10):
        for call in (plainly, with_an_argument_list, with_a_keyword, as_a_method,
                     as_a_bound_method, as_an_inherited_method, as_a_method_of_a_type):
            call()


# seven functions that take turns: each measures its own time


def sleeps(seconds):
    time.sleep(seconds)


def sorts(seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        sorted(NUMBERS)


def serializes(seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        json.loads(json.dumps(DOCUMENT))


def matches(seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        re.sub(r'(\w+) (\w+)', shorten, TEXT)


def shorten(match):
    return match.group(2)[:3]


def recurses(seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        fibonacci(12)


def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


def receives(seconds, peer):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        peer.sendall(b'?')
        peer.recv(1)


NUMBERS = [random.Random(1).random() for _ in range(5000)]
MANY = NUMBERS * 20
OWN = Own(MANY)
DOCUMENT = {'rows': [{'id': i, 'name': 'name %d' % i, 'tags': ['a', 'b']} for i in range(200)]}
TEXT = 'one two three four five six seven ' * 200


def shares(query):
    """Two seconds by default; what it measured itself: by function, and of the processor."""
    started = time.thread_time()
    unit = float(query.get('seconds', 2)) / 20 / 40
    truth = dict.fromkeys(('spins', 'sleeps', 'sorts', 'serializes', 'matches', 'recurses',
                           'receives'), 0)
    with connected(query) as peer:
        plan = [(spins, 4), (sleeps, 3), (sorts, 3), (serializes, 3), (matches, 2),
                (recurses, 3), (functools.partial(receives, peer=peer), 2)]
        for _ in range(40):
            for function, weight in plan:
                began = time.perf_counter()
                function(unit * weight)
                name = getattr(function, 'func', function).__name__
                truth[name] += time.perf_counter() - began
    return {'seconds': truth, 'cpu': time.thread_time() - started}


def connected(query):
    return socket.create_connection(('127.0.0.1', int(query['port'])))


def few_calls(query):
    """Loops without calls: the deterministic mode costs them nothing."""
    for _ in range(20):
        adds_little(None)
        adds_more(None)
        adds_most(None)


def adds_little(total):
    total = 0
    for i in range(60000):
        total += i
    return total


def adds_more(total):
    total = 0
    for i in range(180000):
        total += i
    return total


def adds_most(total):
    total = 0
    for i in range(360000):
        total += i
    return total


def spinning(query):
    spins(float(query.get('seconds', 0.05)))


def short(i):
    return i * i


def short_calls(query):
    end = time.monotonic() + float(query['seconds'])
    while time.monotonic() < end:
        for i in range(10000):
            short(i)


def tells_cpu(query):
    started = time.thread_time()
    spins(float(query['seconds']))
    return time.thread_time() - started


def spins_cpu(query):
    """Until it has had so much of a processor."""
    end = time.thread_time() + float(query['seconds'])
    while time.thread_time() < end:
        pass


def nothing(query):
    return 'nothing'


# code that nobody wrote, and code that hides itself


def hiding(function):
    def wrapper(*args):
        __tracebackhide__ = True
        return function(*args)
    return wrapper


@dataclasses.dataclass
class Order:
    number: int

    def __post_init__(self):
        works(0.1)

    @hiding
    @hiding
    def total(self):
        works(0.1)


def orders(query):
    Order(7).total()


# waiting


def waits_sleep(query):
    time.sleep(0.4)


def waits_gil(query):
    """A second thread that is as busy; a single one gets half of the GIL."""
    done = threading.Event()
    thread = threading.Thread(target=spins_until, args=(done,))
    thread.start()
    spins(0.5)
    done.set()
    thread.join()


def spins_until(done):
    while not done.is_set():
        fibonacci(5)


def waits_network(query):
    with connected(query) as peer:
        for _ in range(int(query.get('times', 20))):
            peer.sendall(b'?')
            peer.recv(1)


def waits_network_with_timeout(query):
    """Python polls first."""
    with connected(query) as peer:
        peer.settimeout(10)
        for _ in range(20):
            peer.sendall(b'?')
            peer.recv(1)


def waits_lock(query):
    lock = threading.Lock()
    lock.acquire()
    threading.Timer(0.4, lock.release).start()
    with lock:
        pass


def waits_child(query):
    subprocess.run(['sleep', '0.4'], check=True)


def waits_pipe(query):
    subprocess.run('sleep 0.4; echo', shell=True, check=True, stdout=subprocess.PIPE)


def waits_file_lock(query):
    """Held by a child until it ends."""
    child = subprocess.Popen([shutil.which('flock'), path('locked'), 'sleep', '0.6'])
    with open(path('locked'), 'a') as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                break
            fcntl.flock(file, fcntl.LOCK_UN)
            time.sleep(0.005)
        fcntl.flock(file, fcntl.LOCK_EX)
    child.wait()


def path(name):
    return os.path.join(DATA, name)


def waits_disk(query):
    """The seconds that it did."""
    began = time.perf_counter()
    with open(path('written'), 'wb', buffering=0) as file:
        while time.perf_counter() - began < 0.5:
            file.write(b'x' * 65536)
            syncs(file)
    os.unlink(path('written'))


def syncs(file):
    os.fsync(file.fileno())


# several requests at once: each has functions of its own


def in_a(seconds):
    spins(seconds)


def in_b(seconds):
    spins(seconds)


def in_c(seconds):
    time.sleep(seconds)


def turns_a(query):
    turns(in_a, query)


def turns_b(query):
    turns(in_b, query)


def turns_c(query):
    turns(in_c, query)


def turns(function, query):
    mark('in-' + function.__name__)
    for name in query.get('with', '').split(':'):
        if name:
            wait_for_file('in-' + name)
    function(float(query.get('seconds', 0.2)))


def waits_for_file(query):
    mark('in-' + query['name'])
    wait_for_file('go-' + query['name'])


# responses


def streamed(query):
    def parts():
        for _ in range(3):
            makes_part()
            yield b'part\n'
        last_part()
        yield b'last\n'
    return parts()


def makes_part():
    spins(0.03)


def last_part():
    spins(0.1)


def endless(query):
    def parts():
        try:
            for _ in range(100000):
                makes_part()
                yield b'x' * 65536
        finally:
            mark('cleaned')
    return parts()


class ShopError(Exception):
    pass


def raising(query):
    spins(0.1)
    raise ShopError('after a while')


def raising_generator(query):
    def parts():
        makes_part()
        yield b'first\n'
        makes_part()
        raise ShopError('between parts')
    return parts()


# asyncio


async def view():
    await load()
    await fetch(0.1)
    await asyncio.ensure_future(fetch(0.1))
    await asyncio.gather(fetch(0.1), fetch(0.1))


async def load():
    await compute()


async def compute():
    spins(0.2)


async def fetch(seconds):
    await asyncio.sleep(seconds)


def runs_coroutines(query):
    asyncio.run(view())


def application(environ, start_response):
    query = {}
    for word in environ['QUERY_STRING'].split('&'):
        key, _, query[key] = word.partition('=')
    name = environ['PATH_INFO'].strip('/')
    result = getattr(churning, name, globals().get(name))(query)
    start_response('200 OK', [('Content-Type', 'application/json')])
    if hasattr(result, '__next__'):
        return result
    return [b'null' if result is None else json.dumps(result).encode()]
