"""A WSGI app whose reports are large, and that has processes of its own.

/NAME calls the function NAME."""
import multiprocessing
import os
import subprocess
import sys

FUNCTIONS = []
for number in range(600):
    exec('def function_%03d():\n    pass' % number)
    FUNCTIONS.append(globals()['function_%03d' % number])


def many():
    for function in FUNCTIONS:
        function()
    return b'many'


def small():
    return b'small'


def forks():
    """The child ends as a process does that knows nothing of servers."""
    child = os.fork()
    if child == 0:
        os._exit(0)
    return b'%d' % os.waitpid(child, 0)[1]


def exits():
    """The child ends through all that is to be done at the end of a process."""
    import ctypes
    child = os.fork()
    if child == 0:
        ctypes.CDLL(None).exit(3)
    return b'%d' % os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def square(number):
    return number * number


def pools():
    """Its processes end by themselves: one that is terminated while it is being forked hangs,
    as uWSGI's handler of SIGTERM, which it inherits, calls exit() there."""
    pool = multiprocessing.get_context('fork').Pool(2)
    found = pool.map(square, range(10))
    pool.close()
    pool.join()
    return b'%d' % sum(found)


def spawns():
    return subprocess.run(['echo', 'spawned'], stdout=subprocess.PIPE, check=True).stdout


def faults():
    import ctypes
    ctypes.string_at(8)


def dies():
    os.kill(os.getpid(), 9)


def registers():
    import faulthandler
    import signal
    faulthandler.register(signal.SIGQUIT)
    return b'registered'


def leaves():
    raise SystemExit(0)


def application(environ, start_response):
    body = getattr(sys.modules[__name__], environ['PATH_INFO'].strip('/'))()
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [body]
