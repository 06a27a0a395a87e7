/* Two profiles on one call tree: what is the same function, and what is different. */
'use strict';

const assert = require('assert');
const {load, made, samples} = require('./page.js');

const page = load();
const MODES = ['deterministic', 'sampling'];

function copy(data) {
    return JSON.parse(JSON.stringify(data));
}

function compare(a, b) {
    return new page.Comparison(new page.Profile(a), new page.Profile(b));
}

/* Returns a request of own functions: nodes are [depth, name, ms, calls or samples]. */
function request(nodes, {mode = 'deterministic', file = '/srv/shop/app.py', meta = {}} = {}) {
    const names = [...new Set(nodes.map(([, name]) => name))], ns = nodes.map(([, , ms]) => Math.round(ms * 1e6));
    const counts = [1, ...nodes.map(([, , , calls = 1]) => calls)], calls = mode === 'sampling' ? 'samples' : 'calls';
    const column = (first, value) => [first, ...names.map(value)];
    return {
        v: 1, str: ['GET /x', '', file, ...names],
        meta: {mode, wall_ns: ns.reduce((sum, one) => sum + one, 0), interval_ns: 1e6, sort_by: [], ...meta},
        func: {name: column(0, (_, i) => 3 + i), file: column(1, () => 2), line: column(0, (_, i) => 10 + i),
               lib: column(1, () => 1), kind: column(4, () => 0)},
        node: {depth: [0, ...nodes.map(([depth]) => depth)],
               func: [0, ...nodes.map(([, name]) => 1 + names.indexOf(name))], self: [0, ...ns], [calls]: counts},
    };
}

/* Returns {call path: figures} of a comparison, with the names of functions. */
function byPath({common, a, b}) {
    return new Map(Array.from({length: common.nodes}, (_, node) => [
        common.pathTo(node).map(one => common.func[one] && common.name(common.func[one])).join(' > '),
        [b.self[node] - a.self[node], b.total[node] - a.total[node], b.calls[node] - a.calls[node]],
    ]));
}

function waits(profile) {
    return profile.hasWaits() ? profile.waitsOf(0) : [];
}

function byName(comparison) {
    const {common, stats} = comparison;
    return new Map(Array.from(stats.functions, func => [common.name(func), func]));
}

for (const [name, data] of samples())
    test(name + ': compared with itself, everything is zero and nothing is coloured', () => {
        const comparison = compare(data, copy(data)), {common, a, b, stats} = comparison;
        const profile = new page.Profile(data);
        assert.deepStrictEqual([a.self, a.total, a.calls], [b.self, b.total, b.calls]);
        assert.strictEqual(a.total[0], profile.total[0]);
        assert.deepStrictEqual(waits(a), waits(b));
        for (const func of stats.functions)
            for (const key of ['self', 'cumulative', 'calls']) {
                assert.strictEqual(comparison.difference(func, key), 0);
                assert.ok(key === 'calls' || comparison.isNoise(func, key), common.name(func));
                assert.strictEqual(comparison.onlyIn(func), '');
            }
    });

