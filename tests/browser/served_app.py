"""The app of the served pages: the demo's shop, and what a shop does not have."""
import random
import sys
import time

from shop import app

sys.setrecursionlimit(20000)
HOSTILE = '</script><!-- "\'&\u202e\u2028'


def down(n, pause):
    if n == 0:
        time.sleep(pause)
        return 0
    return 1 + down(n - 1, pause)


def hostile():
    names = dict(co_name=HOSTILE, co_filename='/' + HOSTILE)
    if sys.version_info >= (3, 11):
        names['co_qualname'] = HOSTILE
    code = (lambda: time.sleep(0.05) or sum(range(1000000))).__code__.replace(**names)
    return type(hostile)(code, {'sum': sum, 'range': range, 'time': time})()


def left(way):
    return step(way)


def right(way):
    return step(way)


def step(way):
    """To the left and to the right, as the way says; at its end, long enough to be sampled."""
    turn = next(way, None)
    if turn is None:
        time.sleep(0.01)
        return 1
    return (right if turn else left)(way)


def wander(ways, steps):
    """A call tree of some 2 * ways * steps nodes, no two of the ways alike."""
    turns = random.Random(7)
    return sum(step(iter([turns.random() < 0.5 for _ in range(steps)])) for _ in range(ways))


def application(environ, start_response):
    path = environ['PATH_INFO']
    if path == '/deep':
        body = str(sum(down(3000, 0.01) for _ in range(30)))
    elif path == '/raising':
        raise KeyError('no such order')
    elif path == '/old':
        start_response('302 Found', [('Location', '/search?q=lamp'), ('Set-Cookie', 'seen=1')])
        return [b'']
    elif path == '/wide':
        body = str(wander(60, 300))
    elif path == '/wider':
        body = str(wander(130, 500))
    elif path == '/nothing':
        body = 'nothing'
    elif path == '/favicon.ico':  # which Chromium asks for when it likes
        start_response('204 No Content', [])
        return [b'']
    elif path.startswith('/hostile'):
        body = str(hostile())
    else:
        return app(environ, start_response)
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [body.encode()]
