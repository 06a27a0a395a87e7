"""The same figure has the same value wherever the page and its text show it."""
import json
import re

import pytest

import pages

GOLDEN = pages.ROOT / 'tests' / 'golden'
MODES = ('deterministic', 'sampling')


def samples():
    """{name: (data, text)}"""
    found = {'sampling': (pages.SAMPLING, pages.SAMPLING.with_suffix('.txt')),
             'traced': (pages.TRACED, pages.TRACED.with_suffix('.txt')),
             'golden-sample': (GOLDEN / 'sample.json', None), 'golden-sampling': (GOLDEN / 'sampling.json', None)}
    found = {name: (json.loads(path.read_text()), text.read_text() if text else '')
             for name, (path, text) in found.items()}
    for mode in MODES:
        found['big-' + mode] = (pages.big(6000, mode), '')
        found['waiting-' + mode] = (pages.request(
            (1, 'view', 10), (2, 'quote', 5), (3, 'READ', 300, 2, 'network read'), (2, 'render', 85),
            (3, 'quote', 40), (4, 'READ', 7, 1, 'lock'), (1, 'after', 3), mode=mode), '')
    return found


SAMPLES = samples()

# What contradicts something else, as sentences. Times agree to the nanosecond, but for sums of
# many that the report has rounded each.
CONTRADICTIONS = r'''
const page = profilerPage, p = page.profile, layout = page.layout, wrong = [];
const near = (a, b, what, slack = 1) => Math.abs(a - b) > slack && wrong.push(what + ': ' + a + ' is not ' + b);
const sum = values => values.reduce((all, one) => all + one, 0);
const rows = [...Array(layout.count).keys()];

// the whole: tree, rows, flame
near(sum(Array.from(p.self)), p.total[0], 'self times of nodes');
near(sum(rows.map(i => layout.self[i])), p.total[0], 'self times of rows');
near(layout.total[0], p.total[0], 'the first row');
const flame = Boxes.ofLayout(layout);
for (let i = 0; i < flame.row.length; i++)
    near(flame.width[i], layout.total[flame.row[i]], 'box of ' + p.label(layout.func(flame.row[i])));

// a row and those below it; a child's waits are part of its parent's
for (const row of rows) {
    let below = layout.self[row];
    for (let i = row + 1; i < layout.end[row]; i = layout.end[i])
        below += layout.total[i];
    near(below, layout.total[row], 'row ' + p.label(layout.func(row)), 2);
}
if (p.hasWaits())
    for (const row of rows) {
        const waits = new Map(layout.waitsOf(row));
        near(sum([...waits.values()]), layout.total[row], 'waits of ' + p.label(layout.func(row)), layout.count + 1);
        if (row === 0)
            continue;
        const above = new Map(layout.waitsOf(layout.parent[row]));
        for (const [kind, ns] of waits)
            if (ns > (above.get(kind) || 0) + 1)
                wrong.push(WAIT_NAMES[kind] + ' of ' + p.label(layout.func(row)) + ' is more than its parent\'s');
    }

// the head's time is the tree's
if (!arguments[0]) /* those made by hand have any */
    near(p.meta.wall_ns, p.total[0], 'the wall time in the head', 1e-4 * p.total[0]);

// functions: their self time is that of their nodes, and of their lines
const own = new Float64Array(p.functions);
for (let i = 1; i < p.nodes; i++)
    own[p.func[i]] += p.self[i];
for (let f = 1; f < p.functions; f++)
    if (!p.exact)
        near(page.stats.figuresOf(f).self, own[f], 'self time of ' + p.label(f), p.nodes);

// the panel says of a row what the tree says
for (const row of rows.slice(0, 60)) {
    page.select(layout.node[row]);
    const facts = document.querySelector('#panel .facts').textContent, now = page.row();
    for (const ns of [page.layout.total[now], page.layout.self[now]])
        if (!facts.includes(prose(ns) + ' (' + percent(ns, p.total[0])))
            wrong.push('the panel of ' + p.label(page.func) + ' has not ' + prose(ns) + ': ' + facts);
}

// the head, and the sentence
if (p.hasWaits()) {
    const waits = new Map(p.waitsOf(0)), split = document.querySelector('#head .split-names').textContent;
    for (const [kind, ns] of waits)
        if (ns > 0.002 * p.total[0] && !split.includes(p.waitName(kind) + ' ' + prose(ns)))
            wrong.push('the head has not ' + p.waitName(kind) + ' ' + prose(ns) + ': ' + split);
}
near(sum(timeGroups(p).map(group => group.ns)), p.total[0], 'groups of the sentence', p.nodes);

// what a search finds, counted twice
for (const f of [1, 2, p.functions - 1].filter(f => f < p.functions && !p.isLeft(f))) {
    const found = new Uint8Array(p.functions);
    found[f] = 1;
    if (!p.exact)
        near(searchShare(p, found).ns, page.stats.figuresOf(f).cumulative, 'search for ' + p.label(f), p.nodes);
}
return wrong.slice(0, 20)'''


def assert_agrees(browser, made_by_hand=False):
    assert browser.js(CONTRADICTIONS, made_by_hand) == []


@pytest.mark.parametrize('name', SAMPLES)
def test_all_views_of_a_sample_agree(browser, name):
    data, text = SAMPLES[name]
    browser.open(data, table=text)
    assert_agrees(browser, name.startswith('golden'))
    browser.js('profilerPage.choose("fold", false)')
    assert_agrees(browser, name.startswith('golden'))


# ----------------------------------------------------------------------------- the log's text

def summary_of(text):
    """{kind of waiting: percent} of the log's line "87.65 ms: 43 % CPU, 48 % network read (...)"."""
    line = re.search(r'^[\d.,]+ m?s: (.*)$', text, re.M)
    return {name.strip(): int(share) for share, name in re.findall(r'(\d+) % ([A-Za-z ]+)', re.sub(
        r'\([^)]*\)', '', line.group(1)))} if line else {}


def rows_of(text):
    """[(total ms, decimals, percent, name)] of the log's call tree."""
    tree = re.split(r'\n[Tt]otal ', text, maxsplit=1)[1].partition('\n\n')[0]
    found = re.findall(r'^ *(\d+\.(\d+)) +(\d+\.\d) .{9,}?[└├]─ (.+?)(?:  |$)', tree, re.M)
    return [(float(total), len(decimals), float(share), name) for total, decimals, share, name in found]


def assert_text_agrees(browser, text):
    waits = browser.js('return profilerPage.profile.waitsOf(0).map(([kind, ns]) => '
                       '[WAIT_NAMES[kind], 100 * ns / profilerPage.profile.total[0]])')
    summary = summary_of(text)
    assert summary
    for name, share in waits:
        if share >= 1.5:
            assert abs(summary[name] - share) <= 0.51, (name, summary, waits)
    page = browser.js('''const l = profilerPage.layout, p = profilerPage.profile;
        return Array.from({length: l.count}, (_, i) => [p.label(l.func(i)), l.total[i] / 1e6])''')
    rows = rows_of(text)
    assert len(rows) > 3
    for total, decimals, share, name in rows:
        if name == '(the server itself)':  # the self time of the page's first row
            continue
        assert any(label == name and abs(ms - total) <= 0.51 * 10 ** -decimals for label, ms in page), (name, total)


def test_the_text_of_a_sample_agrees_with_its_page(browser):
    data, text = SAMPLES['sampling']
    browser.open(data, table=text)
    browser.js('profilerPage.opened.fill(0); profilerPage.refold()')  # the log folds all runs
    assert_text_agrees(browser, text)
