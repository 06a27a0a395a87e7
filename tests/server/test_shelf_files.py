"""The shelf serves files of the index and no other byte: paths that lead elsewhere, links,
pipes, files of others, and a directory that changes meanwhile."""
import json
import os
import socket
import threading
import time

import pytest

from harness import HANG, header, parse_response, wait_for
from loops import together
from shelf import SHELF, guards, plant, rows, stored
from test_shelf_modes import opened

SECRET = b'the bytes of another file'
HEX = 'feedfacefeedface'


@pytest.fixture(scope='module')
def server(served):
    started = served('plain', SHELF + 'profiler-dir-max-files = 0')
    (started.directory / 'secret').write_bytes(SECRET)
    (started.directory / 'profiles').mkdir(exist_ok=True)
    (started.directory / 'profiles' / 'beside.json').write_bytes(SECRET)
    (started.directory / 'profiles' / 'beside').mkdir()
    (started.directory / 'profiles' / 'beside' / 'x.json').write_bytes(SECRET)
    return started


def never_read(server, path):
    """The answer's status; it has nothing of the secret."""
    answer = parse_response(server.raw(
        b'GET /_profiles/%s HTTP/1.0\r\nHost: localhost\r\n\r\n' % path))
    assert SECRET not in answer.body, path
    return answer.status


@pytest.mark.parametrize('path', [
    b'../secret', b'%2e%2e/secret', b'..%2fsecret', b'%2e%2e%2fsecret', b'..%5csecret',
    b'%252e%252e%252fsecret', b'....//secret', b'./../secret', b'x/../../secret', b'..;/secret',
    b'%c0%ae%c0%ae/secret', b'%uff0e%uff0e/secret', b'/etc/passwd', b'//etc/passwd',
    b'beside.json', b'beside', b'beside/x.json', b'index.jsonl', b'.', b'..', b'%00', b'\x00',
    b'feedfacefeedface.json%00.prof', b'feedfacefeedface%00.json', b'feedfacefeedface.json/',
    b'feedfacefeedface/../beside.json', b'feedfacefeedface..json', b'feedfacefeedface.json.prof',
    b'FEEDFACEFEEDFACE', b'feedfacefeedfac', b'feedfacefeedfacee', b'feedfacefeedfac*',
    b'feedface%66eedface.', b'index.json/', b'index.json/..', b'merge/', b'compare/x',
    b'?../secret', b'#../secret', b'%', b'%zz', b'%2', b' ', b'%20', b'\xff\xfe', b'a' * 3000,
    b'feedfacefeedface.speedscope.json', b'feedfacefeedface.pb', b'feedfacefeedface.'])
def test_paths_that_lead_elsewhere(server, path):
    if not any(row['id'] == HEX for row in rows(server)):
        plant(server, HEX, '{}')
    assert never_read(server, path) in (200, 400, 404, 303, 0)
    assert server.get('/_profiles/%s.json' % HEX).body == b'{}'


NAMES = ['../secret.json', '/etc/passwd.json', 'beside/x.json', '..json', '.json', '', '.', '..',
         '../profiles/beside.json', 'x\0.json', 'x\n.json', 'index.jsonl', 'secret', 'x.exe',
         '.x.json', 'a' * 300 + '.json', 'beside\\x.json/../x.json', '\ud800.json']


@pytest.mark.parametrize('number', range(len(NAMES)))
def test_an_index_that_names_other_files(serve, number):
    """Such a line is not one of the index."""
    server = serve('plain', SHELF)
    (server.directory / 'secret.json').write_bytes(SECRET)
    plant(server, HEX, name=NAMES[number])
    answer = json.loads(server.get('/_profiles/index.json').body)
    assert answer['rows'] == []
    for path in (HEX, HEX + '.json', HEX + '.prof'):
        assert never_read(server, b'%s' % path.encode()) == 404


def link(target):
    return lambda path: path.symlink_to(target)


KINDS = {
    'a link': (link('../secret'), 'is a link, which is not followed'),
    'a link to a file beside it': (link('beside.json'), 'is a link, which is not followed'),
    'a dangling link': (link('nothing'), 'is a link, which is not followed'),
    'a loop of links': (link('kind.json'), 'is a link, which is not followed'),
    'a directory': (lambda path: path.mkdir(), 'is not a regular file'),
    'a pipe': (os.mkfifo, 'is not a regular file'),
    'nothing': (lambda path: None, 'is not there any more'),
}


def bind(path):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(path))


