"""A WSGI app without a framework: one function for each thing that a test needs.

/NAME calls the function NAME. What waits does so for a file that the test makes in the
directory DATA, so nothing depends on time.
"""
import cProfile
import io
import json
import os
import re
import sys
import time
from urllib.parse import quote

DATA = os.environ.get('DATA', '/tmp')
PLAIN = [('Content-Type', 'text/plain')]


def wait_for_file(name, seconds=20):
    deadline = time.monotonic() + seconds
    while not os.path.exists(os.path.join(DATA, name)):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


def mark(name):
    open(os.path.join(DATA, name), 'w').close()


def hello(environ, start_response):
    start_response('200 OK', PLAIN)
    return [b'hello']


def cached(environ, start_response):
    start_response('200 OK', PLAIN + [('Cache-Control', 'public, max-age=600'),
                                      ('Set-Cookie', 'a=1'), ('X-App', 'yes')])
    return [b'cached']


def handed_over(environ, start_response):
    """nginx is to send a file in place of the answer."""
    start_response('200 OK', PLAIN + [('X-Accel-Redirect', '/files/uwsgi_params')])
    return [b'not to be seen']


def for_all(environ, start_response):
    """An answer that scripts of one other site may read."""
    start_response('200 OK', PLAIN + [('Access-Control-Allow-Origin', 'https://other.example'),
                                      ('Access-Control-Allow-Credentials', 'true')])
    return [b'for all']


def missing(environ, start_response):
    start_response('404 Not Found', PLAIN)
    return [b'nothing here']


def empty(environ, start_response):
    start_response('204 No Content', [])
    return []


def nothing(environ, start_response):
    start_response('200 OK', PLAIN)


def echo(environ, start_response):
    """All that the app sees of the request, but for what differs between two servers."""
    seen = {name: value for name, value in environ.items() if isinstance(value, str)}
    for name in ('SERVER_PORT', 'HTTP_HOST', 'REMOTE_PORT', 'uwsgi.version'):
        seen.pop(name, None)
    seen['body'] = environ['wsgi.input'].read().decode('latin-1')
    start_response('200 OK', PLAIN)
    return [json.dumps(seen, sort_keys=True).encode()]


# workloads: the same calls each time


def use_json(environ, start_response):
    data = {'numbers': list(range(50)), 'nested': [{'name': str(i)} for i in range(20)]}
    text = json.dumps(data, indent=1, sort_keys=True)
    start_response('200 OK', PLAIN)
    return [json.dumps(json.loads(text)).encode()]


def shout(match):
    return match.group().upper()


def use_re(environ, start_response):
    re.purge()
    text = re.sub(r'\b[aeiou]\w+', shout, 'an apple is under every old tree ' * 5)
    words = re.findall(r'(\w)\w*(\w)', text)
    start_response('200 OK', PLAIN)
    return [text.encode(), str(len(words)).encode()]


def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


def is_even(n):
    return n == 0 or is_odd(n - 1)


def is_odd(n):
    return n != 0 and is_even(n - 1)


def recursion(environ, start_response):
    total = fibonacci(12) + is_even(20) + sorted([3, 1, 2], key=fibonacci)[0]
    start_response('200 OK', PLAIN)
    return [str(total).encode()]


class Shape:
    def __init__(self, size):
        self.size = size

    @property
    def area(self):
        return self.size ** 2

    def __lt__(self, other):
        return self.area < other.area

    @classmethod
    def make(cls, count):
        return [cls((i * 7) % 10) for i in range(count)]

    @staticmethod
    def describe(shapes):
        return ','.join(str(shape.area) for shape in shapes)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        return True


class Square(Shape):
    def __init__(self, size):
        super().__init__(size)
        with self:
            raise ValueError('is handled')


def classes(environ, start_response):
    start_response('200 OK', PLAIN)
    return [Shape.describe(sorted(Square.make(20))).encode()]


def twice(function):
    def wrapper(*arguments):
        function(*arguments)
        return function(*arguments)
    return wrapper


@twice
@twice
def decorated(value):
    return value + 1


