"""What the tests of the shelf share: servers, requests, profiles made by hand."""
import hashlib
import hmac
import json
import time

from harness import header, wait_for

SHELF = '''
    profiler-dir = @DIR@/profiles
    profiler-browse = /_profiles
    profiler-output = file
'''
KEY = 'sesame-open-0123'
GUARDS = {'Connection': 'close', 'Cache-Control': 'private, no-store', 'X-Frame-Options': 'DENY',
          'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer'}


def rows(server, query='', path='/_profiles/', **options):
    answer = server.get(path + 'index.json' + query, **options)
    assert answer.status == 200, answer
    return json.loads(answer.body)['rows']


def stored(server, count=1, path='/recursion'):
    """Ids of new profiles of the path, the newest first."""
    for _ in range(count):
        assert server.get(path, {'X-Profile': 'file'}).status == 200
    return [row['id'] for row in wait_for('the index', lambda: (
        len(rows(server)) >= count and rows(server)))]


def plant(server, profile, content=None, name=None, **members):
    """A profile as somebody else may have written it; returns its content."""
    directory = server.directory / 'profiles'
    name = profile + '.json' if name is None else name
    wait_for('the directory', directory.exists)
    if content is not None:
        content = content if isinstance(content, bytes) else content.encode()
        (directory / name).write_bytes(content)
    line = {'id': profile, 'time': time.time(), 'method': 'GET', 'path': '/planted', 'query': '',
            'status': 200, 'elapsed_ms': 1.5, 'mode': 'deterministic', 'exception': None,
            'notices': [], 'files': [name], 'bytes': len(content or ''), **members}
    with open(directory / 'index.jsonl', 'a') as index:
        index.write(json.dumps(line) + '\n')
    return content


def guards(answer):
    for name, value in GUARDS.items():
        assert header(answer, name) == value, answer.headers
    assert int(header(answer, 'Content-Length')) == len(answer.body), answer.headers
    policy = header(answer, 'Content-Security-Policy')
    assert "default-src 'none'; frame-ancestors 'none'" in policy and 'unsafe' not in policy
    return policy


def signed(value, path='/_profiles/', method='GET', key=KEY):
    text = '\n'.join((method, path, value)).encode()
    return '%s,sig=%s' % (value, hmac.new(key.encode(), text, hashlib.sha256).hexdigest())


def signed_list(path='/_profiles/', seconds=600, **how):
    """The URL that opens a session."""
    return '%s?profile=%s' % (path, signed('exp=%d' % (time.time() + seconds), path, **how))
