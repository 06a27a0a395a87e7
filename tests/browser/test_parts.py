"""Parts of a profile: trees that were cut, frames under the least share; and that what the
panel says of a call path agrees."""
import json
import pstats

import pytest

import pages

SAMPLING = json.loads(pages.SAMPLING.read_text())
TRACED = json.loads(pages.TRACED.read_text())


def copy(data):
    return json.loads(json.dumps(data))


def cut(mode='deterministic'):
    """Of a's f, called nine times, and gone only f's first two calls are in the tree: their
    time is in a's."""
    data = copy(TRACED)
    data['str'] = ['GET /x', '', '/srv/shop/app.py', 'a', 'f', 'gone']
    data['func'] = {'name': [0, 3, 4, 5], 'file': [1, 2, 2, 2], 'line': [0, 1, 2, 3], 'lib': [1] * 4,
                    'kind': [4, 0, 0, 0]}
    data['node'] = {'depth': [0, 1, 2], 'func': [0, 1, 2], 'self': [50, 100, 50], 'calls': [1, 1, 2]}
    data['exact'] = {'func': [1, 2, 3], 'calls': [1, 9, 3], 'primitive': [1, 9, 3], 'self': [40, 80, 30],
                     'cumulative': [150, 80, 30],
                     'callers': [[], [[1, 9, 9, 80, 80]], [[1, 3, 3, 30, 30]]]}
    data['meta'].update(wall_ns=200, mode=mode)
    if mode == 'sampling':
        data['node']['samples'] = [20, 15, 3]
        data['exact'].update(calls=[15, 9, 6], primitive=[15, 9, 6])
        del data['node']['calls']
    return data


def pruned(mode='deterministic'):
    data = cut(mode)
    data['meta']['notices'] = [{'code': 'pruned', 'text': 'the page has room for 3 of 12345 nodes',
                                'shown': 3, 'nodes': 12345}]
    return data


# ------------------------------------------------------------------------ what is lacking

@pytest.mark.parametrize('mode, part', [('deterministic', '3 of 13 calls (23 %)'),
                                        ('sampling', '60 % of the frames that samples saw')])
def test_a_cut_tree_says_what_it_holds_and_where_the_rest_is(browser, mode, part):
    browser.open(cut(mode))
    notices = browser.text('#notices')
    assert 'has 3 nodes, with ' + part in notices
    assert 'its callers: 60\u202fns, 30 % of the time' in notices and 'are exact' in notices
    browser.open(pruned(mode))
    assert 'has 3 of 12,345 nodes, with ' + part in browser.text('#notices')


def test_a_whole_tree_lacks_nothing(browser):
    browser.open(TRACED)
    assert 'call tree' not in browser.text('#notices')
    assert [title for title in titles(browser) if 'nodes' in title] == []


def titles(browser):
    return browser.js('return [...document.querySelectorAll(".menu [data-format]")].map(item => item.title)')


def test_files_made_of_a_part_of_the_tree_say_so(browser):
    data = pruned()
    data['node']['self'] = [50000, 100000, 50000]  # folded stacks are in microseconds
    browser.open(data)
    prof, *others = titles(browser)
    assert 'nodes' not in prof and all(title.endswith(': 3 of 12,345 nodes') for title in others)
    files = {name: browser.download(name) for name in ('.prof', 'speedscope', 'folded', 'json')}
    assert 'nodes' not in files['.prof'].name
    for name in ('speedscope', 'folded', 'json'):
        assert '.3-of-12345-nodes.' in files[name].name
    speedscope = json.loads(files['speedscope'].read_text())
    assert speedscope['name'] == speedscope['shared']['frames'][0]['name'] == 'GET /x [3 of 12,345 nodes]'
    assert files['folded'].read_text().startswith('GET /x [3 of 12,345 nodes] 50\n')
    assert json.loads(files['json'].read_text())['meta']['notices'][0]['nodes'] == 12345
    assert pstats.Stats(str(files['.prof'])).total_calls == 13


def test_files_of_a_truncated_tree_are_the_servers(browser):
    """Whose tree it is: only the button says so."""
    browser.open(cut())
    assert titles(browser)[1].endswith(': 3 nodes of a truncated tree')
    name = browser.download('speedscope')
    assert 'nodes' not in name.name and json.loads(name.read_text())['name'] == 'GET /x'


# ------------------------------------------------------------------------- the least share

ARCS = '''
const s = profilerPage.views.flame.sunburst, drawn = [];
const whole = s.drawArc;
s.drawArc = function (ctx, row, ring) { drawn.push(profilerPage.layout.total[row]); whole.call(s, ctx, row, ring); };
profilerPage.views.flame.drawNow();
s.drawArc = whole;
return drawn'''


def test_the_least_share_holds_in_the_sunburst(browser):
    browser.open(TRACED)
    browser.js('profilerPage.choose("shape", "sunburst"); profilerPage.show("flame")')
    total = browser.js('return profilerPage.layout.total[0]')
    assert min(browser.js(ARCS)) < 0.05 * total
    browser.js('profilerPage.choose("threshold", 5)')
    drawn = browser.js(ARCS)
    assert drawn and min(drawn) >= 0.05 * total


@pytest.mark.parametrize('view, shape', [('flame', 'icicle'), ('flame', 'sunburst'), ('timeline', 'icicle')])
def test_charts_say_how_many_boxes_it_hides(browser, view, shape):
    browser.open(SAMPLING)
    browser.js('profilerPage.choose("shape", arguments[0]); profilerPage.show(arguments[1])', shape, view)
    assert not browser.one('#view .note').is_displayed()
    browser.js('profilerPage.choose("threshold", 1)')
    hidden = browser.js('''const v = profilerPage.views[arguments[0]];
        return v.boxes.row.filter(row => v.layout.total[row] < 0.01 * v.layout.total[0]).length''', view)
    assert hidden and browser.text('#view .note') == '%d boxes below 1 %% not shown' % hidden


