"""Which flags are accepted, what the words of a flag do, and what strangers can see."""
import json
import re
import time

import pytest

from harness import header, parse_records, parse_response, profile_id, wait_for, without_ours


@pytest.fixture(scope='module')
def server(served):
    return served('plain', '''
        profiler-dir = @DIR@/profiles
        profiler-output = log
        profiler-restrictions = none
        profiler-trigger = query:profile
        profiler-trigger = header:X-Profile
        profiler-trigger = cookie:prof
    ''')


def files(server):
    directory = server.directory / 'profiles'
    return sorted(path.name for path in directory.glob('*.prof')) if directory.exists() else []


def is_profiled(response):
    return header(response, 'X-Profile-Id') is not None


# triggers and words

@pytest.mark.parametrize('flag', ['', '=', '=1', '=on', '=yes', '=true', '=deterministic',
                                  '=log', '=%6cog', '=log,deterministic', '=+log+,+limit=3',
                                  '=sort=cumulative:calls', '=limit=5', '=sort=cu:p,limit=0',
                                  '=sort%3Dtime', '=interval=2ms', '&profile=nonsense',
                                  '=1&profile=0'])
def test_these_queries_profile(server, flag):
    for query in ('profile' + flag, 'a=1&profile%s' % flag, 'profile%s&b=2' % flag):
        assert server.record(server.get('/hello?' + query)).path_repr == "'/hello'"


@pytest.mark.parametrize('query', ['', 'a=profile', 'profiles', 'xprofile=1', 'profile=nonsense',
                                   'profile=2', 'profile=log,nonsense', 'Profile', 'a=1;profile'])
def test_other_queries_are_the_apps_own(server, query):
    response = server.get('/hello?' + query)
    assert response.body == b'hello'
    assert not is_profiled(response) and header(response, 'X-Profile-Error') is None


@pytest.mark.parametrize('word', ['0', 'off', 'no', 'false'])
def test_off_stops_every_trigger(serve, word):
    server = serve('plain', 'profiler-trigger = always\nprofiler-trigger = query:profile\n'
                            'profiler-trigger = header:X-Profile\nprofiler-log-style = table')
    server.get('/hello')
    server.get('/missing?profile=' + word)
    server.get('/missing', {'X-Profile': word})
    server.get('/recursion')
    assert [record.path_repr for record in server.records(2)] == ["'/hello'", "'/recursion'"]


@pytest.mark.parametrize('value', ['1', '', 'on', ' log , limit=3 ', 'deterministic'])
def test_headers_and_cookies_profile(server, value):
    server.record(server.get('/hello', {'X-Profile': value}))
    server.record(server.get('/hello', {'Cookie': 'a=1; prof=%s; b=2' % value.strip().replace(
        ' ', '').replace(',', '%2C')}))


@pytest.mark.parametrize('value', ['html', 'txt', 'json%2Clog', 'sampling%2Cprof'])
def test_a_format_in_a_cookie_does_not_replace_the_answer(server, value):
    response = server.get('/hello', {'Cookie': 'prof=' + value, 'Accept': 'text/html',
                                     'Sec-Fetch-Dest': 'document'})
    assert (response.status, response.body) == (200, b'hello')
    assert header(response, 'X-Profile-Status') is None
    assert server.record(response).mode == ('sampling' if 'sampling' in value else 'deterministic')


@pytest.mark.parametrize('value, named', [
    ('nonsense', 'nonsense'), ('log,nonsense', 'nonsense'), ('sort=totime', 'totime'),
    ('limit=x', 'x'), ('limit=-1', '-1'), ('sort=', 'sort'), ('interval=5', '"5" lacks a unit'),
    ('interval=2s', '"2s" is too long'), ('sampling,deterministic', 'one mode')])
def test_a_wrong_word_in_the_header_is_an_error_that_names_it(server, value, named):
    response = server.get('/hello', {'X-Profile': value})
    assert response.body == b'hello' and response.status == 200
    assert named in header(response, 'X-Profile-Error') and not is_profiled(response)


