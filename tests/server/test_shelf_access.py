"""Who may open the shelf, on a real server: the table of tests/access, sessions, and that
a stranger gets each byte of the app's answer."""
import hashlib
import hmac
import re
import time

import pytest

from harness import header, parse_response
from shelf import KEY, SHELF, guards, rows, signed, signed_list
from test_access import OTHER_KEY, Variables, ask, read_table

SESSION = 'profiler_session'


def mac(text, key=KEY):
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def session(expires, how=None):
    """The cookie's value; how: what is wrong with it."""
    text = 'session of the shelf\n/%s\n%s' % ('other' if how == 'path' else '_profiles', expires)
    if how == 'tag':
        text = text.partition('\n')[2]
    digits = mac(text, OTHER_KEY if how == 'secret' else KEY)
    if how == 'time':
        expires = str(int(expires) + 1)
    return '%s.%s' % (expires, {'short': digits[:-1], 'empty': ''}.get(how, digits))


def signature(value, how, path):
    if how == 'session':
        return 'sig=' + mac('session of the shelf\n/_profiles\n' + value[len('exp='):])
    flag = signed(value, {'path': '/other', 'here': path}.get(how, '/_profiles/'),
                  'POST' if how == 'method' else 'GET', OTHER_KEY if how == 'secret' else KEY)
    return 'sig=' + flag[-63 if how == 'short' else -64:]


def filled_in(value, path):
    value = re.sub(r'@([+-]\d+)', lambda match: str(int(time.time()) + int(match[1])),
                   value.replace('@KEY', KEY))
    return re.sub(r'^(.*?)(,|%2C|)@sig(?:\((\w+)\))?', lambda match: match[1] + match[2] + signature(
        match[1].replace('%3D', '='), match[3], path), value)


def request(line):
    """The variables of a line of the table."""
    path, address, headers, host, proofs = [part.strip() for part in line.split('|')[:5]]
    path = '/_profiles' + path
    variables = Variables(pair for pair in (('REMOTE_ADDR', address), ('HTTP_HOST', host))
                          if pair[1] != '-')
    variables += [('HTTP_' + name, value) for name, _, value in
                  (item.strip().partition('=') for item in headers.split(' ; ') if item.strip())]
    query, cookies = '', []
    for proof in [] if proofs == '-' else proofs.split(' ; '):
        kind, value = re.fullmatch(r'(\w+(?:\(\w+\))?)=(.*)', proof.strip()).groups()
        value = filled_in(value, path)
        if kind == 'query':
            query = 'profile=' + value
        elif kind == 'header':
            variables.append(('HTTP_X_PROFILE', value))
        elif kind.startswith('session'):
            cookies.append('%s=%s' % (SESSION, session(value, kind[8:-1])))
        else:
            cookies.append('%s=%s' % (kind, value))
    if cookies:
        variables.append(('HTTP_COOKIE', '; '.join(cookies)))
    return variables + [
        ('REQUEST_METHOD', 'GET'), ('PATH_INFO', path), ('QUERY_STRING', query),
        ('REQUEST_URI', path + '?' + query if query else path), ('SCRIPT_NAME', ''),
        ('SERVER_NAME', 'localhost'), ('SERVER_PORT', '80'), ('SERVER_PROTOCOL', 'HTTP/1.1')]


TABLE = read_table('shelf.txt')


def test_the_table_is_large_enough():
    assert sum(len(lines) for _, lines in TABLE.values()) >= 100


@pytest.mark.parametrize('name', TABLE)
def test_every_request_of_the_table_is_decided_as_it_says(serve, name):
    options, lines = TABLE[name]
    # a flag is not what is tested: one that is accepted would change the app's answer
    more = SHELF + 'disable-logging = true\nprofiler-trigger = cookie:prof\n'
    ours, plain = serve('plain', more + '\n'.join(options)), serve('plain', plugin=False)
    for line in lines:
        expected = line.rpartition('|')[2].strip()
        answer, usual = ask(ours, request(line)), ask(plain, request(line))
        response = parse_response(answer)
        if expected == 'app':
            assert answer == usual, line
            continue
        assert 'Content-Security-Policy' in dict(response.headers), line
        guards(response)
        cookie = header(response, 'Set-Cookie')
        assert bool(cookie) == (expected == 'opens'), line
        assert response.status == 303 if expected == 'opens' else response.status in (200, 404)
    ours.stop()
    assert KEY not in ours.log() and OTHER_KEY not in ours.log()


# sessions

def keyed(serve, more=''):
    return serve('plain', SHELF + 'profiler-key = %s\n%s' % (KEY, more))


def open_session(server, headers=(), path=None):
    answer = server.get(path or signed_list(), headers)
    assert answer.status == 303 and guards(answer)
    return answer, header(answer, 'Set-Cookie')


