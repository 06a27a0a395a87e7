"""What the page gives away: files and the clipboard."""
import json
import pstats

import pytest

from steps import GOLDEN, PAINTED, SAMPLING, TABLE, TRACED, own_profile, shown_functions


@pytest.mark.parametrize('name', ['sample', 'sampling'])
def test_downloads_are_the_servers_files(browser, name):
    browser.open((GOLDEN / (name + '.json')).read_text())
    assert browser.download('folded').read_text() == (GOLDEN / (name + '.folded')).read_text()
    assert json.loads(browser.download('speedscope').read_text()) == \
        json.loads((GOLDEN / (name + '.speedscope.json')).read_text())
    assert json.loads(browser.download('json').read_text()) == json.loads((GOLDEN / (name + '.json')).read_text())


@pytest.mark.parametrize('data', [TRACED, SAMPLING], ids=['traced', 'sampling'])
def test_the_prof_is_read_by_pstats_with_the_pages_figures(browser, data):
    browser.open(data)
    stats = pstats.Stats(str(browser.download('.prof')))
    figures = browser.js('''const p = profilerPage; return [...p.stats.functions].map(f => {
        const s = p.stats.byFunction[f];
        return [p.profile.file(f), p.profile.lineOf[f], p.profile.coName(f), s.primitive, s.calls, s.self,
                s.cumulative, p.stats.callersOf(f).length];
    })''')
    assert len(figures) == len(stats.stats)
    for file, line, name, primitive, calls, self, cumulative, callers in figures:
        entry = stats.stats[(file, line, name)]
        assert entry[:2] == (primitive, calls) and len(entry[4]) == callers
        assert entry[2] == pytest.approx(self * 1e-9) and entry[3] == pytest.approx(cumulative * 1e-9)
    if data is TRACED:
        assert (stats.total_calls, stats.prim_calls) == (data['meta']['calls'], data['meta']['primitive_calls'])
    stats.sort_stats('cumulative').print_callers(3)


def test_a_request_that_was_switched_out_all_its_time(browser):
    """It has no sample, but its tree and its timeline."""
    data = own_profile(['views', 'waits'], [0, 500000000], {
        'mode': 'sampling', 'samples': 0, 'wall_ns': 500000000,
        'wait_ns': {'switched out': 400000000, 'event loop': 100000000}})
    data['node'].update(samples=[0, 0, 0], cpu=[0, 0, 0])
    data['tl'] = {'dt': [400000000, 100000000], 'node': [2, 2], 'wait': [9, 10]}
    data.pop('exact', None)
    browser.open(data)
    assert 'samples' not in browser.text('#notices')
    browser.show('timeline')
    assert not browser.all('.state') and browser.js(PAINTED) > 0.05
    assert 'event loop' in browser.text('#view') and 'switched out' in browser.text('#view')
    browser.show('tree')
    assert 'waits' in browser.text('#view')


def test_a_function_that_no_sample_has_met(browser):
    """It was switched out all its time: its figures are in the .prof as the server writes it."""
    data = own_profile(['runs', 'waits'], [100, 70], {'mode': 'sampling', 'samples': 1})
    data['node'].update(samples=[1, 1, 0], cpu=[0, 100, 0])
    browser.open(data)
    stats = pstats.Stats(str(browser.download('.prof'))).stats
    runs = ('/srv/shop/app.py', 1, 'runs')
    assert stats[('/srv/shop/app.py', 2, 'waits')] == (0, 0, 7e-08, 7e-08, {runs: (0, 0, 7e-08, 7e-08)})
    browser.show('functions')
    assert len(shown_functions(browser)) == 2


def test_the_sum_is_the_requests_time(browser):
    for data in (TRACED, SAMPLING):
        browser.open(data)
        total = browser.js('return profilerPage.profile.total[0]')
        assert total == pytest.approx(data['meta']['wall_ns'], rel=0.01)


def test_the_table_is_copied(browser):
    browser.open(TRACED, table=TABLE)
    browser.js('''profilerPage.copied = null; profilerPage.copy = text => { profilerPage.copied = text; };''')
    browser.one('.menu summary').click()
    browser.one('#copy-table').click()
    assert browser.js('return profilerPage.copied') == TABLE.strip() + '\n'


def test_copying_without_a_clipboard(browser):
    browser.open(TRACED, table=TABLE)
    browser.press('c')
    browser.wait(lambda: 'Copied' in browser.text('#toast'), 'the toast')