@pytest.mark.parametrize('query', ['profile=limit=x', 'profile=sort=nonsense',
                                   'profile=interval=1h'])
def test_our_own_word_with_a_wrong_value_is_an_error_in_a_query_too(server, query):
    response = server.get('/hello?' + query)
    assert response.body == b'hello' and not is_profiled(response)
    assert query.rpartition('=')[2] in header(response, 'X-Profile-Error')


def test_an_error_names_the_choices(server):
    error = header(server.get('/hello', {'X-Profile': 'cvs'}), 'X-Profile-Error')
    for word in ('cvs', 'txt', 'deterministic', 'sampling', 'interval='):
        assert word in error
    error = header(server.get('/hello', {'X-Profile': 'sort=totime'}), 'X-Profile-Error')
    assert 'tottime' in error


def test_file_without_a_directory_is_an_error(serve):
    server = serve('plain')
    response = server.get('/hello', {'X-Profile': 'file'})
    assert response.body == b'hello' and 'profiler-dir' in header(response, 'X-Profile-Error')
    response = server.get('/hello?profile=file')
    assert response.body == b'hello' and 'profiler-dir' in header(response, 'X-Profile-Error')


def test_log_and_file_replace_the_configured_output(server):
    before = files(server)
    server.record(server.get('/hello?profile=log'))
    assert files(server) == before
    logged = len(parse_records(server.log()))
    answer = server.get('/hello?profile=file')
    wait_for('the file', lambda: len(files(server)) == len(before) + 1)
    record = server.record(server.get('/hello?profile=file,log'))
    assert record.id not in header(answer, 'X-Profile-Id')
    assert len(record.files) == 1 and record.files[0].endswith('.prof')
    assert len(parse_records(server.log())) == logged + 1
    assert len(files(server)) == len(before) + 2


def test_the_first_accepted_of_header_query_cookie_wins_whole(server):
    for path, headers, rows in (
            ('/classes?profile=limit=2', {'X-Profile': 'limit=1', 'Cookie': 'prof=limit=3'}, 1),
            ('/classes?profile=limit=2', {'Cookie': 'prof=limit=3'}, 2),
            ('/classes', {'Cookie': 'prof=limit=3'}, 3)):
        record = server.record(server.get(path, headers))
        assert 'due to restriction <%d>' % rows in record.table
        assert len(record.functions()) == rows
    response = server.get('/classes?profile=nonsense', {'Cookie': 'prof=limit=3'})
    assert 'due to restriction <3>' in server.record(response).table
    response = server.get('/classes?profile', {'X-Profile': 'nonsense'})
    assert header(response, 'X-Profile-Error') and not is_profiled(response)


def test_sort_and_limit_words(server):
    record = server.record(server.get('/classes?profile=sort=cumulative:calls,limit=4'))
    assert 'Ordered by: cumulative time, call count' in record.table
    assert len(record.functions()) == 4
    record = server.record(server.get('/classes', {'X-Profile': 'sort=stdname'}))
    assert 'Ordered by: standard name' in record.table


def test_the_app_sees_its_request_unchanged(server, served):
    plain = served('plain', plugin=False)
    for path, headers, method, body in (
            ('/echo?profile=log&a=b%20c', {'X-Profile': '1'}, 'POST', b'profile=1'),
            ('/echo?profile', {'Cookie': 'prof=1'}, 'GET', b''),
            ('/echo?profile=txt', {}, 'GET', b'')):
        if 'txt' in path:
            continue
        ours = server.get(path, headers, method, body)
        assert is_profiled(ours)
        ours, plain_body = json.loads(ours.body), json.loads(
            plain.get(path, headers, method, body).body)
        assert ours == plain_body


# headers of a flagged answer

def test_headers_of_a_flagged_answer(server):
    response = server.get('/cached?profile')
    assert re.fullmatch(r'app;dur=\d+(\.\d+)?', header(response, 'Server-Timing'))
    assert header(response, 'Cache-Control') == 'private, no-store'
    assert header(response, 'Set-Cookie') == 'a=1' and header(response, 'X-App') == 'yes'
    assert header(response, 'X-Profile-Status') is None
    assert response.body == b'cached' and len({profile_id(response), profile_id(
        server.get('/cached?profile'))}) == 2


