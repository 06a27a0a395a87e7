/* A merge equals the sum of its .prof files, function by function: pstats itself adds them. */
'use strict';

const assert = require('assert'), fs = require('fs'), os = require('os'), path = require('path');
const {spawnSync} = require('child_process');
const {load, made, samples} = require('./page.js');

const page = load(), copy = data => JSON.parse(JSON.stringify(data));

function profOf(data) {
    const profile = new page.Profile(copy(data));
    return page.profBytes(profile, new page.Stats(profile));
}

/* Returns what pstats reads in these .prof files together. */
function addWithPstats(files) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'profs-'));
    try {
        const paths = files.map((_, i) => path.join(folder, i + '.prof'));
        paths.forEach((file, i) => fs.writeFileSync(file, files[i]));
        const run = spawnSync('python3', [path.join(__dirname, 'add_profs.py'), ...paths], {maxBuffer: 2 ** 28});
        assert.strictEqual(run.status, 0, String(run.stderr));
        return JSON.parse(run.stdout);
    } finally {
        fs.rmSync(folder, {recursive: true});
    }
}

function checkSum(reports) {
    const merged = merge(...reports);
    const sum = addWithPstats(reports.map(profOf)), found = addWithPstats([profOf(merged)]);
    assert.deepStrictEqual(found, sum);
    return new page.Profile(merged);
}

/* Merges copies; without the types of the page's own world. */
function merge(...reports) {
    const sum = new page.Merge();
    for (const report of reports)
        sum.add(copy(report));
    return copy(sum.report());
}

/* Returns the profile as a server reports it that had room for these nodes: what has none is counted by function,
 * and its time is in the nearest node above. */
function truncated(data, isKept) {
    const cut = copy(data), whole = new page.Profile(copy(data)), stats = new page.Stats(whole);
    const callers = stats.allCallers(), funcs = Array.from(stats.functions);
    const figures = name => funcs.map(func => stats.byFunction[func][name]);
    cut.exact = {
        func: funcs, calls: figures('calls'), primitive: figures('primitive'), self: figures('self'),
        cumulative: figures('cumulative'),
        callers: funcs.map(func => callers.get(func).map(([caller, of]) =>
            [caller, of.calls, of.primitive, of.self, of.cumulative])),
    };
    const place = [], left = new Map(), kept = [];
    for (let i = 0; i < whole.nodes; i++) {
        const above = i ? place[whole.parent[i]] : 0, isHere = i === 0 || kept[above] === whole.parent[i] && isKept(i);
        place[i] = isHere ? kept.push(i) - 1 : above;
        if (!isHere)
            left.set(above, (left.get(above) || 0) + whole.self[i]);
    }
    for (const name of Object.keys(cut.node).filter(column => column !== 'wait' && column !== 'class'))
        cut.node[name] = kept.map(i => cut.node[name][i]);
    for (const [at, ns] of left)
        cut.node.self[at] += ns;
    if (cut.tl)
        cut.tl.node = cut.tl.node.map(node => place[node]);
    delete cut.node.wait;
    const hosts = [...left.keys()].sort((a, b) => a - b);
    if (cut.meta.mode !== 'sampling')
        cut.left = {node: hosts, func: hosts.map(() => 0), self: hosts.map(at => left.get(at))};
    cut.meta.notices = [{code: 'truncated', text: 'the call tree is full'}];
    return cut;
}

/* Returns the functions in another order, as another request meets them. */
function shuffled(data) {
    const found = copy(data), count = found.func.name.length, to = func => func ? count - func : 0;
    for (const name of Object.keys(found.func))
        found.func[name] = found.func[name].map((_, func) => found.func[name][to(func)]);
    found.node.func = found.node.func.map(to);
    if (found.lines)
        found.lines.func = found.lines.func.map(to);
    if (found.exact) {
        found.exact.func = found.exact.func.map(to);
        found.exact.callers = found.exact.callers.map(list => list.map(([caller, ...rest]) => [to(caller), ...rest]));
    }
    return found;
}

/* ------------------------------------------------------------------ sums */

for (const [name, data] of samples())
    test('a profile with itself: ' + name, () => {
        const merged = checkSum([data, shuffled(data)]), one = new page.Profile(copy(data));
        assert.strictEqual(merged.total[0], 2 * one.total[0]);
        assert.strictEqual(merged.requests, 2);
    });

