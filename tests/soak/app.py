"""The app under load: every answer says what it must be."""
import asyncio
import json
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'embed'))
import churn  # noqa: E402


def compute(number):
    return sum(n * number % 7 for n in range(2000))


def code(number):
    churn.exec_code()
    churn.lambdas()
    churn.generators()
    churn.exceptions()
    return compute(number)


def recursion(number):
    churn.deep(churn.DEEP)
    return compute(number)


def objects(number):
    churn.finalizers()
    return compute(number)


def threads(number):
    churn.threads()
    return compute(number)


def waits(number):
    time.sleep(0.002 + number % 5 / 1000)
    json.loads(json.dumps({str(n): n for n in range(500)}))
    return compute(number)


async def nap(number):
    await asyncio.sleep(0.001)
    return compute(number)


def coroutines(number):
    return asyncio.run(nap(number))


KINDS = {view.__name__: view for view in (code, recursion, objects, threads, waits,
                                          coroutines)}


def stream(number):
    for part in range(20):
        time.sleep(0.001)
        yield b'%08d' % compute(number + part)


def application(environ, start_response):
    kind, number = environ['PATH_INFO'].strip('/').split('/')
    number = int(number)
    if kind == 'raising':
        start_response('200 OK', [])
        raise RuntimeError('as it shall')
    start_response('200 OK', [('Content-Type', 'text/plain')])
    if kind == 'stream':
        return stream(number)
    answer = KINDS[kind](number)
    return [b'%s %d' % (kind.encode(), answer)]


if threading.current_thread() is not threading.main_thread():
    raise SystemExit('imported elsewhere than in the main thread')
