/* All views and exports of one profile have the same figures. Each test compares them with sums
 * made here in the simplest way. */
'use strict';

const assert = require('assert');
const {load, samples} = require('./page.js');

const page = load();

function sum(values) {
    return Array.from(values).reduce((total, value) => total + value, 0);
}

/* Returns by function: [self, cumulative]. A node adds to the cumulative time of its function
 * unless that function is above it already. */
function figuresOf(data) {
    const {depth, func, self} = data.node, path = [], figures = data.func.name.map(() => [0, 0]);
    for (let i = 0; i < depth.length; i++) {
        path.length = depth[i];
        path.push(func[i]);
        figures[func[i]][0] += self[i];
        for (const above of new Set(path))
            figures[above][1] += self[i];
    }
    return figures;
}

/* Returns three layouts: nothing folded, folded as in the page, everything folded. */
function layoutsOf(profile) {
    const by = test => Uint8Array.from({length: profile.functions}, (_, f) => f && test(f) ? 1 : 0);
    return [by(() => false), by(f => !profile.isOwn(f)), by(() => true)]
        .map(foldable => new page.Layout(profile, foldable));
}

function isOutermost(layout, row) {
    for (let above = layout.parent[row]; above !== page.NONE; above = layout.parent[above])
        if (layout.func(above) === layout.func(row))
            return false;
    return true;
}

/* Returns by function the widths of boxes that are not on a box of the same function. */
function widths(layout, boxes) {
    const found = new Array(layout.profile.functions).fill(0);
    for (let i = 0; i < boxes.row.length; i++)
        if (isOutermost(layout, boxes.row[i]))
            found[layout.func(boxes.row[i])] += boxes.width[i];
    return found;
}

/* Checks that each box is within the one below it, and that boxes of a level do not overlap. */
function checkPlaces(boxes) {
    for (let level = 0; level < boxes.levels; level++)
        for (let i = boxes.levelStart[level]; i < boxes.levelStart[level + 1]; i++) {
            const end = boxes.start[i] + boxes.width[i];
            if (i + 1 < boxes.levelStart[level + 1])
                assert(end <= boxes.start[i + 1], 'box ' + i + ' is over the next one');
            const below = level && boxes.width[i] ? boxes.at(level - 1, boxes.start[i]) : page.NONE;
            if (below !== page.NONE)
                assert(end <= boxes.start[below] + boxes.width[below], 'box ' + i + ' is too wide');
            else
                assert(!level || !boxes.width[i], 'box ' + i + ' stands on nothing');
        }
}