def test_lines_under_the_least_share_are_hidden_and_counted(browser):
    browser.open(SAMPLING)
    browser.show('lines')
    lines = len(SAMPLING['lines']['line'])
    assert browser.text('.lines .note').endswith('%d lines' % lines)
    browser.js('profilerPage.choose("threshold", 5)')
    total = sum(SAMPLING['node']['self'])
    kept = [i for i in range(lines) if SAMPLING['lines']['total'][i] / total >= 0.05]
    functions = len({SAMPLING['lines']['func'][i] for i in kept})
    assert browser.text('.lines .note') == '%d functions, %d lines · %d lines below 5 %% not shown' % (
        functions, len(kept), lines - len(kept))
    assert browser.js('return profilerPage.views.lines.rows.length') == functions + len(kept)


# ------------------------------------------------------------------------------- the panel

def test_what_the_panel_says_of_a_call_path_agrees(browser):
    """The parts of the bar are all of the path's time; its CPU is that of the nodes; no part
    is on a CPU for longer than the whole."""
    browser.open(SAMPLING)
    wrong = browser.js('''
        const p = profilerPage.profile, wrong = [];
        for (let node = 0; node < p.nodes; node++) {
            const waits = new Map(p.waitsOf(node)), sum = [...waits.values()].reduce((a, b) => a + b, 0);
            let cpu = 0;
            for (let i = node; i < p.end[node]; i++) cpu += p.cpu[i];
            if (node === 0) cpu = p.meta.cpu_ns;
            if (Math.abs(sum - p.total[node]) > 1 || (waits.get(0) || 0) !== cpu ||
                (waits.get(0) || 0) < p.cpu[node])
                wrong.push([node, sum, p.total[node], waits.get(0), cpu]);
        }
        return wrong''')
    assert wrong == []
    browser.js('profilerPage.select(0)')
    head, panel = browser.text('#head .split-names'), browser.text('#panel .split-names')
    on_cpu = 'CPU %.1f' % (SAMPLING['meta']['cpu_ns'] / 1e6)
    assert on_cpu in head and on_cpu in panel
    leaf = browser.js('''const p = profilerPage.profile;
        return [...p.self.keys()].find(i => i && p.end[i] === i + 1 && p.cpu[i] > 0 && p.cpu[i] < p.self[i])''')
    browser.js('profilerPage.select(arguments[0])', leaf)
    on_cpu = browser.js('return prose(profilerPage.profile.cpu[arguments[0]])', leaf)
    assert on_cpu + ' on CPU' in browser.text('#panel .facts')
    assert 'CPU ' + on_cpu in browser.text('#panel .split-names')


def test_waits_are_what_the_report_says_of_each_node(browser):
    data = copy(SAMPLING)
    data['meta'].update(wall_ns=100, cpu_ns=40)
    data['func'] = {'name': [0, 0], 'file': [1, 1], 'line': [0, 1], 'lib': [1, 1], 'kind': [4, 0]}
    data['node'] = {'depth': [0, 1], 'func': [0, 1], 'self': [0, 100], 'samples': [2, 2],
                    'cpu': [0, 40], 'wait': {'of': [1, 1], 'kind': [3, 8], 'ns': [40, 20]}}
    data['tl'] = {'dt': [60, 40], 'node': [1, 1], 'wait': [0, 3]}
    data['lines'] = {'func': [], 'line': [], 'self': [], 'hits': []}
    browser.open(data)
    assert browser.js('return profilerPage.profile.waitsOf(1)') == [[0, 40], [3, 40], [8, 20]]
    del data['node']['wait']
    browser.open(data)
    assert browser.js('return profilerPage.profile.waitsOf(1)') == [[12, 60], [0, 40]]


def test_the_head_names_waits_as_the_other_views_do(browser):
    data = copy(SAMPLING)
    data['meta'].update(wall_ns=9000000, cpu_ns=1000000,
                        wait_ns={'gil': 3000000, 'network read': 4000000, 'moon': 1000000})
    browser.open(data)
    assert browser.text('#head .split-names') == (
        'network read 4.00\u202fms' 'GIL 3.00\u202fms' 'CPU 1.00\u202fms' 'moon 1.00\u202fms')


# ------------------------------------------------------------------------------- the lines

def test_lines_have_total_and_self_time_as_other_views_have(browser):
    """A function's row is what the table says of it; its lines add up to that."""
    browser.open(SAMPLING)
    wrong = browser.js('''
        const {lines, stats, views} = profilerPage, found = [];
        for (const group of views.lines.groups) {
            const l = views.lines.lines, figures = stats.figuresOf(group.func);
            const self = group.lines.reduce((sum, i) => sum + l.self[i], 0);
            const most = Math.max(...group.lines.map(i => l.total[i]));
            if (Math.abs(self - figures.self) > 1 || most > figures.cumulative + 1 ||
                group.lines.some(i => l.self[i] > l.total[i]))
                found.push([profilerPage.profile.label(group.func), self, figures.self, most, figures.cumulative]);
        }
        return found''')
    assert wrong == []
    browser.show('lines')
    assert [cell.text for cell in browser.all('.lines .columns span')] == [
        'Total ms', '%', 'Self ms', 'Samples', 'Line', 'Function']
    browser.shot('lines')