for (const mode of MODES) {
    test(mode + ': from B to A is minus from A to B', () => {
        for (const seed of [1, 2, 3]) {
            const [a, b] = [made(seed, mode), made(seed + 10, mode, 700)];
            const there = byPath(compare(a, b)), back = byPath(compare(b, a));
            assert.strictEqual(there.size, back.size);
            for (const [path, figures] of there)
                assert.deepStrictEqual(back.get(path).map(one => 0 - one), figures, path);
        }
    });

    test(mode + ': each side has the figures of its profile, recursion included', () => {
        const data = made(4, mode), other = made(5, mode, 600), {common, a, b, stats} = compare(data, other);
        for (const [side, given] of [[a, data], [b, other]]) {
            const profile = new page.Profile(given), own = new page.Stats(profile);
            assert.ok(own.functions.some(func => own.byFunction[func].calls !== own.byFunction[func].primitive) ||
                      mode === 'sampling');
            const names = new Map(Array.from(stats.functions, func => [common.name(func), func]));
            for (const func of own.functions)
                assert.deepStrictEqual({...side.stats.figuresOf(names.get(profile.name(func)))},
                                       {...own.byFunction[func]}, profile.name(func));
            assert.strictEqual(side.total[0], profile.total[0]);
            assert.deepStrictEqual(waits(side), waits(profile));
        }
    });

    test(mode + ': a merge counts per request', () => {
        const data = made(6, mode), twice = copy(data);
        for (const column of ['self', 'calls', 'samples', 'cpu'].filter(key => data.node[key]))
            twice.node[column] = data.node[column].map(one => 2 * one);
        if (twice.tl)
            delete twice.tl;
        twice.meta.merged = {count: 2, ids: ['a', 'b']};
        for (const figures of byPath(compare(data, twice)).values())
            assert.deepStrictEqual(figures, [0, 0, 0]);
    });

    test(mode + ': 20,000 levels need no recursion', () => {
        const deep = Array.from({length: 20000}, (_, i) => [i + 1, 'f' + i % 24, 0.01]);
        const {common, a} = compare(request(deep, {mode}), request(deep, {mode}));
        assert.strictEqual(common.nodes, 20001);
        assert.strictEqual(a.total[0], 20000 * 1e4);
    });
}

test('a sampled profile is not compared with one that has every call counted', () => {
    assert.throws(() => compare(made(1, 'sampling'), made(1, 'deterministic')), page.BadProfile);
});

test('lines may move', () => {
    const a = made(7, 'deterministic'), b = copy(a);
    b.func.line = b.func.line.map(line => line + 100);
    for (const figures of byPath(compare(a, b)).values())
        assert.deepStrictEqual(figures, [0, 0, 0]);
});

function withPaths(data, ...renamed) {
    const other = copy(data);
    for (const [from, to] of renamed)
        other.str = other.str.map(text => text.startsWith(from) ? to + text.slice(from.length) : text);
    return other;
}

/* Returns the functions that only one side has. */
function alone(a, b) {
    const comparison = compare(a, b), {stats, common} = comparison;
    return Array.from(stats.functions, func => comparison.onlyIn(func) + ' ' + common.name(func))
        .filter(text => !text.startsWith(' '));
}

for (const [what, ...renamed] of [
    ['another directory', ['/srv/shop/', '/home/me/src/shop-2/']],
    ['a directory below', ['/srv/shop/', '/srv/shop/releases/17/']],
    ['a relative path', ['/srv/shop/', '']],
    ['another virtual environment', ['/usr/lib/python3/dist-packages/', '/opt/env/lib/python3.13/site-packages/']],
    ['another machine', ['/srv/shop/', '/app/'],
     ['/usr/lib/python3/dist-packages/', '/env/lib/python3.9/site-packages/']],
])
    test('functions are the same in ' + what, () => {
        const a = made(8, 'deterministic'), b = withPaths(a, ...renamed);
        assert.deepStrictEqual(alone(a, b), []);
        assert.deepStrictEqual(alone(b, a), []);
    });

/* Returns a request of [file, function...] lists. */
function filesOf(...files) {
    const data = request(files.flatMap(([, ...names]) => names.map(name => [1, name, 1])));
    data.str.push(...files.map(([file]) => file));
    const names = data.func.name.slice(1).map(name => data.str[name]);
    data.func.file = [1, ...names.map(name => data.str.indexOf(files.find(([, ...list]) => list.includes(name))[0]))];
    return data;
}

test('two files of one name in one checkout are two files', () => {
    const a = filesOf(['/srv/p/wsgi.py', 'run'], ['/srv/p/shop/views.py', 'View.get']);
    const b = filesOf(['/srv/p/wsgi.py', 'run'], ['/srv/p/blog/views.py', 'View.get']);
    assert.deepStrictEqual(alone(a, b).sort(), ['A View.get', 'B View.get']);
});

