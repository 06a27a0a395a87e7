"""The part of the app for sampling that is hard on a sampler: forks, code that dies,
deep stacks, threads that come and go, faults."""
import ctypes
import faulthandler
import multiprocessing
import os
import signal
import sys
import threading
import time


def spins(seconds):
    """On a processor, however many others want it."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


# processes


def forks_and_exits(query):
    """A child of the request's thread, that uses up code before it ends."""
    child = os.fork()
    if child == 0:
        try:
            churns(0.1)
        finally:
            os._exit(7)
    spins(0.1)
    return os.waitpid(child, 0)[1] >> 8


def in_process(seconds):
    churns(seconds)
    sys.exit(5)


def forks_by_multiprocessing(query):
    return runs_process('fork')


def spawns_by_multiprocessing(query):
    return runs_process('spawn')


def runs_process(method):
    context = multiprocessing.get_context(method)
    # sys.executable is uWSGI
    context.set_executable('%s/bin/python%d.%d' % (sys.prefix, *sys.version_info[:2]))
    process = context.Process(target=in_process, args=(0.1,))
    process.start()
    spins(0.1)
    process.join(120)
    return process.exitcode


def forks_many(query):
    """Each at another moment of the sampler's work."""
    codes = []
    for i in range(int(query.get('times', 50))):
        child = os.fork()
        if child == 0:
            churn()
            os._exit(3)
        codes.append(os.waitpid(child, 0)[1] >> 8)
        churn()
    return sorted(set(codes))


def forks_and_raises(query):
    """The child leaves the app by sys.exit(), as somebody would who forgets os._exit()."""
    child = os.fork()
    if child == 0:
        churn()
        sys.exit(9)
    spins(0.1)
    return os.waitpid(child, 0)[1] >> 8


# what is hard on a sampler


def churn():
    """Code that is made, runs and dies; every exception and generator a new one."""
    scope = {}
    exec(compile(CHURNED, 'churned.py', 'exec'), scope)
    scope['made']()
    try:
        scope['failing'](3)
    except ValueError as error:
        del error
    sum(scope['yielding'](5))
    scope['Dying']()
    (lambda: churned_lambda())()


def churned_lambda():
    return [(lambda x=x: x)() for x in range(5)]


CHURNED = '''
def made():
    return inner() + inner()

def inner():
    return sum([x for x in range(10)])

def failing(n):
    if n == 0:
        raise ValueError(n)
    failing(n - 1)

def yielding(n):
    for i in range(n):
        yield from leaf_yielding(i)

def leaf_yielding(n):
    yield n

class Dying:
    def __del__(self):
        dies()

def dies():
    return 0
'''


def churns(seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        churn()


def churning_code(query):
    churns(float(query.get('seconds', 1)))


def descends(n, seconds):
    if n == 0:
        spins(seconds)
    else:
        descends(n - 1, seconds)


def deep(query):
    """From Python 3.11 on its calls need no stack of the thread's: thousands are no danger."""
    depth = int(query.get('depth', 5000))
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(depth + 1000)
    try:
        descends(depth, float(query.get('seconds', 0.3)))
    finally:
        sys.setrecursionlimit(before)


def threads_come_and_go(query):
    end = time.perf_counter() + float(query.get('seconds', 1))
    while time.perf_counter() < end:
        threads = [threading.Thread(target=in_thread) for _ in range(3)]
        for thread in threads:
            thread.start()
        churn()
        for thread in threads:
            thread.join()


def in_thread():
    in_thread_deeper()


def in_thread_deeper():
    churn()


# pairs: functions that are never called by any other than they say. c0 to c7 take next to
# no time, so the stack is hardly ever twice the same

COUNT = 8
PAIRS = ['''
def c%(i)d(n):
    x = 0
    for j in range(%(i)d %% 4): x += j
    return x

def b%(i)d(n):
    return c%(i)d(n) + c%(next)d(n)

def a%(i)d(n):
    if n > 0: return a%(i)d(n - 1)
    return b%(i)d(n) + b%(third)d(n)
''' % {'i': i, 'next': (i + 1) % COUNT, 'third': (i + 3) % COUNT} for i in range(COUNT)]
exec(compile(''.join(PAIRS), 'pairs.py', 'exec'))
FIRST = [globals()['a%d' % i] for i in range(COUNT)]


def pairs(query):
    end = time.perf_counter() + float(query.get('seconds', 2))
    while time.perf_counter() < end:
        for i in range(COUNT):
            FIRST[i](i % 3)


# signals


def enables_faulthandler(query):
    faulthandler.enable(open(os.path.join(os.environ['DATA'], 'faults'), 'w'))


def disables_faulthandler(query):
    faulthandler.disable()


def crashes(query):
    spins(0.05)
    ctypes.string_at(0)


def sends_fault(query):
    os.kill(os.getpid(), signal.SIGSEGV)
    spins(0.05)