for (const mode of ['deterministic', 'sampling']) {
    const all = [4, 5, 6, 7].map(seed => made(seed, mode, 300 + 50 * seed));

    test('different requests with recursion, ' + mode, () => checkSum(all));

    test('truncated trees, ' + mode, () => {
        const cut = all.map((data, k) => truncated(data, i => i % (k + 3) > 0));
        assert.deepStrictEqual(addWithPstats(cut.map(profOf)), addWithPstats(all.map(profOf)));
        checkSum(cut);
    });

    test('some trees are truncated, some not, ' + mode, () => {
        const some = all.map((data, k) => k % 2 ? truncated(data, i => i % 5 > 0) : data);
        assert.notStrictEqual(checkSum(some).exact, null);
        checkSum(some.reverse());
    });

    test('the order of the profiles does not matter, ' + mode, () => {
        const figures = reports => addWithPstats([profOf(merge(...reports))]);
        assert.deepStrictEqual(figures(all), figures(all.slice().reverse()));
    });
}

/* ------------------------------------------------------- what is the same */

/* A request that calls each of these functions once, for a millisecond: [name, file, line, kind, cprofile]. */
function calling(functions, change = () => {}) {
    const data = made(1, 'deterministic', 1, 2), count = functions.length, column = of => [0, ...functions.map(of)];
    data.str = ['GET /', '', ...functions.map(([name]) => name), ...functions.map(([, file]) => file),
                ...functions.map(([name, , , , cprofile]) => cprofile || name)];
    data.func = {name: column((_, f) => 2 + f), file: column((_, f) => 2 + count + f), line: column(one => one[2]),
                 lib: column(() => 1), kind: column(one => one[3]), cprofile: column((_, f) => 2 + 2 * count + f)};
    data.node = {depth: column(() => 1), func: column((_, f) => f + 1), self: column(() => 1e6),
                 calls: column(() => 1)};
    data.func.file[0] = data.func.lib[0] = data.node.calls[0] = 1;
    data.func.kind[0] = 4;
    change(data);
    return data;
}

function names(profile) {
    return Array.from({length: profile.functions - 1}, (_, f) => profile.name(f + 1));
}

test('builtins with addresses are the same in every process', () => {
    const at = (type, address) => ['<built-in method ' + type + '.__new__>', '~', 0, 3,
                                   '<built-in method __new__ of type object at 0x' + address + '>'];
    const reports = [calling([at('A', '10'), at('B', '20')]), calling([at('B', '10'), at('A', '30')])];
    assert.deepStrictEqual(names(checkSum(reports)), ['A', 'B'].map(type => '<built-in method ' + type + '.__new__>'));
    /* the first C of the .prof file would replace A, the second one B */
    const found = addWithPstats([profOf(merge(...reports, calling([at('C', '10'), at('C', '20')])))]);
    assert.strictEqual(found.reduce((sum, [, calls]) => sum + calls, 0), 6);
});

test('builtins that only their addresses tell apart stay apart', () => {
    const at = address => ['<f>', '~', 0, 3, '<f at 0x' + address + '>'];
    for (const second of [[at('10'), at('20')], [at('30'), at('10')], [at('40'), at('50')]])
        assert.strictEqual(checkSum([calling([at('10'), at('20')]), calling(second)]).functions, 3);
});

test('two code objects that pstats takes for one function are one', () => {
    const lambda = of => [of + '.<locals>.<lambda>', '/srv/app.py', 7, 0];
    assert.deepStrictEqual(names(checkSum([calling([lambda('f')]), calling([lambda('g')])])), ['f.<locals>.<lambda>']);
});

test('functions of another file, line or name are others', () => {
    const merged = checkSum([calling([['f', '/srv/app.py', 7, 0]]), calling([['f', '/srv/app.py', 8, 0]]),
                             calling([['f', '/srv/web.py', 7, 0]]), calling([['g', '/srv/app.py', 7, 0]])]);
    assert.strictEqual(merged.nodes, 5);
});

test('own code for one server is own code in the merge', () => {
    for (const kinds of [[1, 0], [0, 1]]) {
        const merged = checkSum(kinds.map(kind => calling([['f', '/srv/app.py', 7, kind]])));
        assert.deepStrictEqual([merged.functions, merged.kindOf[1]], [2, 0]);
    }
});

test('a node has a class only if all profiles with the node name it', () => {
    const f = ['f', '/srv/app.py', 7, 0], g = ['g', '/srv/app.py', 9, 0];
    const named = (name, functions) => calling(functions, data => {
        if (name)
            data.node.class = {of: [1], name: [data.str.push(name) - 1]};
    });
    const label = (...reports) => new page.Profile(merge(...reports)).classLabels.get(1);
    assert.strictEqual(label(named('A.f', [f]), named('A.f', [f])), 'A.f');
    assert.strictEqual(label(named('A.f', [f]), named('B.f', [f])), undefined);
    assert.strictEqual(label(named('A.f', [f]), named('', [f])), undefined);
    assert.strictEqual(label(named('', [f]), named('A.f', [f])), undefined);
    assert.strictEqual(label(named('A.f', [f]), named('', [g])), 'A.f');
    assert.strictEqual(label(named('A.f', [f]), named('B.f', [f]), named('A.f', [f])), undefined);
});

