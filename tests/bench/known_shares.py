"""Seven functions of different kinds that measure how long each of them runs in itself,
without what it calls: the truth that a profiler's shares are compared with.

Each runs in blocks of 1 to 3 ms, in random order. Nothing is measured twice: `tiny` is
timed where it is called, and taken off its callers.
"""
import random
import re
import time

FUNCTIONS = ('recursive', 'loop', 'tiny', 'mixed', 'sort', 'search', 'doze')

clock = time.perf_counter
NUMBERS = [random.Random(2).random() for _ in range(12000)]
TEXT = 'aaaaaaaaab ' * 2500
PATTERN = re.compile('a+c')

true = {}


def recursive(n):
    """All of it is one function: its time is that of the outermost call."""
    return n if n < 2 else recursive(n - 1) + recursive(n - 2)


def loop(size):
    """No call for a millisecond or more; then one."""
    x = 0
    began = clock()
    for i in range(size * 6000):
        x = (x * 31 + i) & 0xffff
    before = clock()
    tiny(x)
    after = clock()
    true['tiny'] += after - before
    true['loop'] += before - began + clock() - after


def tiny(x):
    for i in range(30):
        x ^= i
    return x


def mixed(size):
    """Half the time in itself, half in short calls."""
    inside, x = 0.0, 0
    began = clock()
    for _ in range(size * 350):
        for i in range(30):
            x ^= i
        before = clock()
        tiny(x)
        inside += clock() - before
    true['tiny'] += inside
    true['mixed'] += clock() - began - inside


def sort(size):
    for _ in range(size):
        sorted(NUMBERS)


def search(size):
    for _ in range(size):
        PATTERN.findall(TEXT)


def doze(size):
    time.sleep(size * 0.001)


def timed(function, argument):
    began = clock()
    function(argument)
    true[function.__name__] += clock() - began


BLOCKS = ((timed, recursive, (19, 20, 21)), (loop, None, (1, 2, 3)), (mixed, None, (1, 2, 3)),
          (timed, sort, (1, 2, 3)), (timed, search, (1, 2, 3)), (timed, doze, (1, 2, 3)))


def run(seconds):
    """{name: seconds in itself}"""
    true.update(dict.fromkeys(FUNCTIONS, 0.0))
    rng = random.Random()
    end = clock() + seconds
    while clock() < end:
        for call, function, sizes in rng.sample(BLOCKS, len(BLOCKS)):
            size = rng.choice(sizes)
            if function:
                call(function, size)
            else:
                call(size)
    return true
