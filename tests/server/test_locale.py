"""An app that sets a locale changes nothing that a machine reads."""
import gzip
import json
import marshal
import re
import subprocess

import pytest

from harness import header, parse_response, remove, temporary_directory, wait_for

# of a decimal comma; of i without dot
LOCALES = {'de_DE': 'UTF-8', 'tr_TR': 'ISO-8859-9', 'tr_TR.UTF-8': 'UTF-8'}


@pytest.fixture(scope='module')
def locales():
    """A directory with locales that need not be installed."""
    directory = temporary_directory()
    for name, charset in LOCALES.items():
        done = subprocess.run(['localedef', '-i', name.partition('.')[0], '-f', charset, '--no-archive',
                               '%s/%s' % (directory, name)], stderr=subprocess.PIPE)
        assert (directory / name / 'LC_NUMERIC').exists(), done.stderr.decode()
    yield directory
    remove(directory)


@pytest.fixture(params=LOCALES)
def start(request, serve, locales):
    def start_server(ini=''):
        server = serve('localized', 'env = LOCPATH=%s\nenv = SET=%s\n%s' % (
            locales, request.param, ini))
        assert server.get('/').body == b'2,500'  # the locale is set
        return server
    return start_server


def test_headers_have_points(start):
    server = start()
    for query in ('profile=log', 'profile=txt', 'profile=sampling,log'):
        response = server.get('/?' + query)
        assert re.fullmatch(r'app;dur=\d+\.\d{3}', header(response, 'Server-Timing'))


@pytest.mark.parametrize('mode', ['deterministic', 'sampling'])
def test_every_format_is_as_without(start, mode):
    server = start('''
        profiler-dir = @DIR@/profiles
        profiler-format = prof, html, txt, json, speedscope, folded, pprof
        profiler-filename-format = {elapsed:.3f}.{time:.3f}.prof
        profiler-output = log, file''')
    response = server.get('/?profile=' + mode)
    record = server.record(response)
    assert re.fullmatch(r'\d+\.\d{3}', record.elapsed_ms)
    assert not re.search(r'\d,\d{3}\b', record.text)
    index = server.directory / 'profiles/index.jsonl'
    wait_for('the files', lambda: index.exists() and index.read_text())
    line = json.loads(index.read_text())
    assert isinstance(line['elapsed_ms'], float) and len(line['files']) == 7
    prof, html, txt, whole, speedscope, folded, pprof = [
        (server.directory / 'profiles' / name).read_bytes() for name in line['files']]
    for name in line['files']:
        assert re.match(r'\d+\.\d{3}\.\d+\.\d{3}\.', name), name
    assert all(isinstance(row[2], float) for row in marshal.loads(prof).values())
    assert b'</html>' in html and gzip.decompress(pprof)
    assert json.loads(whole)['meta']['mode'] == mode and json.loads(speedscope)['profiles']
    assert re.fullmatch(rb'(.* \d+\n)+', folded), folded
    assert not re.search(rb'\d,\d{3}\b', txt)


@pytest.mark.parametrize('style', ['line', 'json'])
def test_lines_have_points(start, style):
    server = start('profiler-log-style = ' + style)
    response = server.get('/?profile=log')
    [line] = server.wait_log('^.*%s.*$' % header(response, 'X-Profile-Id'))
    if style == 'json':
        assert isinstance(json.loads(line)['elapsed_ms'], float), line
    else:
        assert re.search(r' \d+\.\d+ ms', line) and not re.search(r'\d,\d{3}', line), line


def test_words_are_read_as_without(start):
    """Names in capitals, decimals in flags."""
    server = start('profiler-restrictions = 0.5')

    def ask(query, **variables):  # uWSGI spells "i" in names of headers by the locale
        return parse_response(server.uwsgi('/', query, **variables))
    assert header(ask('x', HTTP_X_PROFILE='LOG, SORT=TIME'), 'X-Profile-Error')
    assert header(ask('x', HTTP_X_PROFILE='log'), 'X-Profile-Id')
    assert ask('profile', HTTP_ACCEPT='TEXT/HTML').body.startswith(b'<!')
    answer = ask('profile=txt', HTTP_HOST='LOCALHOST')
    assert answer.body.startswith(b'-' * 80)
    assert ('Set-Cookie', 'kept=1') in answer.headers
    assert header(ask('profile=log', HTTP_UPGRADE='WEBSOCKET'), 'X-Profile-Id') is None


def test_the_line_of_a_killed_request_has_a_point(start):
    server = start('harakiri = 1')
    server.raw(b'GET /hang?profile=log HTTP/1.0\r\nHost: localhost\r\n\r\n')
    assert server.wait_log(r'was killed by harakiri after \d+\.\d s;')


def test_headers_are_found_as_without(start):
    """uWSGI's HTTP parser spells an "i" in a header's name by the locale: HTTP_X_PROF\\xddLE."""
    server = start('profiler-trigger = header:X-Profile\nprofiler-trigger = cookie:profile\n'
                   'profiler-trigger = query:profile')
    for headers in ({'X-Profile': 'txt'}, {'x-profile': 'txt'}, {'X-PROFILE': 'txt'},
                    {'X-pRoFiLe': 'txt'}):
        assert server.get('/', headers).body.startswith(b'-' * 80), headers
    assert header(server.get('/', {'Cookie': 'profile=on'}), 'X-Profile-Id')


def test_a_proxy_is_one_as_without(start):
    server = start()
    for name in ('Via', 'via', 'VIA', 'X-Real-IP', 'x-real-ip', 'X-Original-Host', 'x-original-url',
                 'X-Azure-ClientIP', 'x-azure-clientip', 'True-Client-Ip', 'X-Forwarded-Proto'):
        assert server.get('/?profile=txt', {name: 'a'}).body == b'2,500', name
    image = {'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Dest': 'image'}
    assert server.get('/?profile=txt', image).body == b'2,500'
    assert server.get('/?profile=txt').body.startswith(b'-' * 80)