def decorators(environ, start_response):
    total = sum(map(decorated, range(5)))
    start_response('200 OK', PLAIN)
    return [str(total).encode()]


def numbers(limit):
    for i in range(limit):
        yield i


def nested_numbers(limit):
    yield from numbers(limit)
    yield from (i for i in numbers(limit) if i % 2)


def generators(environ, start_response):
    total = sum(nested_numbers(10)) + sum(i for i in nested_numbers(5))
    unfinished = numbers(10)
    next(unfinished)
    unfinished.close()
    start_response('200 OK', PLAIN)
    return [str(total).encode()]


def fails(n):
    if n == 0:
        raise KeyError('deep')
    fails(n - 1)


def exceptions(environ, start_response):
    for i in range(5):
        try:
            fails(i)
        except KeyError:
            len('handled')
    try:
        int('x')
    except ValueError:
        pass
    start_response('200 OK', PLAIN)
    return [b'survived']


def sleep(environ, start_response):
    time.sleep(0.3)  # long enough for samples on a busy machine, too
    start_response('200 OK', PLAIN)
    return [b'awake']


def slow(environ, start_response):
    time.sleep(0.6)
    start_response('200 OK', PLAIN)
    return [b'at last']


def busy(environ, start_response):
    start_response('200 OK', PLAIN)
    return [str(sum(fibonacci(10) for _ in range(20))).encode()]


def chunks():
    for i in range(3):
        yield ('chunk %d\n' % i).encode()


def generated(environ, start_response):
    start_response('200 OK', PLAIN)
    return chunks()


WORKLOADS = (hello, use_json, use_re, recursion, classes, decorators, generators,
             exceptions, generated)


def cprofile(environ, start_response):
    """Runs a workload under cProfile as the server would run it: ?NAME. The profile goes
    to DATA/NAME.cprof. drain() is the server's part of it."""
    name = environ['QUERY_STRING']
    profile = cProfile.Profile()

    def drain():
        body = b''
        for chunk in application(environ, start_response):
            body += chunk
        return body

    environ = dict(environ, PATH_INFO='/' + name)
    body = profile.runcall(drain)
    profile.dump_stats(os.path.join(DATA, name + '.cprof'))
    return [body]


# responses that take their time


def cleanup():
    mark('cleaned')


def first_part():
    return b'first\n'


def last_part(ok):
    return b'last\n' if ok else b'late\n'


def stream(environ, start_response):
    """The second chunk is not made before the test, which has the first, says so."""
    start_response('200 OK', PLAIN)
    try:
        yield first_part()
        yield last_part(wait_for_file('go'))
    finally:
        cleanup()


class Streamed:
    """The same as an iterable with a close()."""

    def __init__(self):
        self.parts = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.parts += 1
        if self.parts == 1:
            return first_part()
        if self.parts == 2:
            return last_part(wait_for_file('go'))
        raise StopIteration

    def close(self):
        cleanup()


def stream_object(environ, start_response):
    start_response('200 OK', PLAIN)
    return Streamed()


def endless(environ, start_response):
    """Until the client has gone; `sent` says that it has something to leave."""
    start_response('200 OK', PLAIN)
    try:
        for i in range(100000):
            yield b'x' * 65536
            if i == 0:
                wait_for_file('go')
    finally:
        cleanup()


def write(environ, start_response):
    send = start_response('200 OK', PLAIN)
    send(first_part())
    send(b'written\n')
    return [last_part(True)]


def late_start(environ, start_response):
    yield_from = [first_part(), last_part(True)]

    def body():
        start_response('200 OK', PLAIN)
        for part in yield_from:
            yield part
    return body()


def file_wrapper(environ, start_response):
    start_response('200 OK', PLAIN)
    return environ['wsgi.file_wrapper'](open(__file__, 'rb'), 4096)


def bytes_io(environ, start_response):
    start_response('200 OK', PLAIN)
    return environ['wsgi.file_wrapper'](io.BytesIO(b'from memory' * 1000), 4096)


def wait(environ, start_response):
    """`in-NAME` is there once it runs; goes on when go-NAME is: ?NAME first in the query."""
    name = environ['QUERY_STRING'].split('&')[0]
    mark('in-' + name)
    globals()['waits_' + name]()
    start_response('200 OK', PLAIN)
    return [b'waited']


