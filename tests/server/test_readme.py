"""The README and the chapters say what is: their ini texts start a server that does what they
promise, their tables have all options, formats, metrics, notices and messages."""
import json
import re
import shutil

import pytest

import documents
import layers
from documents import PAGES, README, table
from harness import (METRICS, PLUGIN, PYTHON_PLUGIN, ROOT, header, parse_response,
                     run_uwsgi, wait_for)

KEY = 'sesame-open-0123'
NOBODY, COLLEAGUE = '203.0.113.9', '10.1.2.3'


def here(text, tmp_path):
    """The same, with its places in the server's own directory."""
    for place in ('/tmp/profiles', '/var/lib/shop', '/run/shop', '/etc/shop', '/var/lib/profiles'):
        text = re.sub(r'= %s\b' % place, '= @DIR@/' + place.rpartition('/')[2], text)
    assert not re.search(r'(?<!browse) = /', text), text
    return text


def prepare(directory):
    for name in ('shop', 'tmp'):
        (directory / name).mkdir()
    key = directory / 'shop' / 'profiler.key'
    key.write_text(KEY + '\n')
    key.chmod(0o600)


@pytest.fixture
def started(serve, tmp_path):
    """A server with the ini text of this comment."""
    def start(comment, module='plain', more='', change=('', '')):
        text = here(documents.snippet('ini', comment), tmp_path).replace(*change)
        if 'enable-metrics' in text:
            more += METRICS.replace('enable-metrics = true\n', '')
        return serve(module, text + more, prepare=prepare)
    return start


def index(directory):
    lines = (directory / 'index.jsonl').read_text().splitlines()
    return [json.loads(line) for line in lines]


def wait_index(directory, count):
    def read():
        found = index(directory) if (directory / 'index.jsonl').exists() else []
        return found if len(found) >= count else None
    found = wait_for('the index', read)
    assert len(found) == count, found
    return found


def ask(server, path, query='', address=NOBODY, host='shop.example', **variables):
    return parse_response(server.uwsgi(path, query, REMOTE_ADDR=address, HTTP_HOST=host,
                                       **variables))


# the ini texts

def test_development(started):
    server = started('development', module='flask_app')
    for _ in range(70):  # more than a minute has by default
        assert header(server.get('/', {'X-Profile': '1'}), 'X-Profile-Id')
    entries = wait_index(server.directory / 'profiles', 70)
    assert {name.rpartition('.')[2] for name in entries[0]['files']} == {'html', 'prof'}
    report = server.get('/?profile=sampling,json')
    assert json.loads(report.body) and 'profiler-source' not in server.log()
    assert header(ask(server, '/', 'profile', '172.17.0.1'), 'X-Profile-Id') is None


def test_staging(started):
    server = started('staging')
    answer = ask(server, '/hello', 'profile=txt', COLLEAGUE)
    assert b' sampling ' in answer.body
    assert header(ask(server, '/hello', HTTP_X_PROFILE='1', address=COLLEAGUE), 'X-Profile-Id')
    flagged = server.wait_metrics(started=2)
    answer = ask(server, '/hello', 'profile=txt')
    assert answer.body == b'hello' and not header(answer, 'X-Profile-Id')
    for _ in range(300):  # one in ten: none of so many in 5 of 10^14 times
        ask(server, '/hello')
    found = wait_for('profiles without a flag', lambda: (
        server.metrics()['started'] > flagged['started'] and server.metrics()))
    assert found['started'] < 2 + 150
    server.wait_metrics(denied=1)
    (server.directory / 'shop' / 'profiler.off').touch()
    wait_for('the off file to be seen', lambda: header(
        ask(server, '/hello', 'profile', COLLEAGUE), 'X-Profile-Error'))


