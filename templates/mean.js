/* A merge per request, and how its requests differ. */
'use strict';

/* Returns the same tree with every figure divided by the number of requests. */
function meanOf(whole) {
    const divided = column => column && column.map(value => value / whole.requests);
    const pick = (columns, names) => Object.assign({}, columns,
        Object.fromEntries(names.map(name => [name, divided(columns[name])])));
    const {exact, lines, parts} = whole;
    const mean = Object.assign(Object.create(Profile.prototype), whole, {
        isMean: true,
        parts: Object.assign(Object.create(Parts.prototype), parts, {ns: divided(parts.ns)}),
        lines: lines && pick(lines, ['self', 'total', 'hits']),
        exact: exact && Object.assign(pick(exact, ['calls', 'primitive', 'self', 'cumulative']), {
            callers: exact.callers.map(list => list.map(([caller, ...figures]) => [caller, ...divided(figures)]))}),
    });
    for (const name of ['self', 'total', 'calls', 'cpu'])
        mean[name] = divided(whole[name]);
    return mean;
}

/* The unit of the figures: times or percent; of a merge per request, sums or percent. */
class Units {
    constructor(page) {
        this.page = page;
        this.whole = page.part.whole;
        this.name = this.whole.meta.merged ? 'mergeUnit' : 'unit'; /* of the choice */
        this.options = [...(this.whole.meta.merged ? [['mean', 'per request'], ['time', 'sums']] : [['time', 'times']]),
                        ['percent', 'percent']];
        this.take();
    }

    get isPercent() {
        return this.page.choices[this.name] === 'percent';
    }

    /* Lets the page show means or sums, as chosen. Returns whether that has changed. */
    take() {
        const {page, whole} = this;
        if (!whole.meta.merged)
            return false;
        if (!this.mean) {
            this.mean = meanOf(whole);
            this.stats = new Stats(this.mean);
        }
        const isMean = page.choices.mergeUnit === 'mean', profile = isMean ? this.mean : whole;
        if (profile === page.profile)
            return false;
        page.takeFigures(profile, isMean ? this.stats : page.part.stats);
        return true;
    }

    /* Returns the line above a merge's figures that says what they are; '' for one request. */
    note() {
        const {merged} = this.whole.meta;
        return !merged ? '' : (this.page.profile.isMean ? 'Means per request of ' : 'Sums of ') +
            plural(merged.count, 'request');
    }
}

const SPREAD_BINS = 24;

/* Returns how durations are spread: [name, ns, number of the request] of some, and how many are
 * in each of equal steps from the shortest to the longest. */
function spreadOf(durations) {
    const order = Array.from(durations.keys()).sort((a, b) => durations[a] - durations[b]);
    const sorted = order.map(i => durations[i]), last = sorted.length - 1;
    const at = (name, place) => [name, sorted[place], order[place]];
    const marks = [at('min', 0), ['median', median(sorted), order[sorted.length >> 1]],
                   at('p95', sorted.indexOf(percentile(sorted, 0.95))), at('max', last)];
    const step = (sorted[last] - sorted[0]) / SPREAD_BINS, counts = new Array(SPREAD_BINS).fill(0);
    for (const ns of sorted)
        counts[step ? Math.min(SPREAD_BINS - 1, Math.floor((ns - sorted[0]) / step)) : 0]++;
    return {marks, counts, from: sorted[0], step};
}
