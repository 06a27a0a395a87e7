/* Data that are not a profile are rejected with a reason; hostile data do no harm. */
'use strict';

const assert = require('assert');
const {load, made} = require('./page.js');

const page = load();

const BREAKS = {
    'no data': () => null,
    'another version': data => Object.assign(data, {v: 2}),
    'no tree': data => Object.assign(data, {node: null}),
    'texts that are numbers': data => Object.assign(data, {str: [1, 2]}),
    'a column too short': data => (data.node.self.pop(), data),
    'a function that is not there': data => (data.node.func[3] = 99999, data),
    'a text that is not there': data => (data.func.name[2] = -1, data),
    'a time below zero': data => (data.node.self[1] = -1, data),
    'a time that is no number': data => (data.node.self[1] = 'x', data),
    'a second request': data => (data.node.depth[5] = 0, data),
    'a step down of two': data => (data.node.depth[1] = 2, data),
    'a path that is an object': data => (data.meta.path = {}, data),
    'a version that is a number': data => (data.meta.python = 3.11, data),
    'a wait that is an object': data => (data.meta.wait_ns = {sleep: {}}, data),
    'a notice whose text is an object': data => (data.meta.notices = [{code: 'x', text: {}}], data),
    'a peer that is an object': data => (data.meta.peers = [{peer: {}, wait: 3, ns: 1}], data),
};

for (const mode of ['deterministic', 'sampling']) {
    test(mode + ': a valid profile is accepted', () =>
        assert.strictEqual(new page.Profile(made(5, mode)).nodes, 400));

    for (const [name, spoil] of Object.entries(BREAKS))
        test(mode + ': ' + name, () =>
            assert.throws(() => new page.Profile(spoil(made(5, mode))), page.BadProfile));

    test(mode + ': 20,000 levels need no recursion', () => {
        const data = made(5, mode, 1), deep = 20000;
        for (let i = 1; i < deep; i++)
            for (const [key, value] of [['depth', i], ['func', 1 + i % 24], ['self', 10],
                                        ...Object.keys(data.node)
                                            .filter(name => /calls|samples|cpu/.test(name))
                                            .map(name => [name, 1])])
                data.node[key].push(value);
        const profile = new page.Profile(data);
        assert.strictEqual(profile.total[0], 1234 + 10 * (deep - 1));
        assert.strictEqual(profile.end[1], deep);
    });
}

test('sampling: a moment of no node', () => {
    const data = made(5, 'sampling');
    data.tl.node[0] = 400;
    assert.throws(() => new page.Profile(data), page.BadProfile);
});

function kindsOf(profile) {
    return Object.fromEntries(profile.waitsOf(0).map(([kind, ns]) => [profile.waitName(kind), ns]));
}

test('waits without node.wait are not known, whatever the request waited for', () => {
    const data = made(5, 'sampling'), total = data.meta.wall_ns, cpu = data.meta.cpu_ns;
    data.meta.wait_ns = {sleep: total - cpu};
    assert.deepStrictEqual(kindsOf(new page.Profile(data)), {CPU: cpu, 'not known': total - cpu});
    data.meta.notices = [{code: 'waits-unknown', text: 'no kernel'}];
    assert.deepStrictEqual(kindsOf(new page.Profile(data)), {CPU: cpu, 'not on CPU': total - cpu});
});

test('kinds of waiting of a newer server are not known', () => {
    const data = made(5, 'sampling', 1), wait = kind => ({of: [0], kind: [kind], ns: [34]});
    data.node.cpu = [1200];
    for (const [kind, name] of [[2, 'sleep'], [8, 'other waits'], [11, 'CPU wait'], [12, 'not known'],
                                [200, 'not known']]) {
        data.node.wait = wait(kind);
        assert.deepStrictEqual(kindsOf(new page.Profile(data)), {CPU: 1200, [name]: 34});
        data.tl.wait.fill(kind);
        const timeline = new page.Profile(data).timeline;
        assert(timeline.wait.every(one => new page.Profile(data).waitName(one) === name), name);
    }
});

test('lines without a total have none', () => {
    const data = made(5, 'sampling');
    data.lines = {func: [1], line: [7], self: [5], hits: [1]};
    assert.strictEqual(new page.Profile(data).lines.total, null);
    data.lines.total = [6];
    assert.deepStrictEqual([...new page.Profile(data).lines.total], [6]);
});