def test_production(started):
    server = started('production', more='threads = 4\n')
    directory, log = server.directory / 'shop', server.directory / 'shop' / 'profiles.jsonl'
    shutil.rmtree(directory / 'profiles', ignore_errors=True)

    for path in ('/hello', '/health'):
        assert ask(server, path).status in (200, 404)
    assert ask(server, '/slow').status == 200
    entries = wait_index(directory / 'profiles', 1)
    assert entries[0]['path'] == '/slow' and entries[0]['mode'] == 'sampling'
    [name] = entries[0]['files']
    assert b'<!doctype html>' in (directory / 'profiles' / name).read_bytes()[:100]
    ask(server, '/raising')
    entries = wait_index(directory / 'profiles', 2)
    assert entries[1]['exception']
    assert [json.loads(line)['path'] for line in wait_lines(log, 2)] == ['/slow', '/raising']

    for flag in ('txt', 'txt,key=' + KEY):  # a key does not count in a query
        answer = ask(server, '/hello', 'profile=' + flag)
        assert answer.body == b'hello' and not header(answer, 'X-Profile-Id')
    assert header(ask(server, '/hello', HTTP_X_PROFILE='key=' + KEY), 'X-Profile-Id')
    wait_index(directory / 'profiles', 3)
    found = server.wait_metrics(kept=3, denied=2)
    assert found['discarded'] >= 2 and found['started'] == found['kept'] + found['discarded']
    for path in directory.rglob('*'):
        if path.is_file() and path.name != 'profiler.key':
            assert path.stat().st_mode & 0o77 == 0 and KEY.encode() not in path.read_bytes()
    assert not re.search('profiler: .*' + KEY, server.log())


def test_production_shows_what_a_killed_request_hung_in(started):
    server = started('production', change=('harakiri = 30', 'harakiri = 2'))
    ask(server, '/wait', 'a')
    [entry] = wait_index(server.directory / 'shop' / 'profiles', 1)
    [line] = wait_lines(server.directory / 'shop' / 'profiles.jsonl', 1)
    line = json.loads(line)
    assert entry['path'] == line['path'] == '/wait' and 'harakiri' in line['notices']
    assert any('wait_for_file' in row['name'] for row in line['functions'])


def wait_lines(path, count):
    def read():
        found = path.read_text().splitlines() if path.exists() else []
        return found if len(found) >= count else None
    return wait_for('lines in %s' % path, read)


def test_a_log_of_slow_requests(started):
    server = started('a log of slow requests and errors, with flame graphs')
    ask(server, '/hello')
    ask(server, '/slow')
    ask(server, '/raising')
    entries = wait_index(server.directory / 'profiles', 2)
    assert [entry['path'] for entry in entries] == ['/slow', '/raising']


# what the table of threats says, where no other test does

def test_a_report_has_none_of_the_apps_headers_for_other_sites(serve):
    for ini, readable in (('', None), ('add-header = Access-Control-Allow-Origin: *', '*')):
        server = serve('plain', ini)
        name = 'Access-Control-Allow-Origin'
        apps = server.get('/for_all')
        assert 'https://other.example' in dict(apps.headers)[name] if not ini else True
        report = server.get('/for_all?profile=txt', {'Origin': 'https://other.example'})
        assert header(report, 'X-Profile-Id') and header(report, name) == readable
        assert header(report, 'X-Content-Type-Options') == 'nosniff'


@pytest.mark.parametrize('ini, accepted', [
    ('', False), ('profiler-allow = 127.0.0.1', True), ('profiler-key = ' + KEY, False)])
def test_another_name_that_is_led_to_this_machine(serve, ini, accepted):
    server = serve('plain', ini)
    answer = ask(server, '/hello', 'profile=txt', '127.0.0.1', 'evil.example')
    assert bool(header(answer, 'X-Profile-Id')) == accepted


def test_the_rest_of_the_query_is_not_signed(serve):
    from test_access import in_force, signed
    server = serve('plain', 'profiler-key = ' + KEY)
    flag = signed('txt,' + in_force())
    for query, accepted in (('profile=' + flag, True), ('q=1&profile=' + flag, True),
                            ('profile=' + flag.replace('txt', 'log'), False)):
        assert bool(header(ask(server, '/hello', query), 'X-Profile-Id')) == accepted, query


# the tables