/* ------------------------------------------------------------- all figures */

test('waits, CPU time and lines add up', () => {
    const data = samples()[0][1], one = new page.Profile(copy(data));
    const merged = new page.Profile(merge(data, shuffled(data), data));
    for (let i = 0; i < one.nodes; i++)
        for (const name of ['total', 'self', 'calls', 'cpu'])
            assert.strictEqual(merged[name][i], 3 * one[name][i], name);
    for (const node of [0, 1, 2, one.nodes - 1])
        assert.deepStrictEqual(copy(merged.waitsOf(node)), copy(one.waitsOf(node)).map(([kind, ns]) => [kind, 3 * ns]));
    for (const name of ['self', 'total', 'hits'])
        assert.deepStrictEqual(Array.from(merged.lines[name]), Array.from(one.lines[name], value => 3 * value));
    assert.strictEqual(merged.timeline, null);
});

test('the head has sums, and what differs between the requests', () => {
    const data = samples()[0][1], other = copy(data);
    Object.assign(other.meta, {id: '0123456789abcdef', path: '/orders/7', wall_ns: 1000, status: 500, query: '',
                               exception: 'KeyError', started: '2026-11-29T21:00:00.000000Z', notices: []});
    const {meta} = merge(data, other), {merged} = meta;
    assert.strictEqual(meta.wall_ns, data.meta.wall_ns + 1000);
    assert.strictEqual(meta.wait_ns.sleep, 2 * data.meta.wait_ns.sleep);
    assert.deepStrictEqual(meta.peers, data.meta.peers.map(peer => Object.assign({}, peer, {ns: 2 * peer.ns})));
    assert.deepStrictEqual([meta.method, meta.path, meta.query, meta.status], ['GET', null, null, null]);
    assert.deepStrictEqual(meta.notices.map(({code, profiles, text}) => [code, profiles, text.slice(0, 26)]),
                           [['threads', 1, '1 of 2 profiles: the reque']]);
    assert.deepStrictEqual([merged.count, merged.ids, merged.wall_ns],
                           [2, [data.meta.id, '0123456789abcdef'], [data.meta.wall_ns, 1000]]);
    assert.deepStrictEqual([merged.routes, merged.statuses, merged.exceptions],
                           [['/orders/42', '/orders/7'], [[200, 1], [500, 1]], [['KeyError', 1]]]);
    assert.deepStrictEqual(merged.started, [other.meta.started, data.meta.started]);
});

test('the request of a merge is named by its route', () => {
    const name = changes => {
        const one = made(1, 'deterministic', 1);
        return new page.Profile(merge(...changes.map(change =>
            Object.assign({}, one, {meta: Object.assign({}, one.meta, change)})))).name(0);
    };
    assert.strictEqual(name([{path: '/a'}, {path: '/a'}]), '2 requests of GET /a');
    assert.strictEqual(name([{path: '/a/1', route: '/a/*'}, {path: '/a/2', route: '/a/*'}]), '2 requests of GET /a/*');
    assert.strictEqual(name([{path: '/a'}, {path: '/a', method: 'POST'}]), '2 requests of GET, POST /a');
    assert.strictEqual(name([{path: '/a'}, {path: '/b'}, {path: '/b'}]), '3 requests of 2 routes');
});

test('different intervals are merged, and said', () => {
    const at = (seed, ns) => {
        const data = made(seed, 'sampling');
        data.meta.interval_ns = ns;
        return data;
    };
    const merged = checkSum([at(1, 1000000), at(2, 200000), at(3, 200000)]);
    assert.strictEqual(merged.meta.interval_ns, 1000000);
    assert.deepStrictEqual(merged.meta.merged.intervals, [[200000, 2], [1000000, 1]]);
    assert.match(merged.notices()[0].text, /0\.2.ms: 2 profiles, 1.ms: 1 profile/);
});

/* --------------------------------------------------------------- refusals */

test('the two modes are never merged', () => {
    const sum = new page.Merge();
    sum.add(made(1, 'sampling'));
    const before = JSON.stringify(sum.report());
    assert.throws(() => sum.add(made(1, 'deterministic')), page.MixedModes);
    assert.throws(() => sum.add(made(1, 'deterministic')),
                  /profiles that were sampled and profiles with every call counted are never merged/);
    assert.strictEqual(JSON.stringify(sum.report()), before);
});

test('a broken profile leaves the merge as it was', () => {
    const sum = new page.Merge(), broken = made(2, 'sampling');
    sum.add(made(1, 'sampling'));
    const before = JSON.stringify(sum.report());
    broken.node.func[200] = 1e6;
    for (const bad of [broken, null, {}, [], made(3, 'sampling').node, sum.report()])
        assert.throws(() => sum.add(copy(bad)), page.BadProfile);
    assert.strictEqual(JSON.stringify(sum.report()), before);
});

