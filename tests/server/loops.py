"""Loops that have several requests under way in one thread."""
import functools
import os
import threading

import pytest

import building
from harness import CRASH, HANG, Server, plugins_for, remove, temporary_directory

# name: (option that turns it on, ini, callable of the app "suspending")
ASYNC = {'plain async': ('async', 'async = 4', 'application'),
         # its switch of stacks within Python crashes with 3.11, with or without us
         'ugreen': ('ugreen', 'async = 4\nugreen = true', 'application'),
         'greenlet': ('greenlet', 'async = 4\ngreenlet = true', 'blocking'),
         'gevent': ('gevent', 'gevent = 4\ngevent-monkey-patch = true', 'blocking')}


STARTS = 8  # gevent may crash when the server starts, and may not


def together(*calls):
    """Runs them at once, each in its own thread; their results in order."""
    results = [None] * len(calls)

    def run(i):
        results[i] = calls[i]()
    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(HANG)
    return results


def loop_plugins(loop):
    """The server's plugins for a loop. Skips a loop that this server does not have, or
    with which it crashes by itself."""
    option = ASYNC[loop][0]
    plugins = plugins_for(option)
    if plugins is None:
        pytest.skip('this server has no %s' % option)
    crash = crash_by_itself(loop)
    if crash:
        pytest.skip('this server crashes with %s, without the plugin too: %s' % (loop, crash))
    return plugins


@functools.lru_cache(None)
def crash_by_itself(loop):
    """What a server without our plugin says when it crashes with this loop; '': it serves
    requests. Found out once for all processes of a run."""
    run = os.environ.get('PYTEST_XDIST_TESTRUNUID', str(os.getpid()))
    with building.locked('loops'):
        known = building.BUILD / 'loops' / ('%s-%s' % (run, ASYNC[loop][0]))
        known.parent.mkdir(exist_ok=True)
        if not known.exists():
            known.write_text(next(filter(None, (crash_of(loop) for _ in range(STARTS))), ''))
        return known.read_text()


def crash_of(loop):
    option, ini, callable_name = ASYNC[loop]
    directory = temporary_directory()
    try:
        server = Server(directory, 'suspending:' + callable_name, ini, plugin=False,
                        load=plugins_for(option))
        server.crash_expected = True
        for _ in range(2):
            together(*[lambda: server.get('/one')] * 4)
        server.stop()
        said = server.log()
    except AssertionError as error:
        said = str(error)
        if not CRASH.search(said):
            raise
    finally:
        remove(directory)
    return next((line for line in said.splitlines() if CRASH.search(line)), '')
