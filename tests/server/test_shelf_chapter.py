"""docs/shelf.md: its texts start servers that do what it promises, its commands work as printed,
its tables have all parameters and members."""
import contextlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import urllib.request

import pytest

from documents import PAGES, snippet, table
from harness import HANG, PLUGIN, UWSGI, free_port, header, wait_for
from nginx import NGINX, Nginx
from test_readme import COLLEAGUE, KEY, NOBODY, ask, here

PAGE = PAGES['docs/shelf.md']
KEY_FILE = 'profiler-key-file = @DIR@/profiler.key\n'
SHELF = 'profiler-dir = @DIR@/shop/profiles\nprofiler-browse = /_profiles\n'
TITLE = b'<title>Profiles</title>'
HOST = 'shop.example.com'


def prepare(directory):
    (directory / 'shop').mkdir()
    key = directory / 'profiler.key'
    key.write_text(KEY + '\n')
    key.chmod(0o600)


@pytest.fixture
def started(serve, tmp_path):
    def start(comment, more=''):
        text = here(snippet('ini', comment), tmp_path)
        text = re.sub('^(http-)?socket = .*\n', '', text, flags=re.M)
        return serve('plain', text + more, prepare=prepare)
    return start


def command(start):
    [line] = re.findall('^%s.*$' % re.escape(start), PAGE, re.M)
    return line


def rows_of(answer):
    assert answer.status == 200, answer
    return json.loads(answer.body)['rows']


def store(server, *paths):
    """Profiles of these paths, once they are in the index."""
    for path in paths:
        server.get(path, {'X-Profile': 'file'})
    index = server.directory / 'shop' / 'profiles' / 'index.jsonl'
    wait_for('the index', lambda: index.exists() and
             len(index.read_text().splitlines()) >= len(paths))


def test_two_lines_switch_it_on(started):
    server = started('the shelf')
    [url] = server.wait_log(r'^profiler: stored profiles: of \S+/shop/profiles; open (\S+)$')
    assert url == 'http://127.0.0.1:%d/_profiles/' % server.port
    store(server, '/hello')
    assert TITLE in server.get('/_profiles/').body
    [row] = rows_of(server.get('/_profiles/index.json'))
    assert {name.rpartition('.')[2] for name in row['files']} == {'prof', 'json'}
    stranger = ask(server, '/_profiles/', address=NOBODY)
    assert stranger.body == b'hello'  # the app's


def test_a_network_opens_it_under_known_names_only(started):
    server = started('the shelf for a network')
    for host, opens in ((HOST, True), (HOST.upper() + ':8000', True), ('10.1.0.1', True),
                        ('[::1]:8000', True), ('localhost', True), ('evil.example', False),
                        ('x.' + HOST, False), ('', False)):
        answer = ask(server, '/_profiles/', address=COLLEAGUE, host=host)
        assert (TITLE in answer.body) == opens, host
    assert TITLE not in ask(server, '/_profiles/', address=NOBODY, host=HOST).body


def signed_url(server):
    url = subprocess.run(['sh', '-c', command('p=/_profiles/ ')], cwd=server.directory, check=True,
                         stdout=subprocess.PIPE).stdout.decode().strip()
    assert url.startswith('http://localhost:8000/_profiles/?profile=exp=') and 'sig=' in url
    return url[len('http://localhost:8000'):]


def session_of(answer):
    assert answer.status == 303 and header(answer, 'Location') == './', answer
    cookie = header(answer, 'Set-Cookie')
    assert 'HttpOnly' in cookie and 'SameSite=Lax' in cookie and 'Path' not in cookie
    return cookie.partition(';')[0]


def test_a_signed_url_opens_a_session(serve):
    server = serve('plain', SHELF + KEY_FILE, prepare=prepare)
    url = signed_url(server)
    assert server.get('/_profiles/').body == b'hello'
    cookie = session_of(server.get(url))
    assert cookie.startswith('profiler_session=')
    for path in ('/_profiles/', '/_profiles/index.json', '/_profiles/merge'):
        assert server.get(path, {'Cookie': cookie}).status == 200
    assert TITLE in server.get('/_profiles/', {'X-Profile': 'key=' + KEY}).body
    for changed in (url.replace('exp=', 'exp=1'), url[:-1] + chr(ord(url[-1]) ^ 1)):
        assert server.get(changed).body == b'hello'
    for other in (cookie[:-1], cookie + '0', cookie.replace('=', '=9')):
        assert TITLE not in server.get('/_profiles/', {'Cookie': other}).body
    secure = server.get(url, {'X-Forwarded-Proto': 'https'})
    assert '; Secure' in header(secure, 'Set-Cookie') and session_of(secure)


def test_a_session_cannot_profile(serve):
    server = serve('plain', SHELF + KEY_FILE + 'profiler-trigger = cookie:profiler_session\n'
                   'profiler-trigger = query:profile', prepare=prepare)
    cookie = session_of(server.get(signed_url(server)))
    for path in ('/hello', '/hello?profile'):
        assert header(server.get(path, {'Cookie': cookie}), 'X-Profile-Id') is None


@pytest.mark.skipif(not NGINX, reason='no nginx: tests/deps.sh test installs it')
@pytest.mark.parametrize('key', [False, True])
def test_behind_nginx_below_another_path(started, tmp_path, key):
    server = started('the shelf behind nginx', KEY_FILE if key else '')
    text = snippet('nginx', 'the shelf')
    assert '127.0.0.1:8000' in text
    front = Nginx(tmp_path, text.replace('127.0.0.1:8000', '127.0.0.1:%d' % server.port))
    try:
        check_behind_nginx(server, front, key)
    finally:
        front.stop()