for (const [name, data] of samples()) {
    const profile = new page.Profile(data), figures = figuresOf(data);
    const total = sum(data.node.self), self = figures.map(([ns]) => ns), cumulative = figures.map(([, ns]) => ns);

    test(name + ': the tree adds up', () => {
        assert.strictEqual(profile.total[0], total);
        for (let i = 0; i < profile.nodes; i++)
            assert.strictEqual(profile.total[i], sum(profile.self.subarray(i, profile.end[i])));
        if (data.tl)
            assert.strictEqual(sum(data.tl.dt), total);
    });

    test(name + ': functions have the times of the tree', () => {
        const stats = new page.Stats(profile, null);
        for (let f = 1; f < profile.functions; f++) {
            const found = stats.figuresOf(f);
            assert.deepStrictEqual([found.self, found.cumulative], figures[f], profile.name(f));
        }
        assert.strictEqual(stats.self + self[0], total);
    });

    test(name + ': no time is lost by folding', () => {
        for (const layout of layoutsOf(profile)) {
            assert.strictEqual(layout.total[0], total);
            assert.strictEqual(sum(layout.self), total);
            const below = Float64Array.from(layout.self);
            for (let row = 1; row < layout.count; row++)
                below[layout.parent[row]] += layout.total[row];
            assert.deepStrictEqual(Array.from(below), Array.from(layout.total));
        }
    });

    test(name + ': boxes are as wide as functions took', () => {
        const [plain, ...folded] = layoutsOf(profile);
        assert.deepStrictEqual(widths(plain, page.Boxes.ofLayout(plain)), cumulative);
        for (const layout of [plain, ...folded])
            checkPlaces(page.Boxes.ofLayout(layout));
    });

    if (data.tl)
        test(name + ': the timeline is as long as the tree is wide', () => {
            const [plain, ...folded] = layoutsOf(profile);
            assert.deepStrictEqual(widths(plain, page.timelineBoxes(plain, profile.timeline)), cumulative);
            for (const layout of [plain, ...folded]) {
                const boxes = page.timelineBoxes(layout, profile.timeline);
                checkPlaces(boxes);
                assert.strictEqual(boxes.width[boxes.whole], total);
            }
        });

    if (data.tl)
        test(name + ': parts of the timeline add up to the whole', () => {
            const cuts = [0, total / 3, total / 2, total].map(Math.round), sums = new Float64Array(profile.nodes);
            for (let i = 1; i < cuts.length; i++) {
                if (cuts[i] === cuts[i - 1])
                    continue;
                const part = page.partOf(profile, cuts[i - 1], cuts[i]);
                assert.strictEqual(part.total[0], cuts[i] - cuts[i - 1]);
                part.self.forEach((ns, node) => { sums[part.range.nodeOf[node]] += ns; });
                for (let node = 1; node < part.nodes; node++) {
                    assert(part.total[node] > 0);
                    const above = profile.parent[part.range.nodeOf[node]];
                    assert.strictEqual(part.range.nodeOf[part.parent[node]], above);
                }
                const stats = new page.Stats(part);
                assert.strictEqual(stats.self + part.self[0], part.total[0]);
                assert.strictEqual(sum(part.waitsOf(0).map(([, ns]) => ns)), part.total[0]);
                checkPlaces(page.Boxes.ofLayout(layoutsOf(part)[1]));
                const boxes = page.timelineBoxes(layoutsOf(part)[1], part.timeline);
                assert.deepStrictEqual([boxes.start[boxes.whole], boxes.width[boxes.whole]],
                                       [cuts[i - 1], part.total[0]]);
            }
            const left = Array.from(profile.self, (ns, node) => sums[node] - ns);
            assert(left.every(ns => ns === 0) || profile.left().nodes, 'time got lost');
        });

    test(name + ': the sandwich holds what its function took', () => {
        const [plain] = layoutsOf(profile);
        for (let f = 1; f < profile.functions; f++) {
            const sandwich = new page.Sandwich(plain, f);
            const sums = {callers: 0, callees: sandwich.self[0]};
            for (let row = 1; row < sandwich.count; row++)
                if (Math.abs(sandwich.depth[row] - sandwich.levelsAbove) === 1)
                    sums[sandwich.isCaller(row) ? 'callers' : 'callees'] += sandwich.total[row];
            assert.deepStrictEqual([sandwich.total[0], sums.callers, sums.callees],
                                   [cumulative[f], cumulative[f], cumulative[f]], profile.name(f));
        }
    });

    test(name + ': functions by self time, and their callers, add up to the request', () => {
        const stats = new page.Stats(profile, null), [plain] = layoutsOf(profile);
        for (const layout of layoutsOf(profile)) {
            const inverted = new page.Inverted(layout);
            inverted.grow(Array.from(inverted.made, (_, row) => row), 3000);
            const below = new Float64Array(inverted.count);
            assert.deepStrictEqual([inverted.total[0], sum(inverted.self)], [total, total]);
            for (let row = 1; row < inverted.count; row++)
                below[inverted.parent[row]] += inverted.total[row];
            assert.strictEqual(below[0], total);
            for (let row = 1; row < inverted.count; row++)
                if (inverted.isGrown(row) && inverted.end[row] > row + 1)
                    assert.strictEqual(below[row], inverted.total[row]);
            for (let f = 1; layout === plain && f < profile.functions; f++) {
                const row = inverted.rootOf(f);
                assert.strictEqual(row === page.NONE ? 0 : inverted.total[row], self[f], profile.name(f));
                if (row !== page.NONE && !profile.sampling)
                    assert.strictEqual(inverted.calls[row], stats.figuresOf(f).calls);
            }
        }
    });

    test(name + ': folded stacks add up to the request', () => {
        const lines = Array.from(page.foldedText(profile));
        const numbers = lines.map(line => Number(/ (\d+)\n$/.exec(line)[1]));
        assert.strictEqual(sum(numbers), Math.floor((total + 500) / 1000));
        const root = lines.length ? lines[0].split(/;| \d+\n$/)[0] : '';
        for (const line of lines)
            assert(line === root + line.slice(root.length) && /[; ]/.test(line[root.length]), line);
    });

    test(name + ': speedscope has the times of the functions', () => {
        const file = JSON.parse(page.speedscopeText(profile)), [contents] = file.profiles;
        const found = file.shared.frames.map(() => 0);
        if (contents.type === 'sampled')
            contents.samples.forEach((stack, i) => {
                found[stack[stack.length - 1]] += Math.round(contents.weights[i] * 1e9);
            });
        else
            replay(contents.events, (frame, ns) => { found[frame] += ns; });
        assert.strictEqual(Math.round((contents.endValue - contents.startValue) * 1e9), total);
        assert.deepStrictEqual(found, self);
    });

    test(name + ': a search that finds everything has all time but the server\'s', () => {
        const share = page.searchShare(profile, page.matchingFunctions(profile, () => true));
        assert.deepStrictEqual([share.functions, share.ns], [profile.functions - 1, total - self[0]]);
    });

    if (data.mode === 'sampling' || data.node.cpu)
        test(name + ': waits add up to the request', () => {
            const waits = Array.from(profile.waitsOf(0), ([, ns]) => ns);
            assert(Math.abs(sum(waits) - total) <= total * 1e-9, sum(waits) + ' is not ' + total);
        });
}

/* Calls tell(frame, ns) for the time between two events. */
function replay(events, tell) {
    const open = [];
    let now = 0;
    for (const {type, frame, at} of events) {
        const ns = Math.round(at * 1e9);
        if (ns > now)
            tell(open[open.length - 1], ns - now);
        now = ns;
        if (type === 'O')
            open.push(frame);
        else
            assert.strictEqual(open.pop(), frame);
    }
    assert.deepStrictEqual(open, []);
}