def test_a_signed_url_opens_a_session(serve):
    server = keyed(serve)
    answer, cookie = open_session(server)
    assert header(answer, 'Location') == './'
    value, *attributes = cookie.split('; ')
    assert re.fullmatch(SESSION + r'=\d+\.[0-9a-f]{64}', value)
    age = int(attributes[0].partition('=')[2])
    assert 590 <= age <= 600
    assert attributes == ['Max-Age=%d' % age, 'HttpOnly', 'SameSite=Lax']
    for path in ('/_profiles/', '/_profiles/index.json', '/_profiles/merge', '/_profiles'):
        assert guards(server.get(path, {'Cookie': value}))
        assert guards(server.get(path, {'Cookie': 'a=b; %s; c' % value}))
        assert header(server.get(path, {'Cookie': value}, method='HEAD'), 'X-Frame-Options')
        for change in (value[:-1], value + '0', value.replace('.', ''), value.replace('=', '=1', 1),
                       value.upper(), value.replace('session', 'sessions'), value + '.', '"' + value):
            assert header(server.get(path, {'Cookie': change}), 'Content-Security-Policy') is None


def test_the_signature_leaves_the_address_and_filters_stay(serve):
    server = keyed(serve)
    ticket = signed_list().partition('?')[2]
    for query, kept in (('q=a%20b&' + ticket, '?q=a%20b'), (ticket + '&q=a&status=5xx', '?q=a&status=5xx'),
                        ('&&%s&&' % ticket, ''), (ticket + '&q="', ''), (ticket + '&q=\\', '')):
        answer, _ = open_session(server, path='/_profiles/?' + query)
        assert header(answer, 'Location') == './' + kept


def test_the_cookie_is_secure_on_https(serve):
    server = keyed(serve)
    for headers in ({'X-Forwarded-Proto': 'https'}, {'X-Forwarded-Proto': 'HTTPS'}):
        assert open_session(server, headers)[1].endswith('; SameSite=Lax; Secure')
    for headers in ({}, {'X-Forwarded-Proto': 'http'}):
        assert open_session(server, headers)[1].endswith('; SameSite=Lax')
    path = signed_list()
    for more in ({'HTTPS': 'on'}, {'UWSGI_SCHEME': 'https'}, {'HTTPS': '1'}):
        answer = parse_response(server.uwsgi('/_profiles/', path.partition('?')[2], **more))
        assert header(answer, 'Set-Cookie').endswith('; Secure'), more


def test_a_session_is_of_one_shelf_and_key(serve):
    first = keyed(serve)
    value = open_session(first)[1].partition(';')[0]
    same = keyed(serve)
    assert guards(same.get('/_profiles/', {'Cookie': value}))
    others = (serve('plain', SHELF.replace('/_profiles', '/shelf') + 'profiler-key = ' + KEY),
              serve('plain', SHELF + 'profiler-key = ' + OTHER_KEY))
    for server, path in zip(others, ('/shelf/', '/_profiles/')):
        assert header(server.get(path, {'Cookie': value}), 'Content-Security-Policy') is None


def test_a_session_is_no_flag(serve):
    """Neither as a value of a flag, nor by its cookie."""
    server = keyed(serve, 'profiler-trigger = header:X-Profile\nprofiler-trigger = cookie:prof')
    name, _, value = open_session(server)[1].partition(';')[0].partition('=')
    expires, _, digits = value.partition('.')
    for headers in ({'Cookie': '%s=%s' % (name, value)}, {'Cookie': 'prof=' + value},
                    {'X-Profile': 'exp=%s,sig=%s' % (expires, digits)},
                    {'Cookie': 'prof=exp=%s,sig=%s' % (expires, digits)}):
        for path in ('/hello', '/_profiles', '/'):
            assert header(server.get(path, headers), 'X-Profile-Id') is None


def test_other_methods_open_none(serve):
    server = keyed(serve)
    for method, status in (('HEAD', 303), ('POST', 405), ('DELETE', 405)):
        answer = server.get(signed_list(method=method), method=method)
        assert answer.status == status, method
        assert bool(header(answer, 'Set-Cookie')) == (status == 303)
        assert header(server.get(signed_list(), method=method), 'Set-Cookie') is None


def test_an_expired_session_is_logged_once_and_never_shown(serve):
    server = keyed(serve)
    value = session(str(int(time.time()) - 5))
    for _ in range(3):
        server.get('/_profiles/', {'Cookie': '%s=%s' % (SESSION, value)})
    server.get('/_profiles/', {'X-Profile': 'key=' + OTHER_KEY})
    lines = server.wait_log('^profiler: request for the shelf from .*', 2)
    assert lines[0] == ('profiler: request for the shelf from 127.0.0.1 ignored: its session has '
                        'expired, or is of another key')
    assert lines[1].endswith('its key is wrong') and len(lines) == 2
    assert OTHER_KEY not in server.log() and value not in server.log()


def test_the_start_line_names_the_url(serve):
    server = keyed(serve)
    [url] = server.wait_log(r'^profiler: stored profiles: of \S+/profiles; open (\S+)$')
    assert url == 'http://127.0.0.1:%d/_profiles/' % server.port
    assert rows(server, headers={'X-Profile': 'key=' + KEY}) == []