def test_an_unflagged_answer_has_none_of_them(server):
    response = server.get('/cached')
    assert response == without_ours(response)
    assert header(response, 'Cache-Control') == 'public, max-age=600'


def test_headers_up_to_the_servers_limit(serve):
    """What finds no room costs neither the answer nor, from then on, its secrecy."""
    server = serve('answers', '''
        response-headers-limit = 9000
        profiler-max-per-minute = 0
        profiler-output = log
    ''')
    for size in range(8000, 8680, 40):
        plain = server.get('/many_headers?%d' % size)
        assert plain.body == b'many' and header(plain, 'Cache-Control') == 'no-store'
        for flag in ('on', 'nonsense', 'txt'):
            response = server.get('/many_headers?%d' % size, {'X-Profile': flag})
            assert 'no-store' in (header(response, 'Cache-Control') or ''), (size, flag)
            assert response.status == 200
            assert response.body.startswith(b'-----' if flag == 'txt' else b'many')


# formats as the answer

def test_txt_is_the_record(server):
    response = server.get('/recursion?profile=txt')
    assert response.status == 200 and header(response, 'X-Profile-Status') == '200'
    assert header(response, 'Content-Type').startswith('text/plain')
    assert header(response, 'Content-Length') in (None, str(len(response.body)))
    assert header(response, 'Cache-Control') == 'private, no-store'
    [record] = parse_records(response.body.decode())
    assert record.id == profile_id(response) and record.functions()['fibonacci'] == (474, 4)
    assert server.record(response).table == record.table


def test_prof_is_a_file_for_pstats(server, tmp_path):
    import pstats
    response = server.get('/recursion?profile=prof')
    assert response.status == 200 and header(response, 'X-Profile-Status') == '200'
    (tmp_path / 'x.prof').write_bytes(response.body)
    stats = pstats.Stats(str(tmp_path / 'x.prof'))
    assert [key[2] for key, value in stats.stats.items() if value[1] == 474] == ['fibonacci']


@pytest.mark.parametrize('path, status', [
    ('missing', '404'), ('empty', '204'), ('raising_late', '200'), ('generated', '200'),
    ('write', '200'), ('late_start', '200'), ('file_wrapper', '200'), ('bytes_io', '200'),
    ('raising_generator', '200'), ('cached', '200'), ('stream', '200'), ('not_bytes', '200')])
@pytest.mark.parametrize('word', ['txt', 'prof'])
def test_any_kind_of_answer_is_replaced(server, path, status, word):
    (server.directory / 'go').touch()
    response = server.get('/%s?profile=%s' % (path, word))
    assert response.status == 200 and header(response, 'X-Profile-Status') == status
    assert header(response, 'Set-Cookie') in (None, 'a=1')
    if word == 'txt':
        [record] = parse_records(response.body.decode())
        assert record.status == status and path in record.functions()


@pytest.mark.parametrize('path', ['raising', 'nothing'])
def test_an_app_without_an_answer_is_still_reported(server, path):
    response = server.get('/%s?profile=txt' % path)
    assert response.status == 200
    [record] = parse_records(response.body.decode())
    assert path in record.functions()


@pytest.mark.parametrize('method', ['HEAD', 'OPTIONS', 'POST', 'PUT'])
def test_a_format_in_the_flag_is_the_answer_to_any_method(server, method):
    response = server.get('/hello?profile=txt', method=method)
    assert response.status == 200 and header(response, 'X-Profile-Status') == '200'
    assert (response.body == b'') == (method == 'HEAD')


def test_headers_that_left_early_mean_the_apps_own_answer(serve):
    servers = [serve('plain', 'start_response-nodelay = true', plugin=plugin)
               for plugin in (True, False)]
    for path in ('hello', 'generated', 'write', 'raising_late', 'recursion'):
        ours, plain = [server.get('/%s?profile=txt' % path) for server in servers]
        assert without_ours(ours) == plain and header(ours, 'X-Profile-Status') is None


