/* The page of a comparison. It is the page of a profile, with other views and another head, on the
 * common tree of both. */
'use strict';

const COMPARE_VIEWS = [['tree', 'Tree'], ['flame', 'Flame'], ['functions', 'Functions'], ['waits', 'Waits']];

class ComparePage extends Page {
    /* links: what leads to each side, {a, b}: {href} or {open}, and the name of a file. swap shows
     * the page the other way round. */
    constructor(comparison, {links, swap, compareWith}) {
        Object.assign(comparison, {links, swap});
        super(comparison.common, null, compareWith);
    }

    get comparison() {
        return this.profile.comparison;
    }

    /* The side whose times are the widths of the flame graph: 'a' or 'b'. */
    get widths() {
        return this.comparison.widths || 'b';
    }

    setWidths(side) {
        this.comparison.widths = side;
        this.change({layout: true});
    }

    tabs() {
        return COMPARE_VIEWS;
    }

    viewClasses() {
        return [CompareTree, CompareFlame, CompareFunctions, CompareWaits];
    }

    makeStats() {
        return this.comparison.stats;
    }

    makeLayout(foldable) {
        return new CompareLayout(this.comparison, foldable, this.opened);
    }

    makeHead(host) {
        return new CompareHead(this, host);
    }

    makePanel(host, crumbs) {
        return new ComparePanel(this, host, crumbs);
    }

    addNotices(host) {
        const [a, b] = [this.comparison.a, this.comparison.b].map(side => noticeTexts(side.profile));
        for (const text of new Set([...a, ...b]))
            addNotice(host, (!b.includes(text) ? 'A: ' : !a.includes(text) ? 'B: ' : 'A and B: ') + text);
    }

    addSentence(host) {
        host.hidden = true; /* it is in the head */
    }

    /* ------------------------------------------------- what the page of a profile has more */

    shape() {
        return this.choices.shape === 'flame' ? 'flame' : 'icicle';
    }

    openSandwich(func) {
        this.selectFunction(func);
        this.show('tree');
    }

    rememberedSort() {
        return {key: 'selfDifference', isUp: false};
    }

    rememberSort() {}

    /* ------------------------------------------------------------------- words */

    differenceText(ns, isNoise) {
        return isNoise ? signedProse(ns) + ', noise' : !ns ? 'no difference' :
            prose(Math.abs(ns)) + (ns > 0 ? ' slower in B' : ' faster in B');
    }

    /* Returns lines about a row. */
    rowTexts(row) {
        const {layout, profile} = this, [a, b] = [layout.a, layout.b], only = layout.onlyIn(row);
        const calls = callsOfBoth(a.calls[row], b.calls[row]);
        return ['A ' + prose(a.total[row]) + ', B ' + prose(b.total[row]) + ': ' +
                    this.differenceText(layout.difference(row), layout.isNoise('total', [row])),
                'self ' + prose(a.self[row]) + ' and ' + prose(b.self[row]) + ': ' +
                    this.differenceText(b.self[row] - a.self[row], layout.isNoise('self', [row])),
                ...(profile.isLeft(layout.func(row)) ? [] : [(profile.sampling ? 'samples ' : 'calls ') + calls]),
                ...(only ? ['only in ' + only] : [])];
    }

    selectionText() {
        const {layout} = this, row = this.row();
        return this.differenceText(layout.difference(row), layout.isNoise('total', [row]));
    }
}