test('no profiles are no merge', () => assert.throws(() => merge(), page.BadProfile));

/* ------------------------------------------------------------- per request */

function assertNear(found, expected, what) {
    assert(Math.abs(found - expected) <= 1e-9 * Math.abs(expected), what + ': ' + found + ' is not ' + expected);
}

for (const [name, data] of samples().concat([['truncated', truncated(made(8, 'deterministic'), i => i % 4 > 0)]]))
    test('means of equal requests are the request: ' + name, () => {
        const one = new page.Profile(copy(data)), mean = page.meanOf(new page.Profile(merge(data, data, data)));
        const stats = new page.Stats(one), means = new page.Stats(mean);
        assertNear(mean.total[0], one.total[0], 'total');
        assertNear(means.calls, stats.calls, 'calls');
        for (const func of means.functions) {
            const same = stats.functions.find(each => one.standardName(each) === mean.standardName(func) &&
                                                      one.name(each) === mean.name(func));
            for (const key of ['calls', 'primitive', 'self', 'cumulative'])
                assertNear(means.byFunction[func][key], stats.byFunction[same][key], mean.name(func) + ' ' + key);
            const sum = list => list.reduce((all, [, figures]) => all + figures.calls, 0);
            assertNear(sum(means.callersOf(func)), sum(stats.callersOf(same)), 'callers of ' + mean.name(func));
        }
        for (const key of one.lines ? ['self', 'total', 'hits'] : [])
            mean.lines[key].forEach((value, i) => assertNear(value, one.lines[key][i], 'line ' + i));
        assert(one.cpu === null || mean.waitsOf(0).every(([kind, ns], i) =>
            kind === one.waitsOf(0)[i][0] && Math.abs(ns - one.waitsOf(0)[i][1]) < 1));
    });

test('a mean has the waits of the sum, and no others', () => {
    const reports = Array.from({length: 7}, (_, k) => {
        const data = copy(samples()[0][1]), more = (ns, node) => ns ? ns + (k * node) % 5 : 0;
        data.node.self = data.node.self.map((ns, node) => ns + more(data.node.cpu[node], node) - data.node.cpu[node]);
        data.node.cpu = data.node.cpu.map(more);
        return data;
    });
    const sum = new page.Profile(merge(...reports));
    const mean = page.meanOf(sum), kinds = profile => node => copy(profile.waitsOf(node)).map(([kind]) => kind).sort();
    for (let node = 0; node < sum.nodes; node++)
        assert.deepStrictEqual(kinds(mean)(node), kinds(sum)(node), 'node ' + node);
});

test('a mean leaves the sums as they are', () => {
    const sum = new page.Profile(merge(made(1, 'sampling'), made(2, 'sampling'))), total = sum.total[0];
    page.meanOf(sum);
    assert.deepStrictEqual([sum.total[0], sum.isMean], [total, undefined]);
});

test('means of counts have digits, counts have none', () => assert.deepStrictEqual(
    [0, 7, 12345, 0.5, 1 / 3, 0.001, 12.34, 123.4].map(page.grouped),
    ['0', '7', '12,345', '0.5', '0.33', '<0.01', '12.3', '123']));

test('the spread of durations', () => {
    const spread = durations => copy(page.spreadOf(durations));
    const twenty = Array.from({length: 20}, (_, i) => 20 - i), found = spread(twenty);
    assert.deepStrictEqual(found.marks, [['min', 1, 19], ['median', 10.5, 9], ['p95', 19, 1], ['max', 20, 0]]);
    assert.strictEqual(found.counts.reduce((sum, count) => sum + count), 20);
    assert.deepStrictEqual([found.counts[0], found.counts[23]], [1, 1]);
    assert.deepStrictEqual(spread([7]).marks.map(mark => mark[1]), [7, 7, 7, 7]);
    assert.strictEqual(spread([7, 7, 7]).counts[0], 3);
});

test('downloads are named after the requests', () => {
    const name = (...changes) => page.downloadName(new page.Profile(merge(...changes.map(change => {
        const data = made(1, 'deterministic');
        Object.assign(data.meta, {wall_ns: 2e9}, change);
        return data;
    }))));
    assert.strictEqual(name({route: '/orders/*'}, {route: '/orders/*'}), 'GET.orders.2-requests.4000ms');
    assert.strictEqual(name({path: '/'}, {path: '/'}), 'GET.root.2-requests.4000ms');
    assert.strictEqual(name({path: '/a'}, {path: '/b', method: 'POST'}), 'GET-POST.2-routes.2-requests.4000ms');
});
