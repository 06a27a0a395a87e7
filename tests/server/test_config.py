"""A value that cannot be used stops the server at start, with one line that helps."""
import re

import pytest

from harness import APPS, PLUGIN, PYTHON_PLUGIN, run_uwsgi

LONG = 'x' * 70000


@pytest.fixture(scope='module')
def start(tmp_path_factory):
    """Starts a server with these lines; it does nothing but load its app, and ends."""
    ini = tmp_path_factory.mktemp('config') / 'uwsgi.ini'

    def run(*lines, load=(PYTHON_PLUGIN, PLUGIN)):
        text = ['[uwsgi]'] + ['need-plugin = %s' % plugin for plugin in load if plugin]
        text += ['pythonpath = %s' % APPS, 'module = plain:application', *lines,
                 'socket = 127.0.0.1:0', 'env = PYTHONDONTWRITEBYTECODE=1',
                 # ends right after the app has loaded, with status 0
                 'hook-post-app = print:the app has loaded', 'hook-post-app = exit:']
        ini.write_bytes('\n'.join(text).encode('utf-8', 'surrogateescape') + b'\n')
        return run_uwsgi('--ini', str(ini))
    return run


BAD = [
    ('mode', ['', 'determinstic', 'samplng', 'profile', 'deterministic, log', LONG]),
    ('interval', ['', '1', '0.5', '99us', '0ms', '1.001s', '2s', '1m', '1MS', '-1ms', '1e3us',
                  '1 ms', '.5ms', 'fast', '99999999999999999999s', LONG]),
    ('trigger', ['', 'query', 'query:', 'header:', 'cookie:', 'nonsense', 'nonsense:x', 'always:1',
                 'query:a b', 'header:X Profile', 'header:X-Prof\u00fcl', ':', 'query:' + LONG,
                 'always, query:x', 'var:', 'var:a b', 'var:HTTP_X', 'var:QUERY_STRING',
                 'var:REMOTE_USER', 'ratio', 'ratio:', 'ratio:0', 'ratio:1.1', 'ratio:1e-2',
                 'ratio:1%%', 'ratio:-0.5', 'ratio:0,5', 'ratio:' + LONG]),
    ('path', ['(', '[a', '(?P<a', '*', 'a{2,1}', '(' * 2000, '\\']),
    ('skip', ['(', '(?<=a+)b', 'x)']),
    ('show', ['(', '[a', '']),
    ('hide', ['x)', '(?<=a+)b', '']),
    ('group', ['', '^/a', '( name', '[a b', '^/a\\ name', '^/a b c', '^/(a) \\2', '^/a \\w', '^/a \\', LONG]),
    ('output', ['', 'logs', 'log, nonsense', 'log;file', ',', LONG]),
    ('output', ['file', 'log, file']),
    ('stream', ['', '/', '/nonexistent/directory/log', LONG]),
    ('keep', ['', 'none', 'slower', 'slower:', 'slower:500', 'slower:0ms', 'slower:2d',
              'status:', 'status:99', 'status:1000', 'status:5x', 'status:xxx', 'status:0xx',
              'status:5xx, exception', 'All', 'exception:x', LONG]),
    ('off-file', ['', LONG]),
    ('log-style', ['', 'tables', 'table, line', LONG]),
    ('sort-by', ['', 'totime', 'c', 'cum', 'n', 't', 'time, nonsense', '3', '-2', '1, 2', 'time calls',
                 ',', LONG, 'TIME']),
    ('restrictions', ['', '1.0', '1.5', '-1', '-0.5', '[bad', '10%%', '1e-3', '0x10', '10, ,20',
                      '(', '"open', '99999999999999999999', '10,']),
    ('dir', ['', '/nonexistent/parent/directory', '/dev/null', '/dev/null/x', 'x' * 300, LONG]),
    ('dir-mode', ['', '0800', 'rwx', '07777777', '-1', '0x1ff', '700 ']),
    ('file-mode', ['', '0800', 'rw', '07777777', '-1', '0o600', '6 0']),
    ('filename-format', ['', '{', '}', '{nonsense}', '{path', '{method}/{path}', '{elapsed:.0q}',
                         '{path:.2f}', '{}', '{0}', '{path!r}', '{elapsed:.99999f}',
                         '{status:99999999999d}', '../x', LONG]),
    ('format', ['', 'profs', 'prof;txt', 'prof,,txt', 'all', LONG]),
    ('allow', ['', '10.0.0', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.1/8', 'localhost', '::1/129',
               '1.2.3.4.5', '10.0.0.0/', '256.1.1.1', '::ffff:1.2.3.4/200', 'all', '*', '01.2.3.4',
               '10.0.0.1:80', '[::1]', 'fe80::1%%lo', LONG]),
    ('trusted-proxies', ['', '10.0.0', '10.0.0.1/8', 'localhost', '*', '10.0.0.1:80', LONG]),
    ('key-file', ['', '/nonexistent/key', '/dev/null', '/', LONG]),
    ('source', ['', 'yes', 'On', '1', 'on, off', LONG]),
    ('max-nodes', ['', '0', '-1', 'many', '1.5', '99999999999999999999', '4294967296', '64k x', LONG]),
    ('dir-max-files', ['', '-1', 'x', '1.5', '1k', '1000001', LONG]),
    ('dir-max-bytes', ['', '-1', 'm', '1.5g', '1t', '1025g', LONG]),
    ('max-per-minute', ['', '-1', 'x', '1.5', '1000000001', '99999999999999999999', LONG]),
    ('browse', ['', '_profiles', '/_profiles/', '//', '//x', '/a//b', '/..', '/a/../b', '/.', '/a/./b',
                '/a%%20b', '/a?b', '/a#b', '/a b', '/a;b', '/a\\b', '/<b>', '/"', '/größe', '*',
                'http://localhost/x', LONG, '/' + 'x' * 200]),
    ('browse-host', ['', 'a b', 'http://a', 'a:80', 'a/', '*.example', '[::1]', 'a,,b', ',', 'größe']),
    ('max-active', ['', '-1', 'x', '1.5', '99999999999999999999', '4294967296', LONG]),
]
# Spaces at the ends are trimmed by the server, so these are no errors:
FINE_AFTER_TRIMMING = {('dir-mode', '700 ')}
# Values for which the contract leaves it open whether they are errors.
CASES = [(name, value) for name, values in BAD for value in values
         if (name, value) not in FINE_AFTER_TRIMMING]