def waits_a():
    return wait_for_file('go-a')


def waits_b():
    return wait_for_file('go-b')


# errors


class ShopError(Exception):
    pass


def raising(environ, start_response):
    raise ShopError('before start_response')


def raising_late(environ, start_response):
    start_response('200 OK', PLAIN)
    raise ShopError('after start_response')


def raising_generator(environ, start_response):
    start_response('200 OK', PLAIN)
    try:
        yield first_part()
        raise ShopError('between chunks')
    finally:
        cleanup()


def raising_first(environ, start_response):
    start_response('200 OK', PLAIN)
    raise ShopError('before the first chunk')
    yield b''


class BadClose(Streamed):
    def close(self):
        raise ShopError('in close')


def raising_close(environ, start_response):
    mark('go')
    start_response('200 OK', PLAIN)
    return BadClose()


def exiting(environ, start_response):
    raise SystemExit(0)


def not_bytes(environ, start_response):
    start_response('200 OK', PLAIN)
    return ['text', 1, None]


# what is hard on a profiler


def own_cprofile(environ, start_response):
    profile = cProfile.Profile()
    result = profile.runcall(fibonacci, 8)
    fibonacci(5)
    start_response('200 OK', PLAIN)
    return [str((result, profile.getstats() != [])).encode()]


def own_setprofile(environ, start_response):
    events = []
    sys.setprofile(lambda frame, event, argument: events.append(event))
    fibonacci(3)
    sys.setprofile(None)
    fibonacci(5)
    start_response('200 OK', PLAIN)
    return [b'saw events' if events else b'saw nothing']


SOURCE = 'def generated_%d():\n    return %d\ngenerated_%d()\n'


def dying(environ, start_response):
    """Code objects that are gone, and their memory used again, before the report."""
    for i in range(300):
        exec(SOURCE % (i % 3, i, i % 3), {})
    start_response('200 OK', PLAIN)
    return [b'dead']


def lambdas(environ, start_response):
    pair = (lambda x: x + 1), (lambda x: x + 2)
    for i in range(10):
        pair[0](i)
        pair[1](i), pair[1](i)
    start_response('200 OK', PLAIN)
    return [b'same name, same line']


def deep(n):
    return 0 if n == 0 else 1 + deep(n - 1)


def deep_tree(environ, start_response):
    start_response('200 OK', PLAIN)
    return [str(deep(150)).encode()]


def in_first():
    return fibonacci(5)


def in_second():
    return fibonacci(6)


def greenlets(environ, start_response):
    """Two greenlets that take turns in the middle of a function."""
    from greenlet import greenlet

    def ping():
        for i in range(5):
            in_first()
            second.switch()

    def pong():
        for i in range(5):
            in_second()
            first.switch()
    main = greenlet.getcurrent()
    first, second = greenlet(ping, main), greenlet(pong, main)
    first.switch()
    start_response('200 OK', PLAIN)
    return [b'switched']


def own_thread(environ, start_response):
    """The calls of another thread are not the request's."""
    import threading
    thread = threading.Thread(target=in_second)
    in_first()
    thread.start()
    thread.join()
    start_response('200 OK', PLAIN)
    return [b'joined']


def codelike(environ, start_response):
    """Events of an extension, for objects that are no code objects (from Python 3.13 on)."""
    if sys.version_info < (3, 13):
        start_response('501 Not Implemented', PLAIN)
        return [b'no such events']
    import _testcapi as c
    events = sys.monitoring.events
    ran, resumed, called = (c.CodeLike(2) for _ in range(3))
    c.monitoring_enter_scope(ran, events.PY_START, events.PY_RETURN)
    for _ in range(5):
        c.fire_event_py_start(ran, 0)
        fibonacci(5)
        c.fire_event_py_return(ran, 1, None)
    c.monitoring_exit_scope()
    c.monitoring_enter_scope(resumed, events.PY_RESUME, events.PY_YIELD)
    for _ in range(5):
        c.fire_event_py_resume(resumed, 0)
        c.fire_event_py_yield(resumed, 1, None)
    c.monitoring_exit_scope()
    c.monitoring_enter_scope(called, events.PY_START, events.PY_UNWIND)
    c.fire_event_py_start(called, 0)
    c.fire_event_py_unwind(called, 1, ValueError())
    c.monitoring_exit_scope()
    c.monitoring_enter_scope(called, events.CALL)
    for builtin in (None, 1, called, len, list.append, int, fibonacci):
        c.fire_event_call(called, 0, builtin, None)
    c.monitoring_exit_scope()
    start_response('200 OK', PLAIN)
    return [b'fired']


