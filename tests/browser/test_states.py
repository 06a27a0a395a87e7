"""Data that are no profile, or lack something, and names that are hostile."""
import json
import marshal
import pstats
import re

import pytest

import pages
from steps import KEYS, SAMPLING, TABLE, TRACED, VIEWS, copy, own_profile


# ---------------------------------------------------------------------- bad data, states


@pytest.mark.parametrize('data', [
    '', '{', 'null', '[]', '{"v":1}', '{"v":2}', '"x"',
    dict(SAMPLING, v=3), dict(SAMPLING, node={'depth': [0]}), dict(SAMPLING, str=[1]),
    dict(SAMPLING, func=dict(SAMPLING['func'], kind=[9] * len(SAMPLING['func']['kind']))),
    dict(TRACED, node=dict(TRACED['node'], depth=[0, 2] + TRACED['node']['depth'][2:])),
    dict(TRACED, node=dict(TRACED['node'], self=[-1] + TRACED['node']['self'][1:])),
    dict(TRACED, node=dict(TRACED['node'], func=[10 ** 9] + TRACED['node']['func'][1:])),
    dict(TRACED, node=dict(TRACED['node'], calls=['x'] + TRACED['node']['calls'][1:])),
    dict(TRACED, exact={'func': [1], 'callers': []}),
])
def test_data_that_are_no_profile_make_a_card(browser, data):
    browser.open(data, table='the table <b>')
    assert browser.one('#error').is_displayed()
    assert 'cannot be shown' in browser.text('#error')
    assert browser.one('#text').is_displayed() and browser.text('#text') == 'the table <b>'
    assert not browser.one('#app').is_displayed()
    browser.shot('error')


@pytest.mark.parametrize('name, value', [
    ('wall_ns', '1'), ('status', 'x'), ('samples', [1, 2]), ('response_bytes', {}), ('sort_by', 7),
    ('restrictions', 'x'), ('notices', [None]), ('peers', [None]), ('python', {}), ('location', ['x']), ('route', 7)])
def test_a_broken_word_on_the_request_makes_a_card(browser, name, value):
    browser.open(dict(SAMPLING, meta=dict(SAMPLING['meta'], **{name: value})))
    assert 'meta.%s is not a ' % name in browser.text('#error')


def test_the_path_of_a_mounted_app_has_its_mount_once(browser):
    meta = dict(SAMPLING['meta'], method='GET', mount='/shop', path='/shop/search', query='')
    browser.open(dict(SAMPLING, meta=meta))
    assert browser.text('h1') == 'GET /shop/search'


def test_what_is_not_said_of_the_request_is_no_figure(browser):
    browser.open(dict(SAMPLING, meta={'mode': 'sampling'}))
    assert browser.one('#app').is_displayed()
    for view in VIEWS:
        browser.show(view)
        assert not any(word in browser.text('#app') for word in ('NaN', 'undefined', 'null'))


def test_a_line_without_a_total_says_so(browser):
    data = copy(SAMPLING)
    del data['lines']['total']
    browser.open(data, hash='#view=lines')
    line = browser.one('.lines .row:not(.group):not([hidden])')
    assert line.find_element('css selector', '.total').text == 'unknown'
    assert line.find_element('css selector', '.bar-text').text == ''


def test_without_scripts_the_table_is_there(browser):
    browser.driver.execute_cdp_cmd('Emulation.setScriptExecutionDisabled', {'value': True})
    try:
        path = browser.files / 'noscript.html'
        path.write_text(pages.build(TRACED, TABLE))
        browser.driver.get(path.as_uri())
        assert browser.one('#text').is_displayed()
        browser.shot('noscript')
    finally:
        browser.driver.execute_cdp_cmd('Emulation.setScriptExecutionDisabled', {'value': False})


def test_nothing_below_the_request(browser):
    data = own_profile([], [])
    data['node'] = {'depth': [0], 'func': [0], 'self': [41000], 'calls': [1]}
    browser.open(data)
    assert 'it finished in 41.0' in browser.text('.tree .note')
    for view in VIEWS:
        browser.show(view)
        browser.press(*KEYS)
        wanted = 'profile=sampling' if view in ('timeline', 'lines') else 'it finished in 41.0'
        assert wanted in browser.text('#view'), view
        browser.shot('empty-' + view)
    assert marshal.loads(browser.download('.prof').read_bytes()) == {
        ('~', 0, '<no calls>'): (0, 0, 0.0, 0.0, {})}


def test_no_samples(browser):
    data = copy(SAMPLING)
    data['meta'].update(samples=0)
    data['node'] = {'depth': [0], 'func': [0], 'self': [0], 'samples': [0], 'cpu': [0]}
    data['tl'] = {'dt': [], 'node': [], 'wait': []}
    data['lines'] = {'func': [], 'line': [], 'self': [], 'hits': []}
    browser.open(data)
    assert 'No samples were taken' in browser.text('#notices')
    for view in VIEWS:
        browser.show(view)
        browser.press(*KEYS)
        assert re.search('[Nn]o samples? (were|was) taken', browser.text('#view')), view
    assert marshal.loads(browser.download('.prof').read_bytes()) == {
        ('~', 0, '<no samples>'): (0, 0, 0.0, 0.0, {})}


