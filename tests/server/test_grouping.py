"""Names of routes (profiler-group) and the figures in the index, of real requests."""
import json

import pytest

from harness import profile_id, wait_for

FILES = '''
    profiler-dir = @DIR@/profiles
    profiler-format = json, html
    profiler-filename-format = {id}.prof
'''
GROUPS = FILES + r'''
    manage-script-name = true
    mount = /shop=plain:application
    mount = /=plain:application
    profiler-group = ^/shop/(orders|bills)/\d+$ one-of-the-\1
    profiler-group = "^/shop/[^/ ]+[ ][^/]+$ /shop/two-words"
    profiler-group = ^/shop/orders no-number
'''
UUID = '3f2504e0-4f89-11d3-9a0c-0305e82c3301'


@pytest.fixture(scope='module')
def server(served):
    return served('', GROUPS)


def line_of(server, identifier):
    path = server.directory / 'profiles' / 'index.jsonl'

    def find():
        lines = path.read_text().splitlines() if path.exists() else []
        return [json.loads(line) for line in lines if identifier in line]
    [line] = wait_for('the line of %s' % identifier, find)
    return line


def report_of(server, line):
    [name] = [name for name in line['files'] if name.endswith('.json')]
    return json.loads((server.directory / 'profiles' / name).read_text())


@pytest.mark.parametrize('path, route', [
    ('/shop/orders/4711', 'one-of-the-orders'),
    ('/shop/bills/1', 'one-of-the-bills'),
    ('/shop/orders/x', 'no-number'),
    ('/shop/a%20b', '/shop/two-words'),
    ('/shop/carts/4711/lines/2', '/shop/carts/*/lines/*'),
    ('/orders/4711', '/orders/*'),
    ('/users/%s/deadbeef' % UUID, '/users/*/*'),
    ('/', '/'),
    ('/hello', '/hello'),
])
def test_the_route_is_in_the_index_and_in_json(server, path, route):
    line = line_of(server, profile_id(server.get(path + '?profile')))
    assert line['route'] == route, line
    assert report_of(server, line)['meta']['route'] == route


@pytest.mark.parametrize('mode', ['deterministic', 'sampling'])
def test_the_index_says_where_the_time_went_and_who_worked(server, mode):
    line = line_of(server, profile_id(server.get('/nested?profile=%s,file' % mode)))
    meta = report_of(server, line)['meta']
    assert line['mode'] == meta['mode'] == mode
    assert line['worker'] == meta['worker'] >= 1
    assert abs(line['cpu_ms'] - meta['cpu_ns'] / 1e6) <= 0.001, (line, meta)
    assert abs(line['wait_ms'] - (meta['wall_ns'] - meta['cpu_ns']) / 1e6) <= 0.001, (line, meta)


def test_the_report_that_is_the_answer_has_the_route(server):
    meta = json.loads(server.get('/shop/orders/1?profile=json').body)['meta']
    assert meta['route'] == 'one-of-the-orders'


def test_a_long_path_makes_a_short_name(server):
    line = line_of(server, profile_id(server.get('/' + 'x' * 999 + '?profile')))
    assert len(line['path']) == 1000
    assert line['route'] == '/' + 'x' * 496 + '...'