def own_hook(environ, start_response):
    """The profiler's callbacks, taken from Python, and called with anything."""
    if sys.version_info < (3, 12):
        start_response('501 Not Implemented', PLAIN)
        return [b'no sys.monitoring']
    monitoring, called = sys.monitoring, 0
    tools = [i for i in range(6) if monitoring.get_tool(i) == 'uwsgi-profiler']
    for name in ('PY_START', 'PY_RETURN', 'CALL', 'C_RETURN'):
        event = getattr(monitoring.events, name)
        hook = monitoring.register_callback(tools[0], event, None)
        for arguments in ((), (1,), (1, 2), (1, 2, len), (None, 0, list.append, 5),
                          (None, 0, len, None), (Counted(), None, None, None, None)):
            hook(*arguments)
            called += 1
        monitoring.register_callback(tools[0], event, hook)
    start_response('200 OK', PLAIN)
    return [b'called %d' % called]


class Cursor(list):
    def append(self, item):
        super().append(item)


def addresses(environ, start_response):
    """Calls of builtins that cProfile names by what has an address: a type, a function."""
    for _ in range(100):
        object.__new__(Counted)
        Cursor().append(1)
    start_response('200 OK', PLAIN)
    return [b'called']


# what can be looked at from outside


class Counted:
    """Its references are counted by /references."""


COUNTED = Counted()


def touches(environ, start_response):
    keep = [COUNTED] * 10
    start_response('200 OK', PLAIN)
    return [str(len(keep)).encode()]


def memory(environ, start_response):
    import gc
    gc.collect()
    page = os.sysconf('SC_PAGE_SIZE')
    facts = {
        'rss': int(open('/proc/self/statm').read().split()[1]) * page,
        'objects': len(gc.get_objects()),
        'references': {function.__name__: [sys.getrefcount(function),
                                           sys.getrefcount(function.__code__)]
                       for function in (application, touches, fibonacci, raising, hello)},
        'counted': sys.getrefcount(COUNTED),
        'none': sys.getrefcount(None),
        'profile': repr(sys.getprofile()),
    }
    start_response('200 OK', PLAIN)
    return [json.dumps(facts).encode()]


def redirect(environ, start_response):
    """To a login that leads back here, as frameworks do it; carries its query along."""
    query = environ['QUERY_STRING']
    here = quote(environ['PATH_INFO'] + '?' + query, safe='')
    start_response('302 Found', PLAIN + [('Location', '/login?%s&next=%s' % (query, here))])
    return []


def options(environ, start_response):
    """What the server tells of its configuration."""
    import uwsgi
    start_response('200 OK', PLAIN)
    return [repr(uwsgi.opt).encode()]


def environment(environ, start_response):
    start_response('200 OK', PLAIN)
    return [repr(os.environ).encode()]


def descriptors(environ, start_response):
    """What this process and a child of it have open."""
    start_response('200 OK', PLAIN)
    return [os.popen('ls -l /proc/%d/fd /proc/self/fd' % os.getpid()).read().encode()]


def asks_by_route(environ, start_response):
    import uwsgi
    result = uwsgi.route('profile', environ['QUERY_STRING'])
    start_response('200 OK', PLAIN)
    return [str(result).encode()]


def application(environ, start_response):
    name = environ['PATH_INFO'].strip('/')
    function = globals().get(name or 'hello')
    if not callable(function) or isinstance(function, type):
        function = hello
    return function(environ, start_response)


other = application
only_builtin = ''.format  # an app that is no Python: its answer is empty
