"""One name for one thing: columns, modes and waits, in every view and in the log."""
import json

import pytest

import pages

TRACED = json.loads(pages.TRACED.read_text())
SAMPLING = json.loads(pages.SAMPLING.read_text())
BOTH = [pytest.param(TRACED, 'Calls', id='deterministic'), pytest.param(SAMPLING, 'Samples', id='sampling')]


def head_of(browser, view):
    browser.show(view)
    return browser.js('''return [...document.querySelectorAll('.view .columns > *')]
        .filter(cell => getComputedStyle(cell).display !== 'none')
        .map(cell => cell.textContent.replace(/ [\\u2191\\u2193]$/, ''))''')


@pytest.mark.parametrize('data, counts', BOTH)
def test_a_column_has_one_name_in_all_views(browser, data, counts):
    browser.open(data)
    browser.resize(1600, 800)
    assert head_of(browser, 'tree') == ['Total ms', '%', 'Self ms', counts, 'Function']
    per_call = ['Self/call ms', 'Total/call ms'] if data is TRACED else []
    assert head_of(browser, 'functions') == ['Total ms', '%', 'Self ms', *per_call, counts, 'Function']
    if data is SAMPLING:
        assert head_of(browser, 'lines') == ['Total ms', '%', 'Self ms', counts, 'Line', 'Function']
        tree = (pages.ROOT / 'tests' / 'golden' / 'calltext.txt').read_text().splitlines()
        assert ['Total', 'ms', '%', 'Self', 'ms'] in [line.split() for line in tree]
    browser.js('profilerPage.choose("unit", "percent")')
    assert head_of(browser, 'functions')[:3] == ['Total %', '%', 'Self %']


def test_the_functions_know_the_names_of_pstats(browser):
    browser.open(TRACED)
    browser.show('functions')
    hints = browser.js('return [...document.querySelectorAll(".columns button")].map(b => b.title).join()')
    for name in ('ncalls', 'tottime', 'percall', 'cumtime', 'filename:lineno(function)'):
        assert 'pstats: ' in hints and name in hints


def test_time_per_call_has_the_unit_of_its_column(browser):
    browser.open(pages.request((1, 'slow', 127.4551, 1), (1, 'quick', 1.2, 4000), (1, 'tiny', 0.2, 7000)))
    browser.show('functions')
    cells = browser.js('''return [...document.querySelectorAll('.functions .row:not([hidden])')]
        .map(row => [row.querySelector('.label').textContent, row.querySelector('.percall1').textContent])''')
    assert sorted(cells) == [['quick', '0.0003'], ['slow', '127.4551'], ['tiny', '<0.0001']]


def test_of_what_nobody_saw_wait_the_page_says_not_on_cpu(browser):
    data = pages.request((1, 'view', 100))
    data['meta'].update(cpu_ns=30 * 10**6)
    browser.open(data)
    head = browser.text('#head')
    assert '70.0\u202fms not on CPU' in head and 'every call counted' in head
    assert browser.js('return [...document.querySelectorAll("#head .split-names > *")].map(e => e.textContent)') == [
        'not on CPU 70.0\u202fms', 'CPU 30.0\u202fms']
    data['meta']['wait_ns'] = {'cpu wait': 90000}  # too short to be named
    browser.open(data)
    assert browser.text('#head .split-names') == 'not on CPU 70.0\u202fms' 'CPU 30.0\u202fms'
    assert 'wait' not in browser.text('#app') and 'traced' not in browser.text('#app')


def test_where_the_kernel_tells_no_waits_other_is_not_on_cpu(browser):
    data = pages.request((1, 'view', 100, 1, 'other waits'), (1, 'runs', 30), mode='sampling')
    data['meta'].update(notices=[{'code': 'waits-unknown', 'text': 'the kernel tells no waits'}])
    browser.open(data)
    for place in ('#head .split-names', '#sentence', '#panel .split-names', '#view'):
        assert 'not on CPU' in browser.text(place) and 'other waits' not in browser.text(place), place


@pytest.mark.parametrize('ns, text', [(10**6, '1'), (200000, '0.2'), (12345678, '12.346')])
def test_the_interval_is_in_milliseconds_as_in_the_log(browser, ns, text):
    data = pages.request((1, 'view', 100), mode='sampling')
    data['meta'].update(interval_ns=ns)
    browser.open(data)
    assert 'sampled every %s\u202fms' % text in browser.text('#head')


def test_a_process_that_was_waited_for_is_named_as_in_the_log(browser):
    data = pages.request((1, 'view', 100), mode='sampling')
    data['meta'].update(wait_ns={'child': 10**8}, cpu_ns=0)
    browser.open(data)
    assert 'child 100\u202fms' in browser.text('#head')
