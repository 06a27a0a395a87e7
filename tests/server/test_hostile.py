"""Names that would break a format, in every format of real requests; and the figures of all
formats of one request, which are the same."""
import gzip
import io
import json
import marshal
import pstats
import re
import sys
import urllib.parse

import pytest

from harness import ROOT, header, parse_records, parse_response, profile_id, wait_for
from samples import if_quiet, several_times
from test_page import BROWSER, Page, page

sys.path.append(str(ROOT / 'tests' / 'unit'))
import pprof_reader  # noqa: E402

NAMES = ['</script>', '</ScRiPt ><script>alert(1)</script>', '<!--', '-->', '<!--<script>', '"', "'",
         '&', '&lt;&amp;', 'a\u2028b\u2029c', '\U0001f40d\U0001f468\u200d\U0001f469', '\u202egnitrid\u202c',
         '\u200fmark', '\u2067isolate\u2069', 'x' * 10000, 'line\nbreak\r\n', 'tab\tnul\0', '\x1b[31mred',
         '\ud800lone', 'semi;colon 12', 'back\\slash', '{}%s%n', ']]>', '</pre>', '</style>', '\ufeff',
         '\x85next', '-' * 80, 'e\u0301', '$(id)', '`id`', '\udcff\udcfe', '<built-in method x>']
FORMATS = ('html', 'json', 'txt', 'prof', 'folded', 'speedscope', 'pprof')


def short(value):
    return ascii(value)[:20]


def shown(text):
    """What UTF-8 has no bytes for is escaped, unless it stands for bytes that are UTF-8."""
    escaped = re.sub('[\ud800-\udc7f\udd00-\udfff]', lambda m: '\\u%04x' % ord(m[0]), text)
    return escaped.encode('utf-8', 'surrogateescape').decode('utf-8', 'backslashreplace')


def harmless(text):
    """No character that a terminal or a reader of lines takes for more than itself."""
    return not re.search('[\0-\x1f\x7f-\x9f\u2028\u2029]', text)


@pytest.fixture(scope='module', params=['deterministic', 'sampling'])
def server(served, request):
    def prepare(directory):
        (directory / 'names').write_text(json.dumps(NAMES))
    return served('answers:everywhere', '''
        buffer-size = 65535
        profiler-mode = %s
        profiler-interval = 200us
        profiler-restrictions = none
    ''' % request.param, prepare=prepare)


def ask(server, word, path=b'/hostile', query=b'', headers=()):
    response = server.get(path + b'?profile=' + word.encode() + (b'&' + query if query else b''),
                          headers)
    assert response.status == 200, response
    return response.body


def names_of(word, body):
    """All function names in a report, with the reader of its format, and all of its text."""
    if word in ('html', 'json'):
        data = Page(body).data if word == 'html' else json.loads(body.decode())
        return {data['str'][i].replace('Class.', '', 1) for i in data['func']['name']}
    if word == 'prof':
        return {key[2] for key in marshal.loads(body)}
    if word == 'speedscope':
        return {frame['name'] for frame in json.loads(body.decode())['shared']['frames']}
    if word == 'pprof':
        return {frame.name for stack, _ in pprof_reader.read(gzip.decompress(body))['samples']
                for frame in stack}
    if word == 'txt':  # the table is pstats' own, raw; its names come in several lines then
        text = body.decode()
        [record] = parse_records(text)
        return {record.table}
    text = body.decode()
    if word == 'folded':
        lines = text.split('\n')
        assert lines.pop() == '' and all(re.fullmatch(r'[^\n]+ \d+', line) for line in lines)
        assert len(text.splitlines()) == len(lines)
        return {frame for line in lines for frame in line.rpartition(' ')[0].split(';')}
    raise AssertionError(word)


def is_there(word, name, found):
    name = shown(name)
    if word in ('html', 'json', 'prof'):
        return name in found
    if word == 'txt':
        return any('(%s)' % name in table for table in found)
    if not harmless(name) or ';' in name:
        return True  # shown otherwise; that it parses is the point
    return any(text.replace('Class.', '', 1).startswith(name) for text in found)


