"""Functions, lines, and the search in all views."""
from browser import SEARCH_MS, Keys
from steps import GOLDEN, SAMPLING, TABLE, TRACED, copy, own_profile, selected, shown_functions


# ------------------------------------------------------------------------- the functions


def table_functions(table):
    rows = table.split('filename:lineno(function)\n')[1].strip().split('\n')
    return [line.split(None, 5)[5] for line in rows if line.strip()]


def test_the_table_starts_as_the_server_printed_it(browser):
    browser.open(TRACED)
    browser.show('functions')
    assert shown_functions(browser) == table_functions(TABLE.split('\n\n\n')[0])
    functions = '{:,}'.format(len(TRACED['func']['name']) - 1)
    assert '40 of %s functions' % functions in browser.text('.functions .note')
    assert browser.one('[aria-sort=descending]').text.startswith('Self ms')


def test_sort_by_and_restrictions_are_followed(browser):
    data = copy(TRACED)
    data['meta'].update(sort_by=['name', 'line'], restrictions=["'(?P<x>shop)/.*\\\\.py'", '0.5', '3'])
    browser.open(data)
    browser.show('functions')
    names = shown_functions(browser)
    assert len(names) == 3 and all('shop' in name for name in names)
    assert names == sorted(names, key=lambda n: n.partition('(')[2])


def test_every_column_sorts_both_ways(browser):
    browser.open(TRACED)
    browser.show('functions')
    browser.js('profilerPage.views.functions.setRows("all")')
    for number in range(7):
        head, directions = browser.all('.functions .columns button')[number], set()
        for _ in range(2):
            head.click()
            browser.settle()
            direction = head.find_element('xpath', '..').get_attribute('aria-sort')
            values = browser.js('''const v = profilerPage.views.functions, c = v.columns[arguments[0]];
                return v.rows.map(f => c.value(f))''', number)
            assert values == sorted(values, reverse=direction == 'descending')
            directions.add(direction)
        assert directions == {'ascending', 'descending'}


def test_top_n_and_own_code_only(browser):
    browser.open(TRACED)
    browser.show('functions')
    browser.js('profilerPage.views.functions.setRows("20")')
    assert len(shown_functions(browser)) == 20
    browser.js('profilerPage.controls.ownOnly.firstChild.click()')
    browser.js('profilerPage.views.functions.setRows("all")')
    assert all('/srv/shop' in name or '<string>' in name for name in shown_functions(browser))


def test_a_row_opens_callers_and_callees_with_their_times(browser):
    browser.open(TRACED)
    browser.show('functions')
    func = browser.js('const {profile, views} = profilerPage; '
                      'return views.functions.rows.find(f => profile.coName(f) === "deepcopy")')
    browser.js('profilerPage.selectFunction(arguments[0])', func)
    heads = [head.text for head in browser.all('#panel h2')]
    assert heads[0].startswith('Callers (') and heads[1].startswith('Callees (')
    pair = browser.one('#panel .pair')
    name = pair.find_element('css selector', '.label').text
    pair.click()
    assert selected(browser) == name


def test_figures_are_the_servers(browser):
    """The page's, its .prof's and the server's .prof's, of the same profile."""
    browser.open((GOLDEN / 'sample.json').read_text())
    assert browser.download('.prof').read_bytes() == (GOLDEN / 'sample.prof').read_bytes()


# ----------------------------------------------------------------------------- the lines


def test_lines_by_function(browser):
    browser.open(SAMPLING)
    browser.show('lines')
    lines = browser.js('''const v = profilerPage.views.lines;
        return v.groups.map(g => [profilerPage.profile.label(g.func), g.lines.map(i => v.lines.line[i])])''')
    quote = dict(map(tuple, lines))['shipping_quote']
    assert quote == sorted(quote) and quote
    assert selected(browser) in browser.text('.lines .row.selected')


def test_source_text_is_shown_where_the_server_gives_it(browser):
    data = copy(SAMPLING)
    data['str'].append('\treturn requests.get(url)  # </script>')
    data['lines']['text'] = [len(data['str']) - 1] * len(data['lines']['func'])
    browser.open(data)
    browser.show('lines')
    texts = browser.js('return [...document.querySelectorAll(".source")].map(e => e.textContent)')
    assert '    return requests.get(url)  # </script>' in texts


# ---------------------------------------------------------------------------- the search


def test_search_counts_functions_and_their_share_once(browser):
    data = own_profile(['match_a', 'other', 'match_b'], [0, 25, 50])
    data['node'] = {'depth': [0, 1, 2, 3, 1], 'func': [0, 1, 2, 3, 2], 'self': [0, 10, 20, 30, 40],
                    'calls': [1] * 5}
    browser.open(data)
    browser.search('match')
    assert browser.text('.found-count') == '2 functions, 60 %'
    browser.search('/match_b$|zzz/')
    assert browser.text('.found-count') == '0 functions, 0 %'
    browser.search('/match_B/i')
    assert browser.text('.found-count') == '1 function, 30 %'


def test_a_bad_pattern_keeps_the_last_result(browser):
    browser.open(TRACED)
    browser.search('sqlalchemy')
    found = browser.js('return profilerPage.found.reduce((a, b) => a + b)')
    browser.js('profilerPage.search("/(/")')
    assert browser.js('return profilerPage.found.reduce((a, b) => a + b)') == found > 0
    assert 'not a regular expression' in browser.text('.found-count')


def test_search_marks_jumps_dims_and_filters(browser):
    browser.open(TRACED)
    browser.press('/')
    browser.driver.switch_to.active_element.send_keys('isinstance')
    browser.pause(SEARCH_MS)
    browser.press(Keys.ENTER)
    assert 'isinstance' in selected(browser)
    assert browser.one('.label.found').is_displayed()
    browser.shot('traced-tree-search')
    browser.one('.tree .list').click()
    first = browser.js('return profilerPage.node')
    browser.press('n')
    assert browser.js('return profilerPage.node') != first
    browser.press('N')
    browser.show('flame')
    browser.shot('traced-flame-search')
    browser.show('functions')
    assert all('isinstance' in name for name in shown_functions(browser))
    browser.press(Keys.ESCAPE)
    assert browser.text('.found-count') == '' and browser.js('return profilerPage.found === null')


def test_ctrl_f_searches_here_first_and_then_in_the_browser(browser):
    browser.open(TRACED)
    press = '''const e = new KeyboardEvent('keydown', {key: 'f', ctrlKey: true, bubbles: true, cancelable: true});
               document.body.dispatchEvent(e); return e.defaultPrevented'''
    assert browser.js(press) is True
    assert browser.js('return document.activeElement.type') == 'search'
    assert browser.js(press) is False