def check_behind_nginx(server, front, key):
    place, headers = '/internal/profiles/', {'Host': HOST}
    if key:
        first = front.get(signed_url(server).replace('/_profiles/', place), headers, client=COLLEAGUE)
        headers['Cookie'] = session_of(first)
    for path in ('', 'index.json', 'merge', 'compare'):
        assert front.get(place + path, headers, client=COLLEAGUE).status == 200, path
        assert TITLE not in front.get(place + path, headers, client=NOBODY).body
    page = front.get(place, headers, client=COLLEAGUE).body.decode()
    assert not re.search(r'(?:href|src|action)="/', page)
    assert header(front.get(place, headers, client=COLLEAGUE), 'Cache-Control') == 'private, no-store'


def test_a_copied_directory(serve, tmp_path):
    server = serve('plain', SHELF, prepare=prepare)
    store(server, '/hello')
    shutil.copytree(server.directory / 'shop' / 'profiles', tmp_path / 'profiles')
    before = sorted((path.name, path.stat().st_mtime_ns) for path in (tmp_path / 'profiles').iterdir())
    port = free_port()
    line = command('uwsgi --http-socket ').replace('8001', str(port))
    line = line.replace('-plugin profiler ', '-plugin %s ' % PLUGIN).replace('uwsgi ', UWSGI + ' ', 1)
    with open(tmp_path / 'log', 'wb') as log:
        process = subprocess.Popen(['sh', '-c', 'exec ' + line], cwd=tmp_path, stdout=log, stderr=log,
                                   stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        def read_url():
            assert process.poll() is None, (tmp_path / 'log').read_text()
            return re.findall(r'stored profiles: of \S+/profiles; open (\S+)$',
                              (tmp_path / 'log').read_text(), re.M)
        [url] = wait_for('the URL', read_url)
        assert url == 'http://127.0.0.1:%d/' % port
        with urllib.request.urlopen(url, timeout=HANG) as page:
            assert TITLE in page.read()
        with urllib.request.urlopen(url + 'index.json', timeout=HANG) as answer:
            [row] = json.load(answer)['rows']
        with urllib.request.urlopen(url + row['id'], timeout=HANG) as page:
            assert b'"path":"/hello"' in page.read()
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(HANG)
    assert before == sorted((path.name, path.stat().st_mtime_ns)
                            for path in (tmp_path / 'profiles').iterdir())


def test_a_client_that_may_profile_sees_what_others_did(started):
    """As the chapter and the table of threats say."""
    server = started('the shelf for a network', 'profiler-trigger = always\n')
    ask(server, '/hello', 'token=secret', address=NOBODY)
    wait_for('the index', lambda: rows_of(
        ask(server, '/_profiles/index.json', address=COLLEAGUE, host=HOST)))
    [row] = rows_of(ask(server, '/_profiles/index.json', address=COLLEAGUE, host=HOST))
    assert row['path'] == '/hello' and row['query'] == 'token=secret'


# the data

@pytest.fixture(scope='module')
def full(served):
    server = served('plain', SHELF, prepare=prepare)
    store(server, '/hello', '/orders/1', '/orders/2')
    return server


def get_index(server, query=''):
    answer = server.get('/_profiles/index.json' + query)
    return answer.status, json.loads(answer.body)


def test_the_table_of_parameters_has_all_and_no_other(full):
    status, answer = get_index(full, '?nonsense=1')
    assert status == 400
    known = re.search(r'possible: (.*)$', answer['error'])[1].split(', ')
    rows = table('docs/shelf.md', '## The data')
    assert sorted(name for row in rows for name in re.findall(r'`(\w+)`', row[0])) == sorted(known)
    for name in ('sort', 'order', 'view'):
        status, answer = get_index(full, '?%s=nonsense' % name)
        possible = re.search(r'possible: (.*)$', answer['error'])[1].split(', ')
        [meaning] = [row[1] for row in rows if '`%s`' % name in row[0]]
        assert sorted(re.findall(r'`(\w+)`', meaning)) == sorted(possible), name


def test_the_table_of_members_has_all_and_no_other(full):
    _, rows = get_index(full)
    _, routes = get_index(full, '?view=routes')
    _, restart = get_index(full, '?after=99999999-00c0ffee00c0ffee')
    assert restart['restart'] is True and not restart['rows']
    named = re.findall(r'^\| (`v`.*?)\n\n', PAGE, re.M | re.S)[0].splitlines()
    named = [name for row in named for name in re.findall(r'`(\w+)`', row.strip('| ').split(' | ')[0])]
    assert sorted(named) == sorted({*rows, *routes, *restart})
    members = [name for row in table('docs/files.md', '## The index')
               for name in re.findall(r'`(\w+)`', row[0])]
    assert sorted(rows['rows'][0]) == sorted(members)
    _, by_path = get_index(full, '?sort=path')
    assert sorted(by_path['rows'][0]) == sorted([*members, 'key'])
    assert set(routes['routes'][0]) == {'route', 'count', 'elapsed_ms'}


def test_the_program_gives_all_profiles(full):
    code = snippet('python', 'all stored profiles that match')
    assert "'http://127.0.0.1:8000/_profiles', status='5xx', min=500" in code
    code = code.replace('127.0.0.1:8000', '127.0.0.1:%d' % full.port)
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(code.replace("status='5xx', min=500", "status='2xx', min=0"), {})
    assert [line.split()[2] for line in output.getvalue().splitlines()] == [
        '/orders/2', '/orders/1', '/hello']


def test_curl_asks_for_the_data(full):
    line = command('curl ').replace('127.0.0.1:8000', '127.0.0.1:%d' % full.port).replace('5xx', '2xx')
    done = subprocess.run(['sh', '-c', line], check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL)
    assert len(json.loads(done.stdout)['rows']) == 3
