/* Data that are no profile are refused, with the reason; hostile ones do no harm. */
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
};

for (const mode of ['deterministic', 'sampling']) {
    test(mode + ': a whole profile is taken', () =>
        assert.strictEqual(new page.Profile(made(5, mode)).nodes, 400));

    for (const [name, spoil] of Object.entries(BREAKS))
        test(mode + ': ' + name, () =>
            assert.throws(() => new page.Profile(spoil(made(5, mode))), page.BadProfile));

    test(mode + ': 20,000 levels are no stack of calls', () => {
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
