/* What pstats shows, derived from the call tree as the server derives it for the .prof
 * (plugin/core/stats.c): primitive calls are those with no call of the same function above
 * them, cumulative time is theirs only; the same for each pair of caller and callee. Of a
 * sampled profile "calls" are samples, each counted once. Where the tree was truncated,
 * the server's exact figures are taken instead. */
'use strict';

class Figures {
    constructor() {
        this.calls = this.primitive = this.self = this.cumulative = 0;
        this.onPath = 0;
    }
}

class Stats {
    constructor(profile) {
        this.profile = profile;
        this.byFunction = [];     /* Figures, or undefined for what was not called */
        this.callers = new Map(); /* callee: [[caller, Figures], ...] in first-seen order */
        this.callees = new Map();
        if (profile.exact)
            this.take(profile.exact);
        else
            this.walk();
        this.functions = Int32Array.from(Object.keys(this.byFunction), Number)
            .filter(func => this.byFunction[func].calls > 0);
        this.sum();
    }

    figuresOf(func) {
        return this.byFunction[func] || new Figures();
    }

    callersOf(func) {
        return (this.callers.get(func) || []).filter(pair => pair[1].calls > 0);
    }

    calleesOf(func) {
        return (this.callees.get(func) || []).filter(pair => pair[1].calls > 0);
    }

    link(caller, callee, figures) {
        for (const [map, key, other] of [[this.callers, callee, caller],
                                         [this.callees, caller, callee]]) {
            if (!map.has(key))
                map.set(key, []);
            map.get(key).push([other, figures]);
        }
    }

    take(exact) {
        exact.func.forEach((func, i) => {
            const [calls, primitive] = [exact.calls[i], exact.primitive[i]];
            this.byFunction[func] = Object.assign(new Figures(), {
                calls, primitive, self: exact.self[i], cumulative: exact.cumulative[i]});
            for (const [caller, calls, primitive, self, cumulative] of exact.callers[i])
                this.link(caller, func, Object.assign(new Figures(), {
                    calls, primitive, self, cumulative}));
        });
    }

    /* ------------------------------------------------------------ from the tree */

    /* Depth first: onPath counts how often a function, or a pair, stands above. */
    walk() {
        const p = this.profile, entered = new Array(p.nodes), pairs = new Map();
        let last = 0;
        for (let node = 1; node < p.nodes; node++) {
            for (; last !== p.parent[node]; last = p.parent[last])
                for (const figures of entered[last])
                    figures.onPath--;
            entered[node] = this.enter(node, pairs);
            last = node;
        }
        if (p.sampling)
            this.countSamplesOnce(pairs);
    }

    enter(node, pairs) {
        const p = this.profile, func = p.func[node], parent = p.parent[node];
        const own = this.byFunction[func] || (this.byFunction[func] = new Figures());
        this.count(own, node);
        if (parent === 0)
            return [own];
        const caller = p.func[parent], key = caller * p.functions + func;
        let pair = pairs.get(key);
        if (!pair) {
            pairs.set(key, pair = new Figures());
            this.link(caller, func, pair);
        }
        this.count(pair, node);
        return [own, pair];
    }

    count(figures, node) {
        const p = this.profile;
        figures.calls += p.calls[node];
        figures.self += p.self[node];
        if (figures.onPath++ === 0) {
            figures.primitive += p.calls[node];
            figures.cumulative += p.total[node];
        }
    }

    countSamplesOnce(pairs) {
        for (const figures of this.byFunction)
            if (figures)
                figures.calls = figures.primitive;
        for (const figures of pairs.values())
            figures.calls = figures.primitive;
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

/* --------------------------------------------------------------------- search */

/* A test of texts: a plain text without regard to case, or /a regular expression/.
 * null when there is nothing to look for; throws SyntaxError. */
function textTest(query) {
    const text = query.trim();
    if (!text)
        return null;
    const expression = /^\/(.+)\/([imsu]*)$/.exec(text);
    if (expression) {
        const regex = new RegExp(expression[1], expression[2]);
        return candidate => regex.test(candidate);
    }
    const lower = text.toLowerCase();
    return candidate => candidate.toLowerCase().includes(lower);
}

/* By function: 1 where its name, file and line pass. */
function matchingFunctions(profile, test) {
    const found = new Uint8Array(profile.functions);
    for (let f = 1; f < profile.functions; f++)
        found[f] = test(profile.label(f) + ' ' + profile.file(f) + ':' + profile.lineOf[f]) ? 1 : 0;
    return found;
}

/* How many functions, and the time in which one of them was on the stack: below a match
 * further ones add nothing. */
function searchShare(profile, found) {
    let functions = 0, ns = 0;
    for (const one of found)
        functions += one;
    for (let i = 1; i < profile.nodes;) {
        const hit = found[profile.func[i]];
        ns += hit ? profile.total[i] : 0;
        i = hit ? profile.end[i] : i + 1;
    }
    return {functions, ns};
}
