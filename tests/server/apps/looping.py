"""An app whose requests run an event loop of their own that waits: /NAME calls the function
NAME, for half a second at least. `port` is that of a peer that answers each byte after a
while."""
import asyncio
import os
import select
import selectors
import socket
import sys
import threading
import time

import plain


def runs(coroutine, loop=None):
    """Not asyncio.run, which from Python 3.11 on puts its handler of SIGINT in the place of
    uWSGI's."""
    loop = loop or asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(coroutine)
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def sleeps(port):
    runs(asyncio.sleep(0.5))


def sleeps_in_a_coroutine(port):
    async def nap():
        for _ in range(5):
            await asyncio.sleep(0.1)
    runs(nap())


def sleeps_together(port):
    async def naps():
        await asyncio.gather(asyncio.sleep(0.5), asyncio.sleep(0.4))
    runs(naps())


def sleeps_in_a_task(port):
    async def naps():
        await asyncio.wait([asyncio.ensure_future(asyncio.sleep(0.5))])
    runs(naps())


def sleeps_in_a_group(port):
    async def naps():
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(0.5))
            group.create_task(asyncio.sleep(0.4))
    runs(naps())


def sleeps_with_a_limit(port):
    async def nap():
        await asyncio.sleep(0.5)

    async def view():
        await asyncio.wait_for(nap(), 20)
    runs(view())


def sleeps_connected(port):
    async def nap():
        _, writer = await asyncio.open_connection('127.0.0.1', port)
        await asyncio.sleep(0.5)
        writer.close()
    runs(nap())


def sleeps_in_select(port):
    runs(asyncio.sleep(0.5), asyncio.SelectorEventLoop(selectors.SelectSelector()))


def sleeps_in_poll(port):
    runs(asyncio.sleep(0.5), asyncio.SelectorEventLoop(selectors.PollSelector()))


def selects_nothing(port):
    select.select([], [], [], 0.5)


def polls_nothing(port):
    select.poll().poll(500)


def epolls_nothing(port):
    with select.epoll() as epoll:
        epoll.poll(0.5)


def executor(port):
    async def view():
        await asyncio.get_running_loop().run_in_executor(None, time.sleep, 0.5)
    runs(view())


def executor_with_a_limit(port):
    async def view():
        work = asyncio.get_running_loop().run_in_executor(None, time.sleep, 0.5)
        await asyncio.wait_for(work, 20)
    runs(view())


def executor_in_a_group(port):
    async def work():
        await asyncio.get_running_loop().run_in_executor(None, time.sleep, 0.5)

    async def view():
        async with asyncio.TaskGroup() as group:
            group.create_task(work())
    runs(view())


def another_thread(port):
    async def view():
        loop, done = asyncio.get_running_loop(), asyncio.Event()
        threading.Timer(0.5, loop.call_soon_threadsafe, (done.set,)).start()
        await done.wait()
    runs(view())


def reads_a_child(port):
    async def view():
        child = await asyncio.create_subprocess_exec('sleep', '0.5', stdout=-1)
        await child.stdout.read()
        child._transport.close()
    loop = asyncio.new_event_loop()
    if sys.version_info < (3, 12):
        watcher = asyncio.ThreadedChildWatcher()
        watcher.attach_loop(loop)
        asyncio.set_child_watcher(watcher)
    runs(view(), loop)


def waits_for_a_pidfd(port):
    child = os.spawnlp(os.P_NOWAIT, 'sleep', 'sleep', '0.5')
    fd = os.pidfd_open(child)
    with select.epoll() as epoll:
        epoll.register(fd, select.EPOLLIN)
        epoll.poll()
    os.close(fd)
    os.waitpid(child, 0)


def streams(port):
    async def view():
        reader, writer = await asyncio.open_connection('127.0.0.1', port)
        for _ in range(25):
            writer.write(b'?')
            await reader.readexactly(1)
        writer.close()
    runs(view())


def polls_a_socket(port):
    with socket.create_connection(('127.0.0.1', port)) as peer, select.epoll() as epoll:
        epoll.register(peer, select.EPOLLIN)
        for _ in range(25):
            peer.sendall(b'?')
            epoll.poll(10)
            peer.recv(1)


def application(environ, start_response):
    port = int(environ['QUERY_STRING'].partition('port=')[2] or 0)
    globals()[environ['PATH_INFO'].strip('/')](port)
    start_response('200 OK', plain.PLAIN)
    return [b'waited']