def help_of_the_server():
    """{option: its help}, in the order in which the server prints them."""
    loads = [word for plugin in (PYTHON_PLUGIN, PLUGIN) if plugin
             for word in ('--need-plugin', plugin)]
    found = re.findall(r'^\s+--(profiler-[\w-]+)\s+(.*)$', run_uwsgi(*loads, '--help')[1], re.M)
    assert len(found) > 20
    return dict(found)


def default_of(text):
    """Of an option, by its help."""
    found = re.search(r' \(default (.*)\)$', text)
    return found.group(1) if found else 'none'


def test_the_table_of_options_is_that_of_the_server():
    rows = table('docs/options.md', '# Options')
    named = [re.match(r'`(profiler-[\w-]+)`', row[0]).group(1) for row in rows]
    help_texts = help_of_the_server()
    assert named == list(help_texts)
    for name, (first, _, default) in zip(named, rows):
        assert default.replace('`', '') == default_of(help_texts[name]), name
        assert '(repeatable' in first or '(repeatable)' not in help_texts[name], name


def test_every_option_that_is_named_exists():
    known = set(help_of_the_server()) | {'profiler-allwo', 'profiler-dir-max', 'profiler-kills',
                                         'profiler-writer'}
    for page, text in PAGES.items():
        named = set(re.findall(r'(?<![\w/."\'-])profiler-[a-z-]+[a-z]', text))
        assert named <= known, (page, named - known)


def formats_of_the_source():
    text = (ROOT / 'plugin' / 'report' / 'formats.c').read_text()
    found = re.findall(r'^    \{"(\w+)", "[^"]*", "([.\w]+)"', text, re.M)
    assert len(found) > 5
    return dict(found)


def test_the_table_of_formats_has_all_and_no_other():
    rows = [[cell.strip('`') for cell in row[:2]] for row in table('docs/formats.md', '## Formats')]
    assert sorted(rows) == sorted(map(list, formats_of_the_source().items()))
    words = {word for row in table('docs/flags.md', '## The words of a flag')
             for word in re.findall(r'`(\w+)`', row[0])}
    assert words >= set(formats_of_the_source())


def test_the_table_of_metrics_has_all_and_no_other(serve):
    names = [row[0].strip('`') for row in table('docs/production.md', '## Metrics')]
    assert sorted(names) == sorted('profiler.' + name for name in serve('plain', METRICS).metrics())


STRINGS = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'


def messages():
    """What the sources log, or give as a reason; %s and the like are '...'."""
    code = '\n'.join(path.read_text() for path in sorted((ROOT / 'plugin').rglob('*.c')))
    found = re.findall(r'\b(?:profiler_log|uwsgi_log)\(\s*' + STRINGS, code)
    found += re.findall(r'\*why\s*=\s*' + STRINGS, code)
    found += re.findall(r'\brefuse\((?:slot,\s*)?' + STRINGS, code)
    found += re.findall(r'"cannot [a-z -]+%s[^"]*"', code)
    for text in found:
        text = ''.join(re.findall(r'"((?:[^"\\]|\\.)*)"', text)) or text
        text = re.sub(r'%[-.*0-9]*(?:ll|z)?[sducfx]', '...', text.replace('\\n', ''))
        text = re.sub(r'^profiler: (not loaded: )?|^\.\.\.; ', '', text.replace('\\"', '"'))
        if re.search('[a-z]{3}', text) and 'since the last such line' not in text:
            yield text


def pattern(row):
    return '.*'.join(re.escape(part) for part in re.split(r'\.\.\.', row))


def rows_of_messages():
    rows = re.findall(r'^\| (.*?) \| ', PAGES['docs/troubleshooting.md'], re.M)
    return [text for row in rows for text in re.findall(r'`(?:not loaded: )?([^`]*)`', row)]


def test_troubleshooting_has_every_message():
    rows, found = rows_of_messages(), list(messages())
    assert len(found) > 25
    missing = [text for text in found if not any(
        re.match(pattern(row), text) or re.match(pattern(text), row) for row in rows)]
    assert not missing


