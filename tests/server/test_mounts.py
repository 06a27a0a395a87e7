"""Apps below a path: what differs by SCRIPT_NAME alone differs in every report."""
import gzip
import hashlib
import hmac
import json
import re
import time

import pytest

from harness import profile_id, run_uwsgi, wait_for

FORMATS = ('prof', 'html', 'txt', 'json', 'speedscope', 'folded', 'pprof')
INI = '''
    profiler-dir = @DIR@/profiles
    profiler-format = %s
    profiler-stream = @DIR@/records
    profiler-output = log, file
''' % ', '.join(FORMATS)
MOUNTS = '''
    manage-script-name = true
    mount = /shop=plain:application
    mount = /blog=plain:application
'''


def index(server, count):
    path = server.directory / 'profiles' / 'index.jsonl'

    def read():
        return path.read_text().splitlines() if path.exists() else []

    wait_for('%d profiles in the index' % count, lambda: len(read()) == count)
    return [json.loads(line) for line in read()]


def check_everywhere(server, expected):
    """The paths, in order, in the index, in the names and the texts of all files, and in
    the log."""
    lines = index(server, len(expected))
    for line, path in zip(lines, expected):
        assert line['path'] == path
        prefix = 'GET.%s.' % path.strip('/').replace('/', '.')
        assert len(line['files']) == len(FORMATS)
        for name in line['files']:
            assert name.startswith(prefix), name
        texts = {ending: (server.directory / 'profiles' / name).read_bytes()
                 for name, ending in zip(line['files'], FORMATS)}
        assert ("PATH: '%s'\n" % path).encode() in texts['txt']
        assert json.loads(texts['json'])['meta']['path'] == path
        assert path in json.loads(texts['speedscope'])['name']
        assert b'"path":"%s"' % path.encode() in texts['html']
        assert path.encode() in gzip.decompress(texts['pprof'])
    log = (server.directory / 'records').read_text()
    assert re.findall(r"^PATH: '(.*)'$", log, re.M) == expected


def test_two_mounts_that_serve_the_same_path_differ(serve):
    server = serve('', MOUNTS + INI)
    for mount in ('/shop', '/blog'):
        assert server.get(mount + '/hello?profile').body == b'hello'
    check_everywhere(server, ['/shop/hello', '/blog/hello'])
    answer = server.get('/blog/hello?profile=txt').body.decode()
    assert "\nPATH: '/blog/hello'\n" in answer


@pytest.mark.parametrize('style', ['line', 'json'])
def test_one_line_styles_show_the_whole_path(serve, style):
    server = serve('', MOUNTS + 'profiler-log-style = %s\n' % style)
    ids = [profile_id(server.get(mount + '/hello?profile')) for mount in ('/shop', '/blog')]
    for identifier, path in zip(ids, ('/shop/hello', '/blog/hello')):
        [line] = server.wait_log('^.*%s.*$' % identifier)
        assert path in line


def test_a_variable_of_the_web_server_says_where_the_app_is(serve):
    server = serve('plain', INI)
    for mount in ('/shop', ''):
        server.uwsgi('/hello', 'profile', SCRIPT_NAME=mount)
    check_everywhere(server, ['/shop/hello', '/hello'])


@pytest.mark.skipif('UWSGI_ROUTING' not in run_uwsgi('--cflags')[1],
                    reason='this server has no routing')
def test_a_route_says_where_the_app_is(serve):
    server = serve('plain', INI + 'route = ^/hello setscriptname:/shop\n')
    server.get('/hello?profile')
    check_everywhere(server, ['/shop/hello'])


def test_the_path_options_search_what_is_below_the_mount(serve):
    server = serve('', MOUNTS + '''
        profiler-trigger = always
        profiler-log-style = table
        profiler-path = ^/hello$
        profiler-skip = shop''')
    for path in ('/shop/hello', '/blog/hello', '/shop/recursion', '/blog/recursion'):
        server.get(path)
    assert [record.path_repr for record in server.records(2)] == ["'/shop/hello'", "'/blog/hello'"]


def test_a_signature_is_over_the_path_as_sent(serve):
    server = serve('', MOUNTS + 'profiler-key = sesame-open-0123\n')
    words = 'txt,exp=%d' % (time.time() + 60)
    for path, valid in (('/shop/hello', True), ('/hello', False)):
        text = 'GET\n%s\n%s' % (path, words)
        signature = hmac.new(b'sesame-open-0123', text.encode(), hashlib.sha256).hexdigest()
        answer = server.get('/shop/hello?profile=%s,sig=%s' % (words, signature))
        assert (b"PATH: '/shop/hello'" in answer.body) is valid


def test_a_path_without_a_mount_is_as_before(serve):
    server = serve('plain', INI)
    server.get('/hello?profile')
    check_everywhere(server, ['/hello'])
