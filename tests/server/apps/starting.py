"""An app whose requests start threads and greenlets, and leave work to them: /NAME calls
the function NAME."""
import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import plain

ready = ThreadPoolExecutor(1)  # starts its thread with its first work


def runs(coroutine):
    """Not asyncio.run, which from Python 3.11 on puts its handler of SIGINT in the place of
    uWSGI's."""
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(coroutine)
    finally:
        loop.run_until_complete(loop.shutdown_default_executor()
                                if hasattr(loop, 'shutdown_default_executor')
                                else asyncio.sleep(0))
        loop.close()


def thread():
    started = threading.Thread(target=plain.in_second)
    started.start()
    started.join()


def timer():
    started = threading.Timer(0, plain.in_second)
    started.start()
    started.join()


def executor():
    with ThreadPoolExecutor(1) as pool:
        pool.submit(plain.in_second).result()


def async_executor():
    async def view():
        await asyncio.get_running_loop().run_in_executor(None, plain.in_second)
    runs(view())


def async_view():
    """As Django runs an async view under WSGI."""
    async def view():
        plain.in_second()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, view()).result()


def ready_pool():
    """Its thread is there anyway."""
    ready.submit(plain.in_first).result()


def coroutine():
    async def view():
        plain.in_first()
        await asyncio.sleep(0.01)
    runs(view())


def nothing():
    plain.in_first()


def spawned():
    import gevent
    gevent.spawn(plain.in_second).join()


def spawned_raw():
    import gevent
    import gevent.event
    done = gevent.event.Event()
    gevent.spawn_raw(lambda: (plain.in_second(), done.set()))
    done.wait()


def pool():
    import gevent.pool
    gevent.pool.Pool(2).map(lambda number: plain.in_second(), range(2))


def native_pool():
    """A thread of gevent's own pool, made for this call."""
    import gevent.hub
    import gevent.threadpool
    threads = gevent.threadpool.ThreadPool(1)
    threads.spawn(plain.in_second).get()
    threads.kill()


def switched_to():
    import greenlet
    greenlet.greenlet(plain.in_second).switch()


def slept():
    import gevent
    plain.in_first()
    gevent.sleep(0.01)


def application(environ, start_response):
    globals()[environ['PATH_INFO'].strip('/')]()
    start_response('200 OK', plain.PLAIN)
    return [b'done']