def test_troubleshooting_has_no_message_that_there_is_not():
    """By the longest part of each that does not vary."""
    code = '\n'.join(path.read_text() for path in (ROOT / 'plugin').rglob('*.[ch]'))
    texts = re.sub(r'"\s*"', '', code).replace('\\"', '"')
    texts = texts.replace('" SECRET_POSSIBLE', '').replace('take %d or more', 'take 16 or more')
    texts += re.sub(r"'\s*'", '', '\n'.join(
        path.read_text() for path in (ROOT / 'packaging' / 'pip').rglob('*.py')))
    texts += (ROOT / 'plugin' / 'needs.sh').read_text()
    others = ("unrecognized option '--", 'plugin =', 'need-plugin =', 'undefined symbol:',  # uWSGI's own
              'depends on uwsgi==', ', but you have uwsgi')  # pip's own
    for row in rows_of_messages():
        part = max(row.replace('"0.0.0.0"', '...').split('...'), key=len).strip()
        doing = re.sub('^cannot (.*)$', r'"\1"', part)  # "cannot %s %s: %s"
        assert part.startswith(others) or part in texts or doing in texts, row


def test_the_table_of_notices_has_all_and_no_other():
    names = re.findall(r'\[NOTICE_\w+\] =\s*\{"([\w-]+)"',
                       (ROOT / 'plugin' / 'profile' / 'profile.c').read_text())
    assert len(names) > 10
    rows = [name for row in table('docs/formats.md', '## Notices')
            for name in re.findall(r'`([\w-]+)`', row[0])]
    assert sorted(rows) == sorted(set(names))


def test_the_table_of_waits_has_all_and_no_other():
    names = re.findall(r'\[WAITS_\w+\] = "([\w ]+)"',
                       (ROOT / 'plugin' / 'system' / 'wait.c').read_text())
    assert len(names) > 10
    rows = [name.lower() for row in table('docs/sampling.md', '## What a request waits for')
            for name in re.findall(r'`([\w ]+)`', row[0])]
    assert sorted(rows) == sorted('other waits' if name == 'other' else name for name in names)


def test_the_table_of_folders_is_that_of_the_layers():
    rows = {row[0].strip('`'): re.findall(r'`([\w/]+)`', row[2])
            for row in table('docs/architecture.md', '## Folders')}
    assert {folder: sorted(names) for folder, names in rows.items()} == {
        folder: sorted(names.split()) for folder, names in layers.FOLDERS.items()}


def test_the_architecture_names_files_that_exist():
    named = re.findall(r'`([\w/]+/\w+[.][ch])`', PAGES['docs/architecture.md'] + PAGES['CONTRIBUTING.md'])
    assert len(named) > 40
    for path in named:
        places = [ROOT / path, ROOT / 'plugin' / path]
        assert 'NAME' in path or any(place.exists() for place in places), path


# the pages

def test_the_readme_is_short_and_leads_to_every_chapter():
    assert 200 <= len(README.splitlines()) <= 250
    for page in PAGES:
        assert page == 'README.md' or '](%s)' % page in README, page


@pytest.mark.parametrize('page', PAGES)
def test_links_lead_somewhere(page):
    titles = [documents.anchor(text) for _, text in documents.headings(page)]
    assert len(titles) == len(set(titles)) or page == 'CHANGELOG.md'
    directory = (ROOT / page).parent
    prose = re.sub(r'`[^`]*`', '', documents.without_blocks(PAGES[page]))
    for target in re.findall(r'\]\(([^)\s]+)\)', prose):
        if re.match('https?://', target):
            continue
        path, _, title = target.partition('#')
        found = (directory / path).resolve() if path else ROOT / page
        assert found.exists(), target
        if title:
            other = str(found.relative_to(ROOT))
            assert title in [documents.anchor(text) for _, text in documents.headings(other)], target


# Words that a reader has to decode, and what to write instead.
ODD = {'obeyed': 'accepted', 'heeded': 'accepted', 'in force': 'valid', 'parted by': 'separated by',
       'whoever': 'clients that', 'is nobody': 'is never trusted'}


@pytest.mark.parametrize('page', PAGES)
def test_everyday_words(page):
    prose = re.sub(r'`[^`]*`', '', documents.without_blocks(PAGES[page])).lower()
    prose = re.sub(r'\s+', ' ', prose)
    assert not [word for word in ODD if word in prose]