test('two files of one name in two checkouts are matched by their directories', () => {
    const files = root => [[root + '/shop/views.py', 'index', 'Shop.get'], [root + '/blog/views.py', 'Blog.get'],
                           [root + '/blog/models.py', 'Post.save']];
    const comparison = compare(filesOf(...files('/srv/a')), filesOf(...files('/home/b')));
    assert.strictEqual(comparison.match.directories.join(), '/srv/a/,/home/b/');
    assert.deepStrictEqual(alone(filesOf(...files('/srv/a')), filesOf(...files('/home/b'))), []);
});

test('an app in two directories is matched in both', () => {
    const a = filesOf(['/srv/a/shop.py', 'one', 'two'], ['/lib/a/tools.py', 'three']);
    const b = filesOf(['/srv/b/shop.py', 'one', 'two'], ['/other/tools.py', 'three']);
    assert.deepStrictEqual(alone(a, b), []);
});

test('functions and call paths of one side', () => {
    const comparison = compare(request([[1, 'run', 1], [2, 'old', 5]]), request([[1, 'run', 1], [2, 'new', 7, 3]]));
    const {common, a, b} = comparison, func = byName(comparison);
    assert.deepStrictEqual(['run', 'old', 'new'].map(name => comparison.onlyIn(func.get(name))), ['', 'A', 'B']);
    assert.deepStrictEqual(['self', 'cumulative', 'calls'].map(key => comparison.difference(func.get('new'), key)),
                           [7e6, 7e6, 3]);
    assert.deepStrictEqual(Array.from(common.nodesOf(func.get('old')), node => [a.seen[node], b.seen[node]]), [[1, 0]]);
    assert.strictEqual(comparison.difference(func.get('run'), 'cumulative'), 2e6);
});

test('a recursive function counts once, however deep', () => {
    const down = (levels, ms) => Array.from({length: levels}, (_, i) => [i + 1, 'down', ms]);
    const comparison = compare(request(down(3, 10)), request(down(9, 10))), func = byName(comparison).get('down');
    assert.strictEqual(comparison.difference(func, 'cumulative'), 60e6);
    assert.strictEqual(comparison.difference(func, 'self'), 60e6);
    assert.strictEqual(comparison.difference(func, 'calls'), 6);
});

test('functions of one name in one file are one function', () => {
    const two = request([[1, 'f', 10], [2, 'g', 5]]), one = request([[1, 'f', 10], [2, 'f', 5]]);
    two.str = two.str.map(text => text === 'g' ? 'f' : text);
    for (const figures of byPath(compare(two, one)).values())
        assert.deepStrictEqual(figures, [0, 0, 0]);
});

/* -------------------------------------------------------------------- the noise */

const sampled = (ms, meta = {}) => request([[1, 'work', ms], [1, 'rest', 400 - ms]],
                                           {mode: 'sampling', meta: {samples: 400, ...meta}});

function isNoise(a, b) {
    const comparison = compare(a, b);
    return comparison.isNoise(byName(comparison).get('work'), 'self');
}

test('sampled: below four standard deviations is noise', () => {
    assert.strictEqual(isNoise(sampled(100), sampled(160)), true);  /* 4 * sqrt(260) = 64.5 */
    assert.strictEqual(isNoise(sampled(100), sampled(170)), false); /* 4 * sqrt(270) = 65.7 */
    assert.strictEqual(isNoise(sampled(170), sampled(100)), false);
});

test('sampled: below 1 % of the request is noise', () => {
    const fine = {interval_ns: 1000, samples: 400000};
    assert.strictEqual(isNoise(sampled(100, fine), sampled(103.9, fine)), true);
    assert.strictEqual(isNoise(sampled(100, fine), sampled(104.1, fine)), false);
});