def shown(value):
    return repr(value if len(value) < 40 else '%s... (%d)' % (value[:10], len(value)))


@pytest.mark.parametrize('name, value', CASES, ids=[
    '%s=%s' % (name, shown(value)) for name, value in CASES])
def test_a_wrong_value_stops_the_server_with_one_line(start, name, value):
    status, output = start('profiler-%s = %s' % (name, value))
    assert status not in (0, -11, 139), output[-2000:]
    lines = [line for line in output.splitlines() if 'profiler-%s' % name in line]
    assert len(lines) == 1, output[-2000:]
    assert len(lines[0]) < 1000, len(lines[0])
    assert 'the app has loaded' not in output and 'Traceback' not in output
    echoed = value.replace('%%', '%')
    if 0 < len(value) < 40 and value.isascii():  # the value, or its item that is wrong
        assert any('"%s"' % text in lines[0] or text and text in lines[0] for text in
                   [echoed] + [item.strip() for item in re.split('[,; ]', echoed)]), lines[0]


@pytest.mark.parametrize('name, value, words', [
    ('sort-by', 'totime', ['"totime" is not a key', 'did you mean "tottime"', 'cumtime']),
    ('sort-by', 'cum', ['cumtime', 'cumulative']),
    ('mode', 'determinstic', ['possible: deterministic, sampling']),
    ('interval', '1', ['"1" lacks a unit (us, ms, s)', 'possible: 100us to 1s']),
    ('interval', '50us', ['"50us" is too short', 'possible: 100us to 1s']),
    ('show', '(', ['"(" is not a regular expression', 'file:line(name)']),
    ('hide', '[a', ['"[a" is not a regular expression', 'file:line(name)']),
    ('format', 'profs', ['prof', 'txt']),
    ('output', 'logs', ['log', 'file']),
    ('output', 'file', ['profiler-dir']),
    ('trigger', 'nonsense:x', ['query', 'header', 'cookie', 'var:NAME', 'always']),
    ('filename-format', '{nonsense}', ['nonsense', 'elapsed', 'path']),
    ('filename-format', '{method}/{path}', ['/']),
    ('allow', '10.0.0.1/8', ['10.0.0.0/8']),
    ('restrictions', '1.0', ['1.0']),
    ('log-style', 'tables', ['table', 'line', 'json']),
    ('trigger', 'ratio:5', ['"ratio:5" is not a ratio above 0 and at most 1', 'ratio:0.01']),
    ('keep', 'status:50', ['"status:50" is not a rule: "50" is too small',
                           'all, slower:500ms, status:5xx, status:404, exception']),
    ('browse', '_profiles', ['"_profiles" does not begin with a slash', 'as /_profiles']),
    ('browse', '/_profiles/', ['"/_profiles/" ends in a slash: leave that out']),
    ('browse', '/a//b', ['"/a//b" has two slashes in a row']),
    ('browse', '/a/../b', ['"/a/../b" has the part . or ..']),
    ('browse', '/a%%20b', ['"/a%20b" has a character besides letters']),
    ('browse', '/_profiles', ['it shows the profiles in a directory; set profiler-dir']),
    ('browse-host', 'a:80', ['"a:80" is not a host name, without a port']),
    ('max-per-minute', 'none', ['"none" is not a whole number', '0 (no limit)']),
])
def test_the_line_says_what_is_possible(start, name, value, words):
    status, output = start('profiler-%s = %s' % (name, value))
    [line] = [line for line in output.splitlines() if 'profiler-%s' % name in line]
    for word in words:
        assert word in line


