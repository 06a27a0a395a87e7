"""What driver.c runs under both collectors, again and again, in several threads: code that
comes and goes while its stacks are read. PAIRS are the callers that each function of this
file can have."""
import gc
import sys
import threading

PAIRS = {
    'exec_code': {'churn'}, 'made': {'exec_code', 'made'}, 'lambdas': {'churn'},
    '<lambda>': {'lambdas', '<genexpr>'}, '<genexpr>': {'lambdas'},
    'generators': {'churn'}, 'count': {'generators', 'count'},
    'exceptions': {'churn'}, 'fail': {'exceptions', 'fail'},
    'finalizers': {'churn'}, '__del__': None, 'deep': {'churn', 'deep', 'hides'},
    'threads': {'churn'}, 'coroutines': {'churn'}, 'outer': {'coroutines'},
    'inner': {'outer'}, 'hop': {'churn', 'hop_even', 'hop_odd'}, 'hop_even': {'hop'},
    'hop_odd': {'hop'}, 'cells': {'churn'},
}


# These have a local variable __tracebackhide__; and the qualified names of functions whose
# names alone tell less (None: of several functions).
HIDDEN = {'hop_even', 'finalizers', 'inner', 'hides'}
QUALNAMES = {
    '__del__': 'Finalizer.__del__', '__init__': 'Finalizer.__init__',
    '<lambda>': 'lambdas.<locals>.<genexpr>.<lambda>', '<listcomp>': None,
    '<genexpr>': 'lambdas.<locals>.<genexpr>', 'hides': 'cells.<locals>.hides',
    'asks': 'cells.<locals>.hides.<locals>.asks', 'captured': 'cells.<locals>.captured',
} if sys.version_info >= (3, 11) else {}


def exec_code():
    for i in range(20):
        space = {}
        exec(compile('def made(n):\n%s  return n and made(n - 1)' % ('\n' * (i % 7)),
                     'made_%d' % i, 'exec'), space)
        space['made'](5)


def lambdas():
    return sum((lambda x: x + i)(i) for i in range(100))


def count(n):
    yield n
    if n:
        yield from count(n - 1)


def generators():
    return sum(count(40))


def fail(n):
    if n == 0:
        raise KeyError(n)
    fail(n - 1)


def exceptions():
    for depth in range(30):
        try:
            fail(depth)
        except KeyError:
            pass


class Finalizer:
    def __init__(self):
        self.me = self

    def __del__(self):
        str(self.me)


def finalizers():
    __tracebackhide__ = True
    for _ in range(50):
        Finalizer()
    gc.collect(0)


def deep(n):
    return n and deep(n - 1)


def threads():
    started = [threading.Thread(target=sorted, args=(range(1000),)) for _ in range(3)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()


async def inner(__tracebackhide__=None):
    return 1


async def outer():
    return await inner()


def coroutines():
    for _ in range(50):
        try:
            outer().send(None)
        except StopIteration:
            pass


def hop_even(n):
    if n > 1000:
        __tracebackhide__ = n
    return hop(n - 1)


def hop_odd(n):
    return hop(n - 1)


def hop(n):
    if n <= 0:
        return 0
    return hop_odd(n) if n % 2 else hop_even(n)


def cells():
    """An argument counts, also when it is another function's, too; that one does not hide."""
    __tracebackhid__ = x__tracebackhide__ = __tracebackhide____ = None

    def hides(__tracebackhide__):
        def asks():
            return __tracebackhide__
        return asks() and deep(3)

    def captured():
        return __tracebackhid__, x__tracebackhide__, __tracebackhide____
    return [(captured(), hides(True)) for _ in range(100)]


sys.setrecursionlimit(20000)
DEEP = 5000 if sys.version_info >= (3, 11) else 400


def churn():
    exec_code()
    lambdas()
    generators()
    exceptions()
    finalizers()
    deep(DEEP)
    threads()
    coroutines()
    cells()
    for _ in range(20):
        hop(60)
