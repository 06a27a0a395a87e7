/* One sentence about the request's time: "52 % in `render` (jinja2) · 18 % network read in
 * `quote`". It groups self time by what the thread did and by the nearest own function above. */
'use strict';

const SENTENCE_PARTS = 3, SENTENCE_LEAST = 0.1, BUSY_LEAST = 0.25, NEARLY_ALL = 0.95;

/* Functions do not ask for these waits: they count as the function's own time. */
const UNASKED = ['GIL', 'other waits', 'CPU wait', 'not known'].map(name => WAIT_NAMES.indexOf(name));

/* One group of self time: its kind of waiting (0: running, or not known), its library ('' for own
 * code), its own function, and the time by function. */
class TimeGroup {
    constructor(kind, library, own) {
        Object.assign(this, {kind, library, own, ns: 0, node: 0, nodeNs: 0, byFunction: new Map(),
                             byKind: new Map()});
    }

    add(node, func, ns, kind) {
        this.ns += ns;
        this.byKind.set(kind, (this.byKind.get(kind) || 0) + ns);
        this.byFunction.set(func, (this.byFunction.get(func) || 0) + ns);
        if (ns > this.nodeNs)
            Object.assign(this, {node, nodeNs: ns});
    }

    /* Returns the function with more than half of the time, or NONE. */
    function() {
        for (const [func, ns] of this.byFunction)
            if (ns * 2 > this.ns)
                return func;
        return NONE;
    }

    /* The time is the library's: a function that has not nearly all of it is not the subject. */
    isOf(func) {
        return (this.byFunction.get(func) || 0) > NEARLY_ALL * this.ns;
    }
}

/* Returns the groups, the longest first. */
function timeGroups(profile) {
    const groups = new Map(), ownAbove = new Int32Array(profile.nodes), libraries = [];
    const sums = new Float64Array(WAIT_NAMES.length);
    for (let node = 0; node < profile.nodes; node++) {
        const func = profile.func[node], isOwn = node > 0 && profile.isOwn(func);
        ownAbove[node] = isOwn ? func : node ? ownAbove[profile.parent[node]] : 0;
        if (!profile.self[node])
            continue;
        if (profile.hasWaits())
            profile.addWaits(sums.fill(0), node, node + 1);
        else
            sums[0] = profile.self[node];
        if (libraries[func] === undefined)
            libraries[func] = isOwn || node === 0 ? '' : libraryOf(profile, func);
        const library = libraries[func];
        for (let did = 0; did < sums.length; did++) {
            if (!(sums[did] > 0))
                continue;
            const kind = UNASKED.includes(did) ? 0 : did;
            const key = kind + '\0' + (kind ? '' : library) + '\0' + ownAbove[node];
            if (!groups.has(key))
                groups.set(key, new TimeGroup(kind, kind ? '' : library, ownAbove[node]));
            groups.get(key).add(node, func, sums[did], did);
        }
    }
    return [...groups.values()].sort((a, b) => b.ns - a.ns);
}

function libraryOf(profile, func) {
    return profile.isLeft(func) || profile.kindOf[func] === KIND_BUILTIN ? profile.label(func) :
        profile.lib(func) || profile.label(func);
}

/* Returns the groups that the sentence names. */
function sentenceGroups(profile) {
    const whole = profile.total[0];
    return timeGroups(profile).filter((group, i) => i === 0 || group.ns >= SENTENCE_LEAST * whole)
        .slice(0, SENTENCE_PARTS);
}

/* Fills the element. A name selects the node where it takes the most time. */
function addSentence(page, element) {
    const profile = page.profile;
    clear(element);
    element.hidden = profile.nodes === 1 || !profile.total[0];
    if (element.hidden)
        return;
    if (page.units.note())
        add(element, make('span', 'hint', page.units.note() + ': '));
    const busy = cpuWaitShare(profile);
    if (busy >= BUSY_LEAST)
        add(element, make('b', 'busy', 'The machine was busy: ' + profile.requestWord() + ' waited for a CPU ' +
                          percent(busy, 1) + ' of the time. Measure again.'), ' ');
    sentenceGroups(profile).forEach((group, i) => {
        add(element, i ? ' \u00b7 ' : '', make('b', '', percent(group.ns, profile.total[0])),
            ...groupWords(page, group), unaskedWords(profile, group));
    });
}

/* Returns the share of the request in which it waited for a CPU. */
function cpuWaitShare(profile) {
    const {wait_ns: waits, wall_ns: wall} = profile.meta;
    const [ns, of] = profile.hasWaits() ?
        [new Map(profile.waitsOf(0)).get(WAIT_NAMES.indexOf('CPU wait')), profile.total[0]] :
        [(waits || {})['cpu wait'], wall];
    return (Number(ns) || 0) / (of || 1);
}

/* Returns " (with 30 % CPU wait)" if that is a large part of the group. */
function unaskedWords(profile, group) {
    const parts = UNASKED.map(kind => [kind, group.byKind.get(kind) || 0]).filter(([, ns]) => ns > 0.2 * group.ns)
        .sort((a, b) => b[1] - a[1])
        .map(([kind, ns]) => percent(ns, profile.total[0]) + ' ' + profile.waitName(kind));
    return parts.length ? ' (with ' + parts.join(', ') + ')' : '';
}

function groupWords(page, group) {
    const profile = page.profile, func = group.function(), own = group.own;
    const name = (which, node) => link(page, which, node);
    if (group.kind && !group.node)
        return [' ' + profile.waitName(group.kind) + ' in the server itself, outside Python'];
    if (group.kind)
        return [' ' + profile.waitName(group.kind) + ' in ', name(own || profile.func[group.node], group.node)];
    if (!group.library)
        return group.node ? [' in ', name(own, group.node)] : [' in the server itself, outside Python'];
    const caller = own ? [', called by ', name(own, ancestorOf(profile, group.node, own))] : [];
    if (profile.isLeft(profile.func[group.node]))
        return [' ', name(profile.func[group.node], group.node), ...caller];
    const isOther = func !== NONE && group.isOf(func) && profile.label(func) !== group.library;
    return [...libraryWords(group, func, each => name(each, group.node)),
            isOther ? ' (' + shown(group.library, 40) + ')' : '', ...caller];
}

/* Returns " in update", or " in werkzeug (most in update)". */
function libraryWords(group, func, name) {
    if (func !== NONE && group.isOf(func))
        return [' in ', name(func)];
    return [' in ', make('bdi', '', shown(group.library, 60)),
            ...(func === NONE ? [] : [' (most in ', name(func), ')'])];
}

function ancestorOf(profile, node, func) {
    while (node && profile.func[node] !== func)
        node = profile.parent[node];
    return node;
}

function link(page, func, node) {
    const element = button('', 'Select it', () => page.select(node));
    element.className = 'name-link' + (page.profile.isOwn(func) ? ' own' : '');
    return add(element, make('bdi', '', shown(page.profile.label(func), 80)));
}