/* A merge of n requests has n times the samples: its times are sqrt(n) times as exact. */
test('sampled: the noise of merges of different sizes', () => {
    const merged = (ms, count) => {
        const data = sampled(ms, {samples: 400 * count, merged: {count, ids: Array(count).fill('a')}});
        data.node.self = data.node.self.map(ns => ns * count);
        return data;
    };
    /* a = 100 ms of n = 25, b of n = 4, 1 ms: 4 * sqrt(100 / 25 + 127 / 4) = 23.9 */
    assert.strictEqual(isNoise(merged(100, 25), merged(123, 4)), true);
    assert.strictEqual(isNoise(merged(100, 25), merged(125, 4)), false);
    assert.strictEqual(isNoise(sampled(100), sampled(125)), true);
});

test('sampled: samples that stand for more time than the interval are more noise', () => {
    assert.strictEqual(isNoise(sampled(100), sampled(180)), false);
    assert.strictEqual(isNoise(sampled(100, {samples: 100}), sampled(180, {samples: 100})), true);
});

test('sampled: CPU wait explains a difference', () => {
    const busy = sampled(180), wait = {of: [1], kind: [11], ns: [75e6]};
    Object.assign(busy.node, {cpu: busy.node.self.map((ns, i) => i === 1 ? 105e6 : ns), wait});
    assert.strictEqual(isNoise(sampled(100), sampled(180)), false);
    assert.strictEqual(isNoise(sampled(100), busy), true);
    assert.strictEqual(isNoise(busy, sampled(100)), true);
});

test('every call counted: 1 % of the request, and its CPU wait', () => {
    const counted = (ms, wait = 0) => request([[1, 'work', ms], [1, 'rest', 400]],
                                              {meta: {wait_ns: {'cpu wait': wait}}});
    assert.strictEqual(isNoise(counted(10), counted(14)), true);
    assert.strictEqual(isNoise(counted(10), counted(15)), false);
    assert.strictEqual(isNoise(counted(10), counted(15, 6e6)), true);
});

test('every call counted: short requests, and means of many', () => {
    const short = (ms, count) => request([[1, 'work', ms * count]], {
        meta: count > 1 ? {merged: {count, ids: Array(count).fill('a')}} : {}});
    assert.strictEqual(isNoise(short(0.3, 1), short(0.45, 1)), true);
    assert.strictEqual(isNoise(short(0.3, 1), short(0.55, 1)), false);
    assert.strictEqual(isNoise(short(0.3, 25), short(0.35, 25)), false); /* 0.2 / sqrt(25) = 0.04 */
    assert.strictEqual(isNoise(short(0.3, 25), short(0.33, 25)), true);
});

/* Returns a request of 30 functions, sampled at irregular moments as the server does. */
function simulated(random, slow = 0) {
    const nodes = Array.from({length: 30}, (_, i) => [1, 'step_' + i, 0, 0]), tl = {dt: [], node: [], wait: []};
    const ends = nodes.map((_, i) => 10e6 * (i + 1) + (i >= 13 ? slow : 0));
    for (let at = 0, step = 0; at < ends[29];) {
        const dt = 0.5e6 + random() * 1e6;
        at += dt;
        while (step < 29 && ends[step] < at)
            step++;
        nodes[step][2] += dt / 1e6;
        nodes[step][3]++;
        tl.dt.push(dt);
        tl.node.push(step + 1);
        tl.wait.push(0);
    }
    const data = request(nodes, {mode: 'sampling', meta: {samples: tl.dt.length}});
    data.node.samples = data.node.samples.map(count => Math.max(1, count));
    return Object.assign(data, {tl});
}

test('simulated: a slowdown of 50 ms is found in 20 of 20 runs, equal runs colour nothing', () => {
    let seed = 1;
    const random = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;
    for (let run = 0; run < 20; run++) {
        const coloured = (a, b) => {
            const comparison = compare(a, b), {stats, common} = comparison;
            return Array.from(stats.functions).filter(func => !comparison.isNoise(func, 'self'))
                .map(func => common.name(func));
        };
        assert.deepStrictEqual(coloured(simulated(random), simulated(random)), []);
        assert.deepStrictEqual(coloured(simulated(random), simulated(random, 50e6)), ['step_13']);
    }
});