@pytest.mark.parametrize('ini', ['async = 2', 'threads = 2', 'catch-exceptions = true'])
def test_answers_in_other_modes(serve, ini):
    server = serve('plain', ini + '\nprofiler-restrictions = none')
    for path in ('hello', 'generated', 'write', 'file_wrapper', 'raising', 'recursion'):
        response = server.get('/%s?profile=txt' % path)
        [record] = parse_records(response.body.decode())
        assert path in record.functions()
    assert server.get('/hello').body == b'hello'


# who is accepted: requests over the uwsgi protocol, with any REMOTE_ADDR

LOCAL_HOSTS = ('localhost', 'localhost:8000', '127.0.0.1', '127.0.0.1:80', '[::1]', '[::1]:80',
               '127.1.2.3', 'LOCALHOST')
OTHER_HOSTS = ('example.com', '10.0.0.1', 'localhost.example.com', 'localhost@evil.com', '',
               '127.0.0.1.nip.io', '[::2]', None)
FORWARDING = ('X_FORWARDED_FOR', 'X_FORWARDED_PROTO', 'X_FORWARDED_HOST', 'FORWARDED',
              'X_REAL_IP', 'VIA', 'CF_CONNECTING_IP', 'CF_RAY', 'X_ENVOY_EXTERNAL_ADDRESS')


def accepted(server, query='profile', **variables):
    response = parse_response(server.uwsgi('/hello', query, **variables))
    assert response.body == b'hello' and response.status == 200
    if not is_profiled(response):
        assert response == without_ours(response)
    return is_profiled(response)


@pytest.mark.parametrize('address', ['127.0.0.1', '::1', '::ffff:127.0.0.1'])
def test_by_default_this_machine_is_accepted(server, address):
    for host in LOCAL_HOSTS:
        assert accepted(server, REMOTE_ADDR=address, HTTP_HOST=host), host
    for host in OTHER_HOSTS:
        assert not accepted(server, REMOTE_ADDR=address, HTTP_HOST=host), host


@pytest.mark.parametrize('name', FORWARDING)
def test_by_default_a_forwarding_header_is_a_stranger(server, name):
    assert not accepted(server, **{'HTTP_' + name: '127.0.0.1'})
    assert not accepted(server, **{'HTTP_' + name: ''})


@pytest.mark.parametrize('address', ['10.0.0.1', '::2', '0.0.0.0', '', 'localhost', '127.0.0.1:80',
                                     '127.0.0.1 ', '::ffff:10.0.0.1', 'fe80::1%lo', None])
def test_by_default_other_addresses_are_strangers(server, address):
    assert not accepted(server, REMOTE_ADDR=address)


def test_profiler_allow(serve):
    server = serve('plain', 'profiler-allow = 10.1.0.0/16, 192.0.2.7, 2001:db8::/32, 127.0.0.1')
    for address in ('10.1.2.3', '192.0.2.7', '2001:db8::1', '::ffff:10.1.2.3', '127.0.0.1'):
        assert accepted(server, REMOTE_ADDR=address, HTTP_HOST='example.com'), address
    for address in ('10.2.0.1', '192.0.2.8', '2001:db9::1', '::1', '0.0.0.0', '', 'x', None):
        assert not accepted(server, REMOTE_ADDR=address), address
    assert accepted(server, REMOTE_ADDR='10.1.2.3', HTTP_X_FORWARDED_FOR='1.2.3.4')
    assert not accepted(server, REMOTE_ADDR='127.0.0.1', HTTP_X_FORWARDED_FOR='10.1.2.3')
    assert not accepted(server, REMOTE_ADDR='1.2.3.4', HTTP_X_FORWARDED_FOR='10.1.2.3')


def test_the_rewritten_address_is_not_believed(serve):
    server = serve('plain', 'profiler-allow = 10.0.0.1\nlog-x-forwarded-for = true')
    assert not accepted(server, REMOTE_ADDR='1.2.3.4', HTTP_X_FORWARDED_FOR='10.0.0.1')


