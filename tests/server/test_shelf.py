"""The shelf: what is answered below profiler-browse, to whom, and by which servers."""
import json
import os
import re
import signal

import pytest

from harness import (APPS, PLUGIN, PYTHON_PLUGIN, Server, header, parse_response, run_uwsgi,
                     wait_for)
from shelf import SHELF, guards, plant, rows, stored


def test_the_list_a_page_and_its_files(serve):
    server = serve('plain', SHELF)
    [profile] = stored(server)
    page = server.get('/_profiles/')
    assert page.status == 200 and header(page, 'Content-Type') == 'text/html; charset=utf-8'
    assert "connect-src 'self'" in guards(page) and b'<title>Profiles</title>' in page.body
    page = server.get('/_profiles/' + profile)
    assert page.status == 200 and "connect-src 'self'" in guards(page)
    blocks = dict(re.findall(b'<script type="application/json" id="(\\w+)">(.*?)</script>',
                             page.body, re.S))
    assert json.loads(blocks[b'shelf']) == {'page': 'profile', 'id': profile,
                                            'route': '/recursion'}
    data = server.get('/_profiles/%s.json' % profile)
    assert json.loads(blocks[b'profile']) == json.loads(data.body)
    [row] = rows(server)
    for name in row['files']:
        extension = name.rpartition('.')[2]
        answer = server.get('/_profiles/%s.%s' % (profile, extension))
        assert answer.status == 200 and 'sandbox' in guards(answer)
        assert answer.body == (server.directory / 'profiles' / name).read_bytes()
        assert header(answer, 'Content-Disposition') == (
            "attachment; filename=\"%s\"; filename*=UTF-8''%s" % (name, name))
    assert sorted(name.rpartition('.')[2] for name in row['files']) == ['json', 'prof']


def test_merge_and_compare_are_pages_without_data(serve):
    server = serve('plain', SHELF)
    for name in ('merge', 'compare'):
        page = server.get('/_profiles/%s?x=1' % name)
        assert page.status == 200 and "connect-src 'self'" in guards(page)
        assert b'id="shelf">{"page":"%s"}</script>' % name.encode() in page.body
        assert b'id="profile">null</script>' in page.body


def test_the_bare_path_leads_to_the_list(serve):
    server = serve('plain', SHELF)
    for query, kept in (('', ''), ('?status=5xx&q=a%20b', '?status=5xx&q=a%20b'),
                        ('?q=a"b', ''), ('?q=a\\b', '')):
        answer = server.get('/_profiles' + query)
        assert answer.status == 303 and guards(answer)
        assert header(answer, 'Location') == '_profiles/' + kept


def test_what_is_not_there(serve):
    server = serve('plain', SHELF)
    [profile] = stored(server)
    for path, text in (('x', 'the shelf has no such page'), (profile.upper(), 'no such page'),
                       (profile + '.exe', 'no such page'), (profile + '/', 'no such page'),
                       (profile + '.html', 'its file .html was never written'),
                       ('0' * 16, 'the index has no such profile')):
        answer = server.get('/_profiles/' + path)
        assert answer.status == 404 and guards(answer) and text in answer.body.decode()
        assert answer.body.count(b'\n') == 1


def test_other_methods_are_refused(serve):
    server = serve('plain', SHELF)
    for path in ('/', '/index.json', '', '/x'):
        for method, body in (('POST', b'a=1'), ('PUT', b'x' * 100000), ('DELETE', b''),
                             ('OPTIONS', b''), ('get', b'')):
            answer = server.get('/_profiles' + path, method=method, body=body)
            assert answer.status == 405 and header(answer, 'Allow') == 'GET, HEAD'


def test_head_is_get_without_a_body(serve):
    server = serve('plain', SHELF)
    [profile] = stored(server)
    for path in ('', '/', '/index.json', '/merge', '/x', '/' + profile, '/%s.json' % profile):
        get, head = [server.get('/_profiles' + path, method=method) for method in ('GET', 'HEAD')]
        assert head.body == b'' and head.status == get.status
        assert head.headers == get.headers


def test_paths_beside_it_are_the_apps(serve):
    server = serve('plain', SHELF)
    plain = serve('plain', plugin=False)
    for path in ('/_profilesx', '/_profile', '/x/_profiles/', '/', '/_PROFILES/', '//_profiles/'):
        assert server.get(path) == plain.get(path), path


def test_requests_for_the_shelf_are_never_profiled(serve):
    server = serve('plain', SHELF + 'profiler-trigger = always\nprofiler-trigger = query:profile')
    for path in ('/_profiles/?profile', '/_profiles/index.json', '/_profiles/x?profile=txt'):
        answer = server.get(path)
        assert header(answer, 'X-Profile-Id') is None and b'function calls' not in answer.body
    assert len(stored(server)) == 1


def test_polls_are_not_logged(serve):
    server = serve('plain', SHELF)
    newest = json.loads(server.get('/_profiles/index.json').body).get('newest', 'x')
    server.get('/_profiles/index.json?limit=5&after=' + newest)
    server.get('/_profiles/?after=1')
    lines = server.wait_log(r'GET (/_profiles/\S*) =>', 2)
    assert lines == ['/_profiles/index.json', '/_profiles/?after=1']


def test_neither_the_off_file_nor_limits_matter(serve):
    server = serve('plain', SHELF + 'profiler-off-file = @DIR@/uwsgi.ini\n'
                   'profiler-max-per-minute = 1\nprofiler-max-active = 1')
    for _ in range(5):
        assert server.get('/_profiles/').status == 200


class WithoutPython(Server):
    python = ''