def test_a_truncated_profile_shows_exact_figures_and_says_so(browser):
    data = own_profile(['kept', 'dropped'], [100, 0])
    data['node'] = {'depth': [0, 1], 'func': [0, 1], 'self': [0, 100], 'calls': [1, 1]}
    data['exact'] = {'func': [1, 2], 'calls': [1, 70], 'primitive': [1, 50], 'self': [30, 70],
                     'cumulative': [100, 70], 'callers': [[], [[1, 70, 50, 70, 70]]]}
    data['meta']['notices'] = [{'code': 'truncated', 'text': 'the tree was <b>truncated</b>'}]
    browser.open(data)
    assert 'the tree was <b>truncated</b>' in browser.text('#notices')
    browser.shot('truncated')
    browser.show('functions')
    browser.js('profilerPage.selectFunction(2)')
    assert 'did not fit' in browser.text('#panel') and 'kept' in browser.text('#panel .pair')
    stats = pstats.Stats(str(browser.download('.prof'))).stats
    callers = {('/srv/shop/app.py', 1, 'kept'): (70, 50, 7e-08, 7e-08)}
    assert stats[('/srv/shop/app.py', 2, 'dropped')] == (50, 70, 7e-08, 7e-08, callers)


def test_a_tree_that_was_cut_to_fit_the_page_says_so(browser):
    data = own_profile(['kept', 'folded'], [100, 0])
    data['node'] = {'depth': [0, 1], 'func': [0, 1], 'self': [0, 100], 'calls': [1, 1]}
    data['exact'] = {'func': [1, 2], 'calls': [1, 3], 'primitive': [1, 3], 'self': [30, 70],
                     'cumulative': [100, 70], 'callers': [[], [[1, 3, 3, 70, 70]]]}
    data['meta']['notices'] = [{'code': 'pruned', 'text': 'the page has room for 2 of 3 nodes'}]
    browser.open(data)
    notices = browser.text('#notices')
    assert 'room for 2 of 3 nodes' in notices and 'callees are exact' in notices
    browser.show('functions')
    assert browser.js('return profilerPage.stats.figuresOf(2).calls') == 3


# ------------------------------------------------------------------------- hostile names


HOSTILE = ['</script><script>document["title"]="owned"</script>', '<!--', '<img src=x onerror=alert(1)>',
           '"\'&amp;`${1}', 'line\u2028and\u2029', '\U0001f40d\U0001f468\u200d\U0001f469\u200d\U0001f467 snakes',
           '\u202egnirts\u202c \u2067x',
           'null\x00 esc\x1b[31m tab\t', '\ufffd\ufffd', 'x' * 10000, '日本語の関数名', '__proto__', 'constructor', 'a;b 12']


def test_hostile_names_are_text_everywhere(browser):
    data = own_profile(HOSTILE, [1000000] * len(HOSTILE), {
        'path': '/</title><script>alert(1)</script>' + 'y' * 5000, 'query': '"><svg onload=alert(1)>\u202e',
        'exception': '<b>E</b>', 'location': '"><i>', 'method': '<GET>', 'python': '<3>', 'id': '<id>'})
    data['meta']['notices'] = [{'code': 'x', 'text': HOSTILE[0]}]
    browser.open(data, table='\n'.join(HOSTILE[:5]))
    browser.js('profilerPage.views.tree.setBelow(0, 1)')
    browser.shot('hostile-tree')
    labels = browser.js('return [...document.querySelectorAll(".tree .label")].map(e => e.textContent)')
    for name in (HOSTILE[0], HOSTILE[1], HOSTILE[2], HOSTILE[3], '日本語の関数名', '__proto__', 'constructor'):
        assert name in labels
    assert 'line\\u2028and\\u2029' in labels and '\\u202egnirts\\u202c \\u2067x' in labels
    for view in VIEWS:
        browser.show(view)
        browser.js('profilerPage.select(1); profilerPage.select(10); profilerPage.search("x"); profilerPage.search("")')
        assert browser.js('return document.documentElement.scrollWidth') == 1280
        browser.shot('hostile-' + view)
    assert browser.js('return document.querySelectorAll("img, svg, i, script").length') == 2
    assert 'owned' not in browser.driver.title
    stats = pstats.Stats(str(browser.download('.prof')))
    found = {name for (_, _, name) in stats.stats}
    assert {HOSTILE[0], HOSTILE[9], HOSTILE[10]} <= found
    assert json.loads(browser.download('json').read_text())['str'] == data['str']
    frames = json.loads(browser.download('speedscope').read_text())['shared']['frames']
    assert [frame['name'] for frame in frames[1:]] == HOSTILE
    for line in browser.download('folded').read_text(encoding='utf-8').rstrip('\n').split('\n'):
        stack, _, count = line.rpartition(' ')
        assert stack and count.isdigit()