@pytest.mark.parametrize('word', FORMATS)
def test_function_and_file_names(server, word):
    sampling = 'mode = sampling' in server.ini.read_text()
    headers = {'X-Seconds': '0.003'} if sampling else {}  # to be met by samples
    found = set()

    def check():
        found.update(names_of(word, ask(server, word, headers=headers)))
        missing = [ascii(name)[:100] for name in NAMES if not is_there(word, name, found)]
        assert sampling or not missing, missing
        if_quiet(not missing, missing)
    several_times(check)


def quoted(text):
    return urllib.parse.quote(text.encode('utf-8', 'surrogateescape'), safe="'&").encode()


REQUESTS = [name for name in NAMES if '\ud800' not in name]


@pytest.mark.parametrize('word', FORMATS)
def test_paths_and_queries(server, word):
    for name in REQUESTS:
        body = ask(server, word, b'/' + quoted(name).replace(b'&', b'%26'), b'q=' + quoted(name))
        found = names_of(word, body)
        if word in ('html', 'json'):
            meta = Page(body).meta if word == 'html' else json.loads(body.decode())['meta']
            path = '/' + re.sub('[\udc80-\udcff]', '\ufffd', name)
            assert meta['path'] == path
            assert meta['query'] == 'q=%s' % quoted(name).decode()
            assert 'GET ' + path in found
        if word == 'txt':
            [record] = parse_records(body.decode())
            assert harmless(record.path_repr) and record.path_repr[0] in '\'"'


def test_bytes_as_they_come(server):
    """Not escaped by a browser: what uWSGI's parser lets through."""
    for bad in (b'/<script>"\'&', b'/\xff\xfe\xe2\x28\xa1\xf0\x9f', b'/\xe2\x80\xa8', b'/\x80' * 500):
        for word in FORMATS:
            names_of(word, ask(server, word, bad, b'q=' + bad + b'</script><!--'))


@pytest.mark.parametrize('status', ['200 </script><!-- "\'&', '404 ' + 'x' * 10000, '500 \xe9\xff\x85',
                                    '302', '299 ', '7 odd', 'none at all', '99999 many', '-1 below'], ids=short)
def test_statuses_and_locations(server, status):
    where = '/</script><!--"\'&\xe9' + 'x' * 3000
    headers = {'X-Status': status, 'X-Location': where}
    for word in FORMATS:
        body = ask(server, word, headers=headers)
        names_of(word, body)
        if word == 'html':
            meta = Page(body).meta
            assert meta['location'] == where.replace('\xe9', '\ufffd')
            if status[:3].isdigit():
                assert meta['status'] == int(status[:3])
            else:  # uWSGI reads a number into some of them
                assert meta['status'] is None or 100 <= meta['status'] <= 999
    assert server.get('/', {'X-Status': '200 OK'}).body == b'survived'


def test_names_of_exceptions(serve):
    names = ['</script><!--', '"\'&', '\u2028', '\U0001f40d', 'x' * 10000]
    server = serve('answers', 'profiler-restrictions = none', prepare=lambda directory: (
        directory / 'names').write_text(json.dumps(names)))
    for number, name in enumerate(names):
        for word in FORMATS:
            body = server.get('/hostile_error?profile=' + word, {'X-Number': number}).body
            names_of(word, body)
            if word == 'html':
                assert Page(body).meta['exception'] == name


def test_names_of_apps(serve):
    """An app is named by its mount."""
    mounts = ['</script><!--', '"\'&', '\u202emark', '\U0001f40d', 'x' * 200]
    server = serve('', 'manage-script-name = true\n' + ''.join(
        'mount = /%s=plain:application\n' % mount for mount in mounts))
    for mount in mounts:
        for word in FORMATS:
            response = parse_response(server.uwsgi('/%s/hello' % mount, 'profile=' + word))
            assert response.status == 200
            names_of(word, response.body)
            if word == 'html':
                assert Page(response.body).meta['mount'] == '/' + mount


# the figures of one request