def test_a_server_without_an_app(serve):
    first = serve('plain', SHELF)
    [profile] = stored(first)
    for kind in (Server, WithoutPython) if PYTHON_PLUGIN else (Server,):
        server = serve('', 'profiler-dir = %s/profiles\nprofiler-browse = /' % first.directory,
                       kind=kind)
        [url] = server.wait_log(r'^profiler: stored profiles: of \S+; open (\S+)$')
        assert url == 'http://127.0.0.1:%d/' % server.port
        assert b'<title>Profiles</title>' in server.get('/').body
        assert server.get('/' + profile).status == 200
        answer = json.loads(server.get('/index.json').body)
        assert [row['id'] for row in answer['rows']] == [profile]
        stranger = server.get('/', {'X-Forwarded-For': '192.0.2.1'})
        assert stranger.status == (500 if kind is Server else 404) and b'Profiles' not in stranger.body


# how servers start

def starts(*lines, python=True, words=()):
    """(status, output) of a server that ends by itself."""
    loads = [word for name in ((PYTHON_PLUGIN if python else ''), PLUGIN) if name
             for word in ('--need-plugin', name)]
    return run_uwsgi(*loads, '--http-socket', '127.0.0.1:0', '--no-orphans', *words,
                     *('--' + line for line in lines))


@pytest.mark.parametrize('loader', [
    ('--module', 'plain'), ('--wsgi-file', str(APPS / 'plain.py')), ('--mount', '/a=plain'),
    ('--module', 'plain', '--lazy-apps'), ('--pyimport', 'plain', '--eval', 'application = 1'),
    ('--need-app',), ('--file', str(APPS / 'plain.py'))])
def test_all_paths_are_for_a_server_without_an_app(tmp_path, loader):
    status, output = starts('profiler-dir=%s' % tmp_path, 'profiler-browse=/', words=loader)
    [line] = re.findall('^profiler-browse: .*$', output, re.M)
    assert status == 1 and 'spawned' not in output
    assert '"/" is for a server without an app, and this one has ' in line


@pytest.mark.skipif(not PYTHON_PLUGIN, reason='Python is built into this server')
def test_a_directory_that_is_not_there_stops_a_server_without_python(tmp_path):
    for name in ('none', 'file'):
        (tmp_path / 'file').write_text('')
        status, output = starts('profiler-dir=%s' % (tmp_path / name), 'profiler-browse=/',
                                python=False)
        assert status == 1 and 'is not a directory that exists' in output, output


@pytest.mark.skipif(not PYTHON_PLUGIN, reason='Python is built into this server')
def test_without_a_shelf_a_server_needs_python(tmp_path):
    status, output = starts('profiler-dir=%s' % tmp_path, python=False)
    assert status == 1 and 'there is no Python in this server yet' in output
    status, output = starts('profiler-dir=%s' % tmp_path, 'profiler-browse=/', python=False,
                            words=('--need-plugin', PYTHON_PLUGIN))
    assert status == 1 and 'there is no Python in this server yet' in output


@pytest.mark.skipif(not PYTHON_PLUGIN, reason='Python is built into this server')
@pytest.mark.parametrize('ini', ['', 'threads = 2', 'async = 4', 'processes = 2', 'lazy-apps = true',
                                 'log-format = %(profile_id) %(method) %(uri) => generated'])
def test_a_shelf_at_a_path_without_python(serve, ini):
    server = serve('', SHELF + ini, kind=WithoutPython,
                   prepare=lambda directory: (directory / 'profiles').mkdir())
    plant(server, 'feedfacefeedface', '"' + '<' * 1000000 + '"')
    for path, status in (('/_profiles/', 200), ('/_profiles/feedfacefeedface', 200), ('/', 404),
                         ('/_profiles/x', 404), ('/_profilesx', 404)):
        answer = server.get(path)
        assert answer.status == status, path
        assert int(header(answer, 'Content-Length')) == len(answer.body)
    assert server.get('/', method='HEAD').body == b''
    server.wait_log(r'GET /_profiles/ => generated')


@pytest.mark.skipif(not PYTHON_PLUGIN, reason='Python is built into this server')
def test_a_server_without_python_reloads(serve):
    server = serve('', SHELF, kind=WithoutPython,
                   prepare=lambda directory: (directory / 'profiles').mkdir())
    server.signal(signal.SIGHUP)
    server.wait_log(r'spawned uWSGI worker 1', 2)
    wait_for('workers', server.ready_workers)
    assert rows(server) == []


def test_a_dynamic_app_is_not_hidden(serve):
    """It is loaded by a request, when the shelf already has all paths."""
    server = serve('', 'profiler-dir = @DIR@/profiles\nprofiler-browse = /')
    assert b'<title>Profiles' in server.get('/').body
    names = {'UWSGI_MODULE': 'plain', 'UWSGI_CALLABLE': 'application', 'HTTP_X_REAL_IP': '1.2.3.4'}
    assert parse_response(server.uwsgi('/recursion', **names)).body == b'146'
    assert b'Profiles' not in server.get('/').body


def test_json_is_added_to_the_formats(serve):
    for formats, expected in (('txt', ['.json', '.txt']), ('json, txt', ['.json', '.txt']),
                              ('json', ['.json'])):
        server = serve('plain', SHELF + 'profiler-format = ' + formats)
        stored(server)
        [row] = rows(server)
        assert sorted(os.path.splitext(name)[1] for name in row['files']) == expected


def test_a_host_without_effect_is_named_at_start(serve):
    server = serve('plain', SHELF + 'profiler-browse-host = a.example')
    server.wait_log('^profiler: without effect, as there is no profiler-allow: profiler-browse-host$')
    server = serve('plain', SHELF + 'profiler-browse-host = a.example\nprofiler-key = sesame-open-0123\n'
                   'profiler-allow = 10.0.0.0/8')
    server.wait_log('^profiler: without effect, as there is a key: profiler-browse-host$')
