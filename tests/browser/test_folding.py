"""What is folded with the libraries: frames that hide themselves, and the import system."""
import json

import pages

SAMPLING = json.loads(pages.SAMPLING.read_text())
NAMES = ['view', 'helper', 'inner', 'work']


def hiding(hide):
    """view calls helper, that calls inner, that calls work: all the app's own."""
    data = json.loads(pages.TRACED.read_text())
    data['str'] = ['GET /x', '', '/srv/shop/app.py'] + NAMES
    data['func'] = {'name': [0, 3, 4, 5, 6], 'file': [1, 2, 2, 2, 2], 'line': [0, 1, 2, 3, 4],
                    'lib': [1] * 5, 'kind': [4, 0, 0, 0, 0]}
    if hide:
        data['func']['hide'] = hide
    data['node'] = {'depth': [0, 1, 2, 3, 4], 'func': [0, 1, 2, 3, 4],
                    'self': [0, 10, 20, 30, 60], 'calls': [1] * 5}
    return data


def rows(browser):
    return browser.js('''const l = profilerPage.layout; return Array.from({length: l.count}, (_, i) =>
        [profilerPage.profile.label(l.func(i)), l.folded[i], l.self[i]])''')


def test_frames_that_hide_themselves_are_folded_with_libraries(browser):
    browser.open(hiding([0, 0, 1, 1, 0]))
    assert rows(browser) == [['GET /x', 0, 0], ['view', 0, 10], ['helper', 1, 50], ['work', 0, 60]]
    assert '__tracebackhide__' in browser.text('.tree .chip:not([hidden])')
    assert [label.text for label in browser.all('.tree .label.own')] == ['view', 'work']
    browser.press('f')
    assert [row[0] for row in rows(browser)] == ['GET /x'] + NAMES


def test_frames_that_hide_themselves_are_not_own_code(browser):
    browser.open(hiding([0, 0, 1, 1, 1]))
    browser.js('profilerPage.select(1)')
    assert browser.text('#crumbs') == 'GET /x›view'
    browser.js('profilerPage.select(3)')
    assert '__tracebackhide__' in browser.text('#panel')
    browser.show('functions')
    browser.js('profilerPage.choose("ownOnly", true)')
    assert browser.js('return profilerPage.views.functions.rows.length') == 1


def test_without_the_column_nothing_hides_itself(browser):
    browser.open(hiding(None))
    assert [row[0] for row in rows(browser)] == ['GET /x'] + NAMES


def test_a_run_without_a_library_is_not_called_own_code(browser):
    data = hiding(None)
    data['func']['kind'] = [4, 0, 1, 1, 0]  # library code that no library is known of
    browser.open(data)
    assert browser.text('.tree .chip:not([hidden])') == '1 frame folded (other code)'


def test_a_column_that_is_none_makes_a_card(browser):
    browser.open(hiding([0, 0, 1, 2, 0]), table='the table')
    assert 'func.hide[3]' in browser.text('#error')


def test_the_import_system_is_folded_as_the_standard_library(browser):
    browser.open(SAMPLING)
    found = browser.js('''const p = profilerPage.profile, found = [];
        for (let f = 1; f < p.functions; f++)
            if (p.file(f).startsWith('<frozen importlib')) found.push([p.kindOf[f], profilerPage.layout.foldable[f]]);
        return found''')
    assert found and all(one == [2, 1] for one in found)
    browser.js('profilerPage.choose("imports", false)')
    assert browser.js('return profilerPage.profile.nodes > 2 * profilerPage.layout.count')