@pytest.mark.parametrize('value', ['sesame, open', '"sesame;open"', 'sesame open 0123',
                                   'sesame-op\u00e9n', 'sesame' + LONG])
def test_a_key_that_cannot_be_used_is_not_told(start, value):
    status, output = start('profiler-key = ' + value)
    assert status not in (0, -11, 139) and 'the app has loaded' not in output
    [line] = [line for line in output.splitlines() if 'profiler-key' in line]
    assert 'sesame' not in output and '1 to 128 visible ASCII characters' in line


@pytest.mark.parametrize('content', ['sesame\nopen\n', 'sesame, open', 'sesame' + LONG])
def test_a_file_whose_key_cannot_be_used_stops_the_server(start, tmp_path, content):
    path = tmp_path / 'profiler.key'
    path.write_text(content)
    status, output = start('profiler-key-file = %s' % path)
    assert status not in (0, -11, 139) and 'the app has loaded' not in output
    [line] = [line for line in output.splitlines() if 'profiler-key' in line]
    assert 'sesame' not in output and str(path) in line and '1 to 128 visible' in line


def test_two_keys_stop_the_server(start, tmp_path):
    path = tmp_path / 'profiler.key'
    path.write_text('sesame-open-0123')
    path.chmod(0o600)
    status, output = start('profiler-key-file = %s' % path, 'profiler-key = sesame-open-0124')
    assert status not in (0, -11, 139) and 'the app has loaded' not in output
    [line] = [line for line in output.splitlines() if 'profiler-key' in line]
    assert 'leave one of them out' in line and 'sesame' not in output


@pytest.mark.parametrize('name, meant', [
    ('allwo', 'allow'), ('sortby', 'sort-by'), ('nonsense', None), ('Mode', 'mode'),
    ('trigger2', 'trigger'), ('', None)])
def test_an_unknown_option_stops_the_server(start, name, meant):
    for lines in (['profiler-%s = 1' % name], ['profiler-mode = deterministic',
                                               'profiler-%s' % name]):
        status, output = start(*lines)
        assert status not in (0, -11, 139), output
        assert 'the app has loaded' not in output
        lines = [line for line in output.splitlines() if 'profiler-%s' % name in line]
        assert len(lines) == 1, output
        if meant:
            assert 'profiler-' + meant in lines[0]


@pytest.mark.parametrize('name, meant', [
    ('profile-mode', 'mode'), ('profile-key', 'key'), ('profile-key-file', 'key-file'),
    ('profile-allow', 'allow'), ('profile_allow', 'allow'), ('profile-trusted-proxies', 'trusted-proxies')])
def test_an_option_without_its_r_stops_the_server(start, name, meant):
    status, output = start('%s = 10.0.0.1' % name)
    assert status not in (0, -11, 139) and 'the app has loaded' not in output
    assert '%s: there is no such option; did you mean profiler-%s? (' % (name, meant) in output


@pytest.mark.parametrize('name', ['profile', 'profile-of-the-shop', 'profiles-dir'])
def test_a_name_that_the_file_needs_for_itself_is_left_alone(start, name):
    status, output = start('%s = 1' % name)
    assert 'there is no such option' not in output and 'the app has loaded' in output


@pytest.mark.parametrize('name', ['profiler_key', 'profiler_key_file', 'profiler_allow', 'profiler_dir',
                                  'profiler_trusted_proxies'])
def test_an_option_with_underscores_stops_the_server(start, name):
    status, output = start('%s = 0123456789abcdef0123' % name)
    assert status not in (0, -11, 139) and 'the app has loaded' not in output
    assert '%s: there is no such option; did you mean %s? (uwsgi --help lists all)' % (
        name, name.replace('_', '-')) in output


