/* Two profiles, A and B, on one call tree. Times and calls are per request.
 *
 * The sides a and b are profiles themselves: they share the nodes and functions of the common tree,
 * and have the figures of A and of B. A node is in both if its call path is. In the common tree a
 * node has the greater self time of the two, so that no side is invisible in a view that draws by
 * time. No code here knows the page. */
'use strict';

/* The call paths of both profiles. Nodes are added in any order; preorder() numbers them. */
class CommonTree {
    constructor(functions) {
        this.functions = functions;
        this.byKey = new Map();
        this.func = [0];
        this.first = [NONE];
        this.last = [NONE];
        this.next = [NONE];
    }

    /* Returns the common node of each node of a profile. */
    add(profile, numbers) {
        const place = new Int32Array(profile.nodes);
        for (let node = 1; node < profile.nodes; node++)
            place[node] = this.below(place[profile.parent[node]], numbers[profile.func[node]]);
        return place;
    }

    below(parent, func) {
        const key = parent * this.functions + func;
        let node = this.byKey.get(key);
        if (node === undefined) {
            this.byKey.set(key, node = this.func.push(func) - 1);
            for (const list of [this.first, this.last, this.next])
                list.push(NONE);
            if (this.first[parent] === NONE)
                this.first[parent] = node;
            else
                this.next[this.last[parent]] = node;
            this.last[parent] = node;
        }
        return node;
    }

    /* Returns the number of each node in preorder, and the columns depth and func in that order. */
    preorder() {
        const count = this.func.length, number = new Int32Array(count);
        const depth = new Int32Array(count), func = new Int32Array(count), path = [];
        for (let node = 0, at = 0; at < count; at++) {
            number[node] = at;
            depth[at] = path.length;
            func[at] = this.func[node];
            path.push(node);
            node = this.first[node];
            while (node === NONE && path.length)
                node = this.next[path.pop()];
        }
        return {number, depth, func};
    }
}

class Comparison {
    constructor(a, b) {
        need(a.sampling === b.sampling, 'one of these profiles is sampled, the other has every call counted: ' +
            'their times cannot be compared. Profile both in the same mode');
        this.match = new FunctionMatch(a, b);
        this.noise = new Noise(a, b);
        const tree = new CommonTree(this.match.count);
        const places = [a, b].map((profile, side) => tree.add(profile, this.match.numbers[side]));
        const {number, depth, func} = tree.preorder();
        this.common = this.makeCommon(depth, func);
        this.nameRoot();
        [this.a, this.b] = [a, b].map((profile, side) => makeSide(
            this.common, profile, this.match.numbers[side], places[side].map(node => number[node])));
        this.finishCommon();
    }

    /* ------------------------------------------------------------- the common tree */

    makeCommon(depth, func) {
        const [a, b] = this.match.profiles;
        return Object.assign(Object.create(Profile.prototype), {
            meta: {mode: a.meta.mode, interval_ns: b.meta.interval_ns, sort_by: [], restrictions: []},
            sampling: a.sampling, comparison: this, nodes: depth.length, depth, func, cpu: null,
            exact: null, timeline: null, lines: null, functions: this.match.count, str: a.str.concat(b.str),
            nameOf: this.texts('nameOf'), fileOf: this.texts('fileOf'), libOf: this.texts('libOf'),
            cprofileOf: this.texts('cprofileOf'), lineOf: this.column('lineOf'), kindOf: this.column('kindOf'),
            hideOf: this.column('hideOf'), classLabels: new Map(),
        });
    }

    column(name) {
        const {profiles, count, of} = this.match;
        return Int32Array.from({length: count}, (_, number) => {
            const side = this.match.sideOf(number), column = profiles[side][name];
            return column ? column[of[side][number]] : 0;
        });
    }

    texts(name) {
        const before = this.match.profiles[0].str.length;
        return this.column(name).map((text, number) => text + (this.match.sideOf(number) ? before : 0));
    }

    /* The root's name is the request's, as on both pages. */
    nameRoot() {
        const [a, b] = this.match.profiles.map(profile => profile.name(0)), {common} = this;
        if (a !== b)
            common.nameOf[common.func[0]] = common.str.push(a + ' \u2192 ' + b) - 1;
    }

    finishCommon() {
        const {common, a, b} = this;
        common.self = a.self.map((ns, node) => Math.max(ns, b.self[node]));
        common.calls = a.calls.map((calls, node) => calls + b.calls[node]);
        common.derive();
        this.stats = new CommonStats(this);
    }

    /* --------------------------------------------------------------- functions */

    /* Returns the figures of a function in A and in B. */
    figuresOf(func) {
        return [this.a.stats.figuresOf(func), this.b.stats.figuresOf(func)];
    }

    /* B - A */
    difference(func, key) {
        const [a, b] = this.figuresOf(func);
        return b[key] - a[key];
    }

    /* Returns what Noise compares. key: "self" or "cumulative". */
    measures(func, key) {
        return [this.a, this.b].map(side => ({
            ns: side.stats.figuresOf(func)[key], cpuWait: side.cpuWait.byFunction[key][func],
            variance: side.variance.byFunction[key][func],
        }));
    }

    isNoise(func, key) {
        return this.noise.isNoise(...this.measures(func, key));
    }

    /* Returns the difference without CPU wait. */
    ownDifference(func, key) {
        return ownDifference(...this.measures(func, key));
    }

    /* Returns "A" or "B" if the function is only there, else ''. */
    onlyIn(func) {
        const [isInA, isInB] = [this.a, this.b].map(side => func === 0 || side.stats.byFunction[func] !== undefined);
        return isInA && isInB ? '' : isInA ? 'A' : 'B';
    }
}

/* Figures of functions that either side has: the greater ones. Pairs of caller and callee are those
 * of the sides. */
class CommonStats {
    constructor({common, a, b}) {
        this.byFunction = new Array(common.functions);
        for (let func = 1; func < common.functions; func++) {
            const [one, other] = [a, b].map(side => side.stats.figuresOf(func));
            const greater = key => Math.max(one[key], other[key]);
            if (a.stats.byFunction[func] || b.stats.byFunction[func])
                this.byFunction[func] = new Figures(...['calls', 'primitive', 'self', 'cumulative'].map(greater));
        }
        this.functions = Int32Array.from(Object.keys(this.byFunction), Number);
    }

    figuresOf(func) {
        return this.byFunction[func] || new Figures();
    }

    callersOf() {
        return [];
    }

    calleesOf() {
        return [];
    }
}
