"""The app of the served pages: the demo's shop, and what a shop does not have."""
import sys

from shop import app

sys.setrecursionlimit(20000)
HOSTILE = '</script><!-- "\'&\u202e\u2028'


def down(n):
    return 0 if n == 0 else 1 + down(n - 1)


def hostile():
    code = (lambda: sum(range(3000000))).__code__.replace(co_name=HOSTILE, co_filename='/' + HOSTILE)
    return type(hostile)(code, {'sum': sum, 'range': range})()


def application(environ, start_response):
    path = environ['PATH_INFO']
    if path == '/deep':
        body = str(sum(down(3000) for _ in range(30)))
    elif path == '/raising':
        raise KeyError('no such order')
    elif path == '/old':
        start_response('302 Found', [('Location', '/search?q=lamp'), ('Set-Cookie', 'seen=1')])
        return [b'']
    elif path == '/nothing':
        body = 'nothing'
    elif path.startswith('/hostile'):
        body = str(hostile())
    else:
        return app(environ, start_response)
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [body.encode()]