@pytest.mark.parametrize('kind', [*KINDS, 'a socket'])
def test_what_is_no_file_any_more(serve, kind):
    server = serve('plain', SHELF)
    make, why = KINDS.get(kind, (bind, 'cannot be opened'))
    directory = server.directory / 'profiles'
    wait_for('the directory', directory.exists)
    (server.directory / 'secret').write_bytes(SECRET)
    (directory / 'beside.json').write_bytes(SECRET)
    make(directory / 'kind.json')
    plant(server, HEX, name='kind.json')
    for path in (HEX, HEX + '.json'):
        answer = server.get('/_profiles/' + path)
        assert answer.status == 410 and guards(answer)
        assert answer.body.decode() == 'profile %s: its file .json %s\n' % (HEX, why)
    assert [row['id'] for row in rows(server)] == [HEX]


def test_a_file_of_another_name(serve):
    """Each is named so that a browser stores just that."""
    server = serve('plain', SHELF)
    for number, (name, plain, encoded) in enumerate([
            ('a b.json', 'a b.json', 'a%20b.json'), ('a"b.json', 'a_b.json', 'a%22b.json'),
            ('größe;x.json', 'gr____e;x.json', 'gr%C3%B6%C3%9Fe%3Bx.json'),
            ("a'%41\\.json", "a'_41_.json", 'a%27%2541%5C.json')]):
        profile = '%016x' % number
        plant(server, profile, '{"n":%d}' % number, name)
        answer = server.get('/_profiles/%s.json' % profile)
        assert answer.body == b'{"n":%d}' % number
        assert header(answer, 'Content-Disposition') == (
            'attachment; filename="%s"; filename*=UTF-8\'\'%s' % (plain, encoded))


def test_a_file_that_is_too_large_for_a_page(serve):
    """To measure it would take longer than any other answer."""
    server = serve('plain', SHELF)
    plant(server, HEX, '{}')
    path = server.directory / 'profiles' / (HEX + '.json')
    os.truncate(path, 1 << 30)
    answer = server.get('/_profiles/' + HEX)
    guards(answer)
    assert answer.status == 404 and answer.body == b'profile %s: its file .json is too large for a page (256 MB)\n' % (
        HEX.encode())
    file = server.get('/_profiles/%s.json' % HEX, method='HEAD')
    assert file.status == 200 and header(file, 'Content-Length') == str(1 << 30)
    assert not [name for name in opened(server) if HEX in name]


def test_speedscope_is_not_json(serve):
    server = serve('plain', SHELF + 'profiler-format = speedscope')
    profile = stored(server)[0]
    data = [json.loads(server.get('/_profiles/%s%s' % (profile, ending)).body)
            for ending in ('.json', '.speedscope.json')]
    assert 'meta' in data[0] and '$schema' in data[1]
    plant(server, HEX, '[]', 'x.speedscope.json')
    assert server.get('/_profiles/%s.json' % HEX).status == 404
    assert server.get('/_profiles/%s.speedscope.json' % HEX).body == b'[]'


FOREIGN = [b'', b'{', b'null', b'</script><script>alert(1)</script>', b'<!--<script>',
           b'{"v":1,"meta":{"id":"</script><img src=x onerror=alert(1)>"}}', b'\xff\xfe\x00',
           b'{"v":1}' * 10000, b'<' * 100000, b'\\u003c/script\\u003e', b'\xef\xbb\xbf{}',
           '<\u2028\u2029>'.encode()]


@pytest.mark.parametrize('number', range(len(FOREIGN)))
def test_foreign_files_never_become_part_of_the_page(serve, number):
    """A copied directory: what is in it is data, and all of it is."""
    server = serve('plain', SHELF)
    data = plant(server, HEX, FOREIGN[number], path='</script><script>alert(2)</script>',
                 route='</script><b>')
    (server.directory / 'profiles' / (HEX + '.html')).write_bytes(b'<script>alert(3)</script>')
    page = server.get('/_profiles/' + HEX)
    guards(page)
    assert page.status == 200
    head, _, rest = page.body.partition(b'id="profile">')
    assert rest.partition(b'</script>')[0] == data.replace(b'<', b'\\u003c')
    merge = server.get('/_profiles/merge').body
    for tag in (b'<script', b'</script', b'<!--', b'<b>', b'<img'):
        assert page.body.count(tag) == merge.count(tag), tag
    assert server.get('/_profiles/%s.html' % HEX).status == 404
    assert server.get('/_profiles/%s.json' % HEX).body == data


def test_a_stored_page_is_an_attachment_in_a_sandbox(serve):
    server = serve('plain', SHELF)
    data = plant(server, HEX, '<script>alert(1)</script>', HEX + '.html')
    answer = server.get('/_profiles/%s.html' % HEX)
    assert answer.body == data and guards(answer).endswith('sandbox')
    assert header(answer, 'Content-Disposition').startswith('attachment')


