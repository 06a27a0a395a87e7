"""The page as the answer of a real server: when, with which headers, for which apps."""
import base64
import hashlib
import json
import re
import time
import urllib.parse

import pytest

from harness import header, profile_id, read_all, wait_for, without_ours

BROWSER = {'Accept': 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8',
           'Sec-Fetch-Dest': 'document'}


@pytest.fixture(scope='module')
def server(served):
    return served('plain', 'profiler-dir = @DIR@/profiles\nbuffer-size = 65535\n'
                  'profiler-format = prof, json, html')


def data_of(response):
    """The profile in a page."""
    [text] = re.findall(rb'<script type="application/json" id="profile">(.*?)</script>',
                        response.body, re.S)
    return json.loads(text)


def is_page(response):
    return (header(response, 'Content-Type') == 'text/html; charset=utf-8' and
            b'id="profile"' in response.body)


PAGE = [('GET', '?profile', BROWSER), ('POST', '?profile', BROWSER),
        ('GET', '?profile=sampling', BROWSER), ('GET', '?profile', {'Accept': 'text/html'}),
        ('GET', '?profile', dict(BROWSER, **{'Sec-Fetch-Dest': 'iframe'})),
        ('GET', '?profile=html', {}), ('GET', '', {'X-Profile': 'html'}),
        ('PUT', '?profile=html', {})]
NO_PAGE = [('GET', '?profile', {}), ('GET', '?profile', {'Accept': '*/*'}),
           ('GET', '?profile', dict(BROWSER, **{'Sec-Fetch-Dest': 'empty'})),
           ('GET', '?profile', dict(BROWSER, **{'Sec-Fetch-Dest': 'image'})),
           ('PUT', '?profile', BROWSER), ('OPTIONS', '?profile', BROWSER),
           ('GET', '?profile=log', BROWSER), ('GET', '?profile=file', BROWSER),
           ('GET', '', dict(BROWSER, **{'X-Profile': '1'}))]


@pytest.mark.parametrize('method, query, headers', PAGE)
def test_a_page(server, method, query, headers):
    response = server.request('/recursion' + query, headers, method)
    assert response.status == 200 and is_page(response), response.headers
    assert header(response, 'X-Profile-Status') == '200'
    assert 'sampling' in query or 'fibonacci' in data_of(response)['str']


@pytest.mark.parametrize('method, query, headers', NO_PAGE)
def test_no_page(server, method, query, headers):
    plain = server.request('/recursion', {}, method)
    response = server.request('/recursion' + query, headers, method)
    profile_id(response)
    assert without_ours(response) == plain


def sha256(text):
    return "'sha256-%s'" % base64.b64encode(hashlib.sha256(text).digest()).decode()


def test_the_headers_of_a_page(server):
    response = server.get('/recursion?profile', BROWSER)
    [style] = re.findall(rb'<style>(.*?)</style>', response.body, re.S)
    [script] = re.findall(rb'<script>(.*?)</script>', response.body, re.S)
    policy = header(response, 'Content-Security-Policy')
    assert policy == ("default-src 'none'; script-src %s; style-src %s; base-uri 'none'; "
                      "form-action 'none'" % (sha256(script), sha256(style)))
    assert int(header(response, 'Content-Length')) == len(response.body)
    for name, value in (('X-Content-Type-Options', 'nosniff'), ('X-Robots-Tag', 'noindex'),
                        ('Referrer-Policy', 'no-referrer'),
                        ('Cache-Control', 'private, no-store')):
        assert header(response, name) == value
    assert header(response, 'Server-Timing').startswith('app;dur=')
    head = server.request('/recursion?profile', BROWSER, 'HEAD')
    assert head.body == b'' and int(header(head, 'Content-Length')) > 10000


@pytest.mark.parametrize('path', ['raising', 'raising_late', 'raising_generator'])
def test_an_exception_is_on_the_page_and_in_the_log(serve, path):
    server = serve('plain')
    response = server.get('/%s?profile' % path, BROWSER)
    assert is_page(response), response
    name = data_of(response)['meta']['exception']
    assert name and re.search(r'^\S*%s' % name, server.log(), re.M), name


@pytest.mark.parametrize('mode', ['deterministic', 'sampling'])
def test_the_figures_of_all_reports_are_the_same(server, mode):
    response = server.get('/recursion?profile=%s,file,log' % mode)
    record = server.record(response)
    files = {name.rpartition('.')[2]: name for name in record.files}
    with open(files['json']) as file:
        report = json.load(file)
    with open(files['html'], 'rb') as file:
        page = data_of(response._replace(body=file.read()))
    assert page == report
    total = sum(report['node']['self'])
    assert abs(total - report['meta']['wall_ns']) <= 0.01 * report['meta']['wall_ns']
    assert abs(total / 1e6 - float(record.elapsed_ms)) <= 0.01 * float(record.elapsed_ms) + 0.001


HOSTILE = ['</script><script>alert(1)</script>', '<!--', '"\'&', '\u2028\u202e\U0001f600',
           'x' * 10000]


@pytest.mark.parametrize('text', HOSTILE, ids=lambda text: text[:10])
def test_hostile_paths_and_queries_are_text(server, text):
    quoted = urllib.parse.quote(text, safe='')
    response = server.get('/nothing-%s%%FF?q=%s&profile=html' % (quoted, quoted))
    page = data_of(response)
    assert page['meta']['path'] == '/nothing-%s\ufffd' % text
    assert response.body.count(b'</script>') == 2 and b'<script>alert' not in response.body


@pytest.mark.parametrize('mode', ['deterministic', 'sampling'])
def test_an_endless_answer_ends_with_the_page(serve, mode):
    server = serve('endless', 'profiler-max-time = 500ms\nthreads = 2')
    began = time.monotonic()
    response = server.get('/?profile=html,%s' % mode)
    assert is_page(response) and 0.4 < time.monotonic() - began
    assert [notice['code'] for notice in data_of(response)['meta']['notices']] == ['time']
    server.wait_log('^the generator ends$')


def test_a_client_that_leaves_ends_the_work(serve):
    server = serve('endless', 'profiler-max-time = 600s')
    connection = server.open('/?profile=html')
    wait_for('the first chunk', lambda: 'a chunk' in server.log())
    connection.close()
    server.wait_log('^the generator ends$')
    assert server.get('/short').body == b'short'


def test_a_stream_goes_on_after_its_profile(serve):
    server = serve('endless', 'profiler-max-time = 300ms')
    connection = server.open('/twenty?profile')
    data = read_all(connection)
    assert data.count(b'chunk') == 20
    [record] = server.records(1)
    assert 290 <= float(record.elapsed_ms) < 1000 and 'time' in record.notices[0]