def test_ignored_flags_are_logged_once_a_minute_with_the_reason(serve):
    server = serve('plain', 'profiler-allow = 10.0.0.1')
    for _ in range(5):
        assert not accepted(server, REMOTE_ADDR='172.17.0.1')
    [line] = server.wait_log(r'.*flag from .*')
    assert '172.17.0.1' in line and 'profiler-allow' in line
    assert not re.search('flag from', server.log().replace(line, ''))


@pytest.mark.parametrize('options', [
    'profiler-allow = 10.0.0.1', 'profiler-key = sesame-open-0123',
    'profiler-allow = 10.0.0.1\nprofiler-trusted-proxies = 203.0.113.9'])
def test_a_stranger_gets_the_same_bytes_as_without_the_plugin(serve, options):
    ours, plain = serve('plain', options), serve('plain', plugin=False)
    stranger = {'REMOTE_ADDR': '203.0.113.9'}
    for path in ('hello', 'cached', 'missing', 'generated', 'write', 'file_wrapper', 'raising',
                 'raising_generator', 'echo', 'nothing', 'empty'):
        for query, variables in (
                ('profile', {}), ('profile=txt', {}), ('profile=prof,file', {}), ('profile=0', {}),
                ('profile=txt,exp=%d,sig=%s' % (time.time() + 60, '0' * 64), {}),
                ('', {'HTTP_X_PROFILE': 'key=sesame-open-0124'}),
                ('', {'HTTP_X_PROFILE': '1'}), ('', {'HTTP_X_PROFILE': 'nonsense'}),
                ('', {'HTTP_X_PROFILE': 'file', 'HTTP_COOKIE': 'prof=1'})):
            answers = [server.uwsgi('/' + path, query, **stranger, **variables)
                       for server in (ours, plain)]
            assert answers[0] == answers[1], (path, query, variables)
    assert parse_records(ours.log()) == []


# which requests

def test_path_and_skip(serve):
    server = serve('plain', '''
        profiler-path = ^/re
        profiler-path = hello$
        profiler-skip = ^/hello
        profiler-skip = x-[0-9]+
    ''')
    for path, expected in (('/recursion', True), ('/re', True), ('/a/hello', True),
                           ('/hello', False), ('/missing', False), ('/re/x-12', False)):
        assert is_profiled(server.get(path + '?profile')) == expected, path


def test_always_profiles_without_a_flag_and_changes_no_answer(serve):
    server = serve('plain', 'profiler-trigger = always\nprofiler-skip = ^/missing')
    plain = serve('plain', plugin=False)
    for path in ('/hello', '/cached', '/generated', '/missing', '/raising', '/hello?profile=txt'):
        assert server.get(path) == plain.get(path)
    lines = server.wait_log(r'^.*\b[0-9a-f]{16} deterministic.*$', 5)
    assert len(lines) == 5 and not parse_records(server.log())
    assert server.get('/hello?profile') == plain.get('/hello')


def test_line_style(serve):
    server = serve('plain', 'profiler-log-style = line')
    response = server.get('/recursion?profile')
    [line] = server.wait_log(r'^.*%s.*$' % profile_id(response))
    assert "'/recursion'" in line or '/recursion' in line
    assert 'deterministic' in line and not parse_records(server.log())


def test_stream_takes_the_records(serve):
    server = serve('plain', 'profiler-stream = @DIR@/records\nprocesses = 2')
    for _ in range(5):
        response = server.get('/recursion?profile')
        server.record(response, server.directory / 'records')
    assert parse_records(server.log()) == []


def test_mode_and_start_line(serve):
    for ini, mode in (('profiler-mode = deterministic', 'deterministic'),
                      ('profiler-mode = sampling', 'sampling at 1ms'),
                      ('profiler-mode = sampling\nprofiler-interval = 2500us', 'sampling at 2.5ms')):
        server = serve('plain', ini)
        [line] = [line for line in server.log().splitlines()
                  if re.search('profiler', line) and re.search(r'Python 3', line)]
        assert ', %s; try http' % mode in line, line