def test_a_directory_that_is_pruned_while_it_is_read(serve):
    """Each answer is whole and of its own profile, or says that it is gone."""
    server = serve('plain', SHELF + 'threads = 4\nprofiler-dir-max-files = 6\n'
                   'profiler-trigger = always')
    begun = time.monotonic()
    seen = {200: 0, 404: 0, 410: 0}

    def goes_on():
        return time.monotonic() - begun < (5 if seen[200] else HANG)

    def write():
        while goes_on():
            assert server.get('/recursion').status == 200

    def read():
        while goes_on():
            for row in rows(server):
                for path in (row['id'], row['id'] + '.json'):
                    answer = server.get('/_profiles/' + path)
                    guards(answer)
                    seen[answer.status] += 1
                    if answer.status == 200:
                        assert b'"id":"%s"' % row['id'].encode() in answer.body
                    else:
                        assert row['id'].encode() in answer.body and answer.body.count(b'\n') == 1
        return True
    results = together(write, write, read, read)
    assert results[2:] == [True, True] and seen[200], seen


def test_a_file_that_is_written_while_it_is_read(serve):
    """An answer has the length that it was announced with, whatever becomes of the file."""
    server = serve('plain', SHELF + 'threads = 2')
    plant(server, HEX, '"' + '<' * 3000000 + '"')
    path = server.directory / 'profiles' / (HEX + '.json')
    for change in (lambda: os.truncate(path, 1000), lambda: path.write_bytes(b'<' * 9000000),
                   path.unlink):
        path.write_bytes(b'"' + b'x<' * 1500000 + b'"')
        with server.open('/_profiles/' + HEX) as reading:
            data = reading.recv(1000)
            change()
            while more := reading.recv(1 << 20):
                data += more
        answer = parse_response(data)
        assert len(answer.body) <= int(header(answer, 'Content-Length'))
        assert server.get('/hello').body == b'hello'


def test_an_incomplete_last_line_is_not_there_yet(serve):
    server = serve('plain', SHELF)
    plant(server, HEX, '{}')
    index = server.directory / 'profiles' / 'index.jsonl'
    line = index.read_text().replace(HEX, '0123456789abcdef')
    with open(index, 'a') as file:
        file.write(line[:-1])
    assert [row['id'] for row in rows(server)] == [HEX]
    assert server.get('/_profiles/0123456789abcdef').status == 404
    with open(index, 'a') as file:
        file.write('\n')
    assert len(rows(server)) == 2


@pytest.mark.parametrize('change', ['gone', 'a file', 'unreadable index', 'index is a link'])
def test_a_directory_that_cannot_be_read(serve, change):
    server = serve('plain', SHELF)
    stored(server)
    directory = server.directory / 'profiles'
    if change == 'index is a link':
        os.rename(directory / 'index.jsonl', server.directory / 'moved')
        (directory / 'index.jsonl').symlink_to('../moved')
    elif change == 'unreadable index':
        (directory / 'index.jsonl').unlink()
        (directory / 'index.jsonl').mkdir()
    else:
        os.rename(directory, server.directory / 'moved')
        if change == 'a file':
            directory.write_text('')
    answer = server.get('/_profiles/index.json')
    assert answer.status == 503 and json.loads(answer.body)['error'], answer
    page = server.get('/_profiles/' + HEX)
    assert page.status == 503 and page.body.count(b'\n') == 1, page
    assert server.get('/_profiles/').status == 200 and server.get('/hello').body == b'hello'


def test_readers_beside_profiled_load(serve):
    """20 of them: no answer of the app is wrong."""
    server = serve('plain', SHELF + 'processes = 2\nthreads = 4\nlisten = 100\n'
                   'profiler-trigger = always\nprofiler-dir-max-files = 60')
    begun = time.monotonic()
    wrong, counts = [], {'app': 0, 'shelf': 0}

    def goes_on():
        enough = counts['app'] > 20 and counts['shelf'] > 100
        return time.monotonic() - begun < (6 if enough else HANG)

    def load():
        while goes_on():
            answer = server.get('/recursion', {'X-Forwarded-For': '192.0.2.1'})
            counts['app'] += 1
            if (answer.status, answer.body) != (200, b'146') or 'X-Profile-Id' in dict(answer.headers):
                wrong.append(answer)

    def reader():
        while goes_on():
            for path in ['/_profiles/', '/_profiles/index.json?limit=20'] + [
                    '/_profiles/%s.json' % row['id'] for row in rows(server, '?limit=3')]:
                answer = server.get(path)
                counts['shelf'] += 1
                if answer.status not in (200, 404, 410) or (
                        int(header(answer, 'Content-Length')) != len(answer.body)):
                    wrong.append(answer)
    threads = [threading.Thread(target=target) for target in [load] * 4 + [reader] * 20]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong and counts['app'] > 20 and counts['shelf'] > 100, (counts, wrong[:3])
