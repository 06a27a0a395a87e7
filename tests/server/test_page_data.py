"""What stands in the page: the figures of all reports, and any text as text."""
import json
import re
import urllib.parse

import pytest


@pytest.fixture(scope='module')
def server(served):
    return served('plain', 'profiler-dir = @DIR@/profiles\nbuffer-size = 65535\n'
                  'profiler-format = prof, json, html')


def data_of(response):
    """The profile in a page."""
    [text] = re.findall(rb'<script type="application/json" id="profile">(.*?)</script>',
                        response.body, re.S)
    return json.loads(text)


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
