/* A range of the timeline in place of the whole request: a profile made from its moments, and the
 * line above the views that names the range.
 *
 * A moment has a node and one kind of waiting, which took most of its time. So the times of a
 * range are exact (unless the timeline was thinned), but its CPU time and waits are estimates.
 * Moments do not have lines, nor calls that are not in the tree. */
'use strict';

/* Returns the profile of the moments between two times, with only their nodes. range.nodeOf has
 * the node of the whole for each of its nodes, range.placeOf is the inverse (NONE: not in the
 * range). */
function partOf(whole, from, to) {
    const moments = momentsBetween(whole.timeline, from, to), sums = sumMoments(whole, moments);
    const nodeOf = Array.from({length: whole.nodes}, (_, node) => node)
        .filter(node => node === 0 || sums.total[node] > 0);
    const placeOf = new Int32Array(whole.nodes).fill(NONE);
    nodeOf.forEach((node, place) => { placeOf[node] = place; });
    const pick = column => column.constructor.from(nodeOf, node => column[node]);
    const part = Object.assign(Object.create(Profile.prototype), whole, {
        nodes: nodeOf.length, depth: pick(whole.depth), func: pick(whole.func), self: pick(sums.self),
        calls: pick(sums.samples), cpu: pick(sums.cpu), parts: partWaits(sums, nodeOf),
        exact: null, lines: null, hotLines: null, nodesByFunction: null,
        timeline: Object.assign(moments, {node: moments.node.map(node => placeOf[node])}),
        range: {from, to, whole, nodeOf, placeOf},
    });
    part.derive();
    return part;
}

/* Returns a timeline that starts at from. Moments that are cut count with the part inside. */
function momentsBetween(timeline, from, to) {
    const dt = [], node = [], wait = [];
    for (let i = 0, start = 0; i < timeline.count && start < to; start += timeline.dt[i++]) {
        const ns = Math.min(to, start + timeline.dt[i]) - Math.max(from, start);
        if (ns <= 0)
            continue;
        dt.push(ns);
        node.push(timeline.node[i]);
        wait.push(timeline.wait[i]);
    }
    return {count: dt.length, start: from, dt, node, wait};
}

/* Returns sums by node of the whole. A moment counts as one sample of its node and of those
 * above. */
function sumMoments(whole, moments) {
    const n = whole.nodes, kinds = WAIT_NAMES.length;
    const self = new Float64Array(n), cpu = new Float64Array(n), samples = new Float64Array(n);
    const waits = new Float64Array(n * kinds);
    moments.node.forEach((node, i) => {
        const kind = moments.wait[i], ns = moments.dt[i];
        self[node] += ns;
        samples[node]++;
        if (kind)
            waits[node * kinds + kind] += ns;
        else
            cpu[node] += ns;
    });
    const total = self.slice();
    for (let node = n - 1; node > 0; node--) {
        total[whole.parent[node]] += total[node];
        samples[whole.parent[node]] += samples[node];
    }
    return {self, cpu, samples, waits, total};
}

function partWaits(sums, nodeOf) {
    const kinds = WAIT_NAMES.length, wait = {of: [], kind: [], ns: []};
    nodeOf.forEach((node, place) => {
        for (let kind = 1; kind < kinds; kind++)
            if (sums.waits[node * kinds + kind] > 0) {
                wait.of.push(place);
                wait.kind.push(kind);
                wait.ns.push(sums.waits[node * kinds + kind]);
            }
    });
    return new Parts(wait, nodeOf.length, 'the range');
}

/* Returns "12.3 to 45.6 ms", with enough digits to tell the two apart, or "87.6 ms". */
function rangeText(from, to, whole) {
    const [size, name] = whole >= 1e9 ? [1e9, 's'] : whole >= 1e6 ? [1e6, 'ms'] : [1e3, MICRO];
    const needed = Math.ceil(1 - Math.log10((to - from) / size));
    const text = ns => digitsOf(ns / size, Math.max(1, Math.min(6, needed)));
    return text(from) + ' to ' + text(to) + '\u202f' + name;
}

/* Sets, clears and names the range of the page. */
class Part {
    constructor(page, element) {
        this.page = page;
        this.element = element;
        this.whole = page.profile;
        this.stats = page.stats;
        this.say();
    }

    /* null: the whole request */
    get range() {
        return this.page.profile.range || null;
    }

    /* A range over the whole request clears it. Returns whether anything changed. */
    set(from, to) {
        const whole = this.whole, end = whole.timeline ? whole.timeline.dt.reduce((sum, ns) => sum + ns, 0) : 0;
        from = Math.max(0, Math.round(Math.min(from, to, end)));
        to = Math.min(end, Math.round(Math.max(from, to)));
        if (!(to > from) || from === 0 && to === end)
            return this.clear();
        if (this.range && this.range.from === from && this.range.to === to)
            return false;
        const part = partOf(whole, from, to);
        this.take(part, new Stats(part));
        return true;
    }

    clear() {
        const isSet = this.range !== null;
        if (isSet)
            this.take(this.whole, this.stats);
        return isSet;
    }

    /* Keeps the selection if its node is in the profile. */
    take(profile, stats) {
        const node = this.toWhole(this.page.node), place = profile.range ? profile.range.placeOf[node] : node;
        this.page.takeProfile(profile, stats, place);
        this.say();
        this.page.say(this.range ? 'Only ' + this.text() : 'The whole request');
    }

    /* Addresses contain nodes of the whole request. */
    toWhole(node) {
        return this.range ? this.range.nodeOf[node] : node;
    }

    fromWhole(node) {
        return node === NONE || !this.range ? node : this.range.placeOf[node];
    }

    text() {
        const {from, to} = this.range, whole = this.whole.total[0];
        return rangeText(from, to, whole) + ' of ' + prose(whole);
    }

    say() {
        const hadFocus = this.element.contains(document.activeElement);
        clear(this.element).hidden = !this.range;
        if (this.range) {
            const cut = this.whole.left().nodes || this.whole.exact;
            add(this.element, make('b', 'part-range', this.text()),
                button('\u00d7', 'Clear the range: show the whole request (Esc)', () => this.page.clearPart()),
                make('span', 'part-note', 'Views and sentence show this range; lines, head and downloads the ' +
                    'whole request. CPU time and waits are estimates: each moment counts as ' +
                    'the state that took most of it.' +
                    (cut ? ' Calls that are not in the tree count as self time of their caller.' : '')));
            this.element.children[1].setAttribute('aria-label', 'Clear the range');
        }
        if (hadFocus)
            this.page.controls.focusView();
    }
}