def derived(data):
    """{function: (calls, primitive, self, cumulative)} of the page's call tree, in ns, as
    plugin/profile/stats.c makes them."""
    func, node, texts = data['func'], data['node'], data['str']
    sampling = data['meta']['mode'] == 'sampling'
    counts = node['samples' if sampling else 'calls']
    names = []
    for i, kind in enumerate(func['kind']):
        file, name = texts[func['file'][i]], texts[func['name'][i]]
        if file != '~':
            name = name.rpartition('.')[2]
        elif 'cprofile' in func:
            name = texts[func['cprofile'][i]]
        names.append((file, func['line'][i], name))
    total, parents, path = list(node['self']), [], []
    for i, depth in enumerate(node['depth']):
        del path[depth:]
        parents.append(list(path))
        path.append(i)
    for i in reversed(range(1, len(total))):
        total[parents[i][-1]] += total[i]
    figures = {}
    for i in range(1, len(total)):
        key = node['func'][i]
        calls, primitive, own, cumulative = figures.get(key, (0, 0, 0, 0))
        outer = all(node['func'][parent] != key for parent in parents[i])
        figures[key] = (calls + counts[i], primitive + counts[i] * outer, own + node['self'][i],
                        cumulative + total[i] * outer)
    if sampling:
        figures = {key: (p, p, own, total) for key, (_, p, own, total) in figures.items()}
    figures = {names[key]: row for key, row in figures.items() if row[0] or row[3]}
    return total[0], figures


def check_same(figures, stats):
    assert set(figures) == set(stats)
    for key, (calls, primitive, own, cumulative) in figures.items():
        written = stats[key]
        assert (primitive, calls) == written[:2], key
        assert abs(own - written[2] * 1e9) < 2 and abs(cumulative - written[3] * 1e9) < 2, key


@pytest.mark.parametrize('mode', ['deterministic', 'sampling'])
def test_the_page_the_prof_and_the_log_say_the_same(serve, mode):
    server = serve('flask_app', '''
        profiler-mode = %s
        profiler-interval = 200us
        profiler-dir = @DIR@/profiles
        profiler-format = prof, json, html, txt
        profiler-filename-format = {id}.prof
        profiler-restrictions = none
        profiler-sort-by = cumulative, name
        profiler-output = log, file, html
    ''' % mode)
    server.get('/search?q=1')

    def check(path):
        response = server.get(path + '&profile' * ('?' in path) + '?profile' * ('?' not in path),
                              BROWSER)
        answer = page(response, header(response, 'X-Profile-Status'))
        record = server.record(response)
        paths = [server.directory / 'profiles' / (profile_id(response) + ending)
                 for ending in ('.prof', '.json', '.html', '.txt')]
        wait_for('the files', lambda: all(path.exists() for path in paths))
        stats = marshal.loads(paths[0].read_bytes())
        root, figures = derived(answer.data)
        elapsed = float(record.elapsed_ms)
        assert abs(root / 1e6 - elapsed) <= 0.01 * elapsed
        assert abs(answer.meta['wall_ns'] / 1e6 - elapsed) <= 0.001
        if figures:
            check_same(figures, stats)
        else:  # which few samples may give
            assert mode == 'sampling'
            assert stats == {('~', 0, '<no samples>'): (0, 0, 0.0, 0.0, {})}
        shown = io.StringIO()
        pstats.Stats(str(paths[0]), stream=shown).sort_stats('cumulative', 'name').print_stats()
        heading = 'filename:lineno(function)\n'
        printed = shown.getvalue().partition(heading)[2]
        assert record.table.partition(heading)[2] == printed and printed
        in_file = Page(paths[2].read_bytes())
        assert answer.data == in_file.data == json.loads(paths[1].read_text())
        [written] = parse_records(paths[3].read_text())
        assert answer.text == in_file.text
        for text in (written, *parse_records(answer.text)):
            assert (text.table, text.tree) == (record.table, record.tree)
        if_quiet(figures or path != '/sleep', record.text)
    for path in ('/search?q=1', '/search?q=', '/error', '/stream', '/redirect', '/sleep'):
        several_times(lambda: check(path))