GOOD = '''
    profiler-mode = deterministic
    profiler-interval = 0.5ms
    profiler-show = /shop/
    profiler-show = /site-packages/ours/
    profiler-hide = \\(<genexpr>\\)$
    profiler-group = ^/orders/\\d+/[^ /]+$ an-order's-part
    profiler-group = "^/(a|b)/ group-\\1"
    profiler-trigger = query:p
    profiler-trigger = header:X-My-Profile
    profiler-trigger = cookie:prof
    profiler-trigger = var:PROFILE
    profiler-trigger = always
    profiler-path = ^/a$|^/b$
    profiler-path = x{2,3}
    profiler-skip = \\.(css|js)$
    profiler-output = log, file
    profiler-stream = /dev/stdout
    profiler-log-style = line
    profiler-sort-by = cumulative, calls, ti, stdname
    profiler-restrictions = 30, 0.1, "a,b", 'x', foo, "10"
    profiler-dir = @DIR@/profiles
    profiler-dir-mode = 0750
    profiler-file-mode = 640
    profiler-filename-format = {method:>6}.{path}.{elapsed:08.3f}.{{x}}.{status:03d}.{id}
    profiler-format = prof, txt
    profiler-allow = 10.0.0.0/8, ::1
    profiler-key = sesame-open-0123
    profiler-trusted-proxies = 192.0.2.0/24, 127.0.0.1
    profiler-source = on
    profiler-max-nodes = 1000
    profiler-max-active = 1
    profiler-max-per-minute = 0
    profiler-trigger = ratio:0.001
    profiler-keep = slower:1.5s
    profiler-keep = status:5xx
    profiler-keep = status:404
    profiler-keep = exception
    profiler-off-file = @DIR@/none/off
    profiler-browse = /site/_profiles-1.2~x
    profiler-browse-host = profiles.example, other.example
    profiler-browse-host = third_one
'''


def test_good_values_start_the_server(start, tmp_path):
    tmp_path.chmod(0o755)
    status, output = start(*GOOD.replace('@DIR@', str(tmp_path)).strip().splitlines())
    assert 'the app has loaded' in output and status == 0, output


@pytest.mark.parametrize('line', [
    'profiler-restrictions = none', 'profiler-restrictions = 0', 'profiler-restrictions = 0.0',
    'profiler-restrictions = "a,b", 10', 'profiler-sort-by = -1', 'profiler-sort-by = 2',
    'profiler-sort-by = cu, p', 'profiler-allow = ::ffff:10.0.0.0/104',
    'profiler-filename-format = {{}}{time:.0f}', 'profiler-trigger = always',
    'profiler-keep = all', 'profiler-trigger = ratio:1', 'profiler-log-style = json',
    'profiler-mode = sampling', 'profiler-interval = 100us', 'profiler-interval = 1s'])
def test_these_values_are_fine(start, line):
    status, output = start(line)
    assert 'the app has loaded' in output and status == 0, output


def test_options_work_on_the_command_line_too():
    loads = [word for plugin in (PYTHON_PLUGIN, PLUGIN) if plugin
             for word in ('--need-plugin', plugin)]
    status, output = run_uwsgi(*loads, '--socket', '127.0.0.1:0', '--profiler-sort-by', 'totime')
    assert status != 0 and 'tottime' in output
    status, output = run_uwsgi(*loads, '--help')
    for name in {name for name, _ in BAD}:
        assert re.search(r'^ +--profiler-%s +\S+' % name, output, re.M), name


# loading

@pytest.mark.skipif(not PYTHON_PLUGIN, reason='Python is built into this server')
def test_without_pythons_plugin_the_server_says_so(start):
    status, output = start('profiler-mode = deterministic', load=(PLUGIN,))
    assert status not in (0, -11, 139) and 'the app has loaded' not in output
    lines = [line for line in output.splitlines() if 'profiler' in line and 'python' in line.lower()]
    assert lines, output


@pytest.mark.skipif(not PYTHON_PLUGIN, reason='Python is built into this server')
def test_the_order_of_plugins_is_named_when_it_is_wrong(start):
    status, output = start(load=(PLUGIN, PYTHON_PLUGIN))
    assert status not in (0, -11, 139) and 'the app has loaded' not in output
    assert re.search('profiler.*(before|after|first)', output), output


def test_loading_it_twice_is_harmless(start):
    status, output = start('plugin = %s' % PLUGIN)
    assert status == 0 and 'the app has loaded' in output, output
