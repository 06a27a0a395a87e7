/* The figures of pstats, derived from the call tree in the same way as in plugin/profile/stats.c
 * for .prof files. Calls without a call of the same function above them are primitive; only they
 * add cumulative time. Pairs of caller and callee have the same figures. In a sampled profile,
 * "calls" are samples, and each sample counts once. If the tree is truncated, the server's exact
 * figures are used instead. */
'use strict';

class Figures {
    constructor(calls = 0, primitive = 0, self = 0, cumulative = 0) {
        this.calls = calls;
        this.primitive = primitive;
        this.self = self;
        this.cumulative = cumulative;
    }

    add(other) {
        this.calls += other.calls;
        this.primitive += other.primitive;
        this.self += other.self;
        this.cumulative += other.cumulative;
    }
}

/* Figures of many functions or pairs, in growing columns. onPath counts how often each is on the
 * current path. */
class Columns extends Table {
    constructor(size) {
        super({calls: Float64Array, primitive: Float64Array, self: Float64Array, cumulative: Float64Array,
               onPath: Int32Array}, size);
    }

    enter(i, profile, node) {
        this.calls[i] += profile.calls[node];
        this.self[i] += profile.self[node];
        if (this.onPath[i]++ === 0) {
            this.primitive[i] += profile.calls[node];
            this.cumulative[i] += profile.total[node];
        }
    }

    set(i, [calls, primitive, self, cumulative]) {
        this.calls[i] = calls;
        this.primitive[i] = primitive;
        this.self[i] = self;
        this.cumulative[i] = cumulative;
    }

    /* A sampled function without samples may have time: it was switched out. */
    wasSeen(i) {
        return this.calls[i] > 0 || this.cumulative[i] > 0;
    }

    at(i, isSampling) {
        return new Figures(isSampling ? this.primitive[i] : this.calls[i], this.primitive[i],
                           this.self[i], this.cumulative[i]);
    }
}

class Stats {
    /* exact: the server's figures, or null to derive them from the tree. */
    constructor(profile, exact = profile.exact) {
        this.profile = profile;
        this.exact = exact;
        this.byFunction = new Array(profile.functions); /* Figures of functions that were called */
        this.pairs = new Columns(1024); /* of caller and callee, in the order in which they were seen */
        this.pairKeys = [];             /* caller * functions + callee */
        if (exact)
            this.take(exact);
        else
            this.walk();
        this.functions = Int32Array.from(Object.keys(this.byFunction), Number);
        this.sum();
    }

    figuresOf(func) {
        return this.byFunction[func] || new Figures();
    }

    /* Returns [[function, Figures], ...] of the callers. */
    callersOf(func) {
        return this.pairsWhere((caller, callee) => callee === func ? caller : NONE);
    }

    calleesOf(func) {
        return this.pairsWhere((caller, callee) => caller === func ? callee : NONE);
    }

    /* Looks at all pairs: lists by function would cost more for a hundred thousand pairs. The
     * request is not a caller. */
    pairsWhere(otherOf) {
        const count = this.profile.functions, found = [];
        this.pairKeys.forEach((key, i) => {
            const caller = Math.floor(key / count), other = caller ? otherOf(caller, key % count) : NONE;
            if (other !== NONE && this.pairs.wasSeen(i))
                found.push([other, this.pairs.at(i, this.isSampled())]);
        });
        return found;
    }

    /* Returns callersOf for all functions at once: a Map of callee to [[caller, Figures], ...]. */
    allCallers() {
        const callers = new Map(Array.from(this.functions, func => [func, []]));
        const count = this.profile.functions;
        this.pairKeys.forEach((key, i) => {
            const list = key >= count && this.pairs.wasSeen(i) ? callers.get(key % count) : null;
            if (list)
                list.push([Math.floor(key / count), this.pairs.at(i, this.isSampled())]);
        });
        return callers;
    }

    /* In exact figures, the server has counted each sample once already. */
    isSampled() {
        return this.profile.sampling && !this.exact;
    }

    put(func, figures) {
        if (figures.calls > 0 || figures.cumulative > 0)
            this.byFunction[func] = figures;
    }

    addPair(key) {
        const pair = this.pairKeys.push(key) - 1;
        this.pairs.reach(pair);
        return pair;
    }

    take(exact) {
        const count = this.profile.functions;
        exact.func.forEach((func, i) => {
            this.put(func, new Figures(exact.calls[i], exact.primitive[i], exact.self[i],
                                       exact.cumulative[i]));
            for (const [caller, ...figures] of exact.callers[i])
                this.pairs.set(this.addPair(caller * count + func), figures);
        });
    }

    /* Walks the tree depth first. Nodes between the last node and the next one's parent leave the
     * path. */
    walk() {
        const p = this.profile, funcs = new Columns(p.functions), numbers = new Map();
        const pairOf = new Int32Array(p.nodes);
        let last = 0;
        for (let node = 1; node < p.nodes; node++) {
            for (; last !== p.parent[node]; last = p.parent[last]) {
                funcs.onPath[p.func[last]]--;
                this.pairs.onPath[pairOf[last]]--;
            }
            const func = p.func[node], key = p.func[p.parent[node]] * p.functions + func;
            let pair = numbers.get(key);
            if (pair === undefined)
                numbers.set(key, pair = this.addPair(key));
            pairOf[node] = pair;
            funcs.enter(func, p, node);
            this.pairs.enter(pair, p, node);
            last = node;
        }
        for (let func = 1; func < p.functions; func++)
            this.put(func, funcs.at(func, p.sampling));
    }

    sum() {
        this.calls = this.primitive = this.self = 0;
        for (const func of this.functions) {
            const figures = this.byFunction[func];
            this.calls += figures.calls;
            this.primitive += figures.primitive;
            this.self += figures.self;
        }
    }
}

/* Compares the tree with the exact figures. Returns the calls in the tree, all calls, and the
 * self time that the tree has in callers instead of the functions themselves. In sampled profiles,
 * a function counts as called once for each sample that has it on the stack. */
function lackOf(profile, stats) {
    const tree = new Stats(profile, null);
    let ns = 0;
    for (const func of stats.functions)
        ns += Math.max(0, stats.byFunction[func].self - tree.figuresOf(func).self);
    return {calls: tree.calls, ofCalls: stats.calls, ns};
}
