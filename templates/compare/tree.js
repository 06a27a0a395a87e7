/* The call tree of both profiles: A, B, and the difference. */
'use strict';

/* Returns "+12.30", "\u22120.40", or "0.00". */
function signed(ns, unit) {
    const text = inUnit(Math.abs(ns), unit);
    return (/[1-9]/.test(text) ? ns > 0 ? '+' : '\u2212' : '') + text;
}

/* Returns "+290 ms"; '0' without a sign. */
function signedProse(ns) {
    return (ns > 0 ? '+' : ns < 0 ? '\u2212' : '') + prose(Math.abs(ns));
}

/* Returns the name of the colour of a difference. There are three shades, by its share of the
 * request. */
function differenceFill(ns, isNoise, whole) {
    if (isNoise || !ns)
        return 'same';
    const share = Math.abs(ns) / (whole || 1);
    return (ns > 0 ? 'slower' : 'faster') + [0.05, 0.2].filter(least => share >= least).length;
}

/* A cell with a difference over a bar, which goes to the right if B is slower. */
function createDifference(className) {
    const cell = make('span', className);
    cell.bar = make('span', 'difference-bar');
    cell.text = make('span', 'bar-text');
    return add(cell, cell.bar, cell.text);
}

function renderDifference(cell, text, ns, isNoise, whole) {
    const share = whole > 0 ? Math.min(50, 50 * Math.abs(ns) / whole) : 0;
    cell.bar.className = 'difference-bar fill-' + differenceFill(ns, isNoise, whole);
    cell.bar.style.left = (ns < 0 ? 50 - share : 50) + '%';
    cell.bar.style.width = share + '%';
    setText(cell.text, text);
    cell.classList.toggle('is-noise', isNoise);
}

/* Returns the calls of A and B: "1 \u2192 37", or "12" if they are equal. */
function callsOfBoth(a, b) {
    const text = calls => digitsOf(calls, 0, 1);
    return text(a) === text(b) ? text(b) : text(a) + ' \u2192 ' + text(b);
}

class CompareRows extends TreeRows {
    constructor(view) {
        super(view);
        this.grid = 'compare-grid';
    }

    renderHead(head) {
        const unit = this.page.unit.name;
        clear(head).append(...[
            ['a number', 'A ' + unit], ['b number', 'B ' + unit], ['difference number', 'Difference'],
            ['self number', 'Self diff.'],
            ['calls number', this.page.profile.sampling ? 'Samples' : 'Calls'], ['name', 'Function'],
        ].map(([className, text]) => make('span', className, text)));
    }

    addFigures(row) {
        addCells(row, 'span', {a: 'a number', b: 'b number', self: 'self number', calls: 'calls number'});
        row.difference = createDifference('difference number');
        add(row, row.a, row.b, row.difference, row.self, row.calls);
    }

    renderFigures(element, rows) {
        const {unit, profile} = this.page, layout = this.layout, whole = profile.comparison.noise.whole;
        const both = name => [layout.a, layout.b].map(side => sumOf(side[name], rows));
        const [[a, b], [selfA, selfB]] = [both('total'), both('self')];
        setText(element.a, inUnit(a, unit));
        setText(element.b, inUnit(b, unit));
        renderDifference(element.difference, signed(b - a, unit), b - a, layout.isNoise('total', rows), whole);
        setText(element.self, signed(selfB - selfA, unit));
        element.self.classList.toggle('is-noise', layout.isNoise('self', rows));
        setText(element.calls, profile.isLeft(layout.func(rows[0])) ? '' : callsOfBoth(...both('calls')));
    }

    /* Says which side has the row, or what most of its difference is. */
    whatItDid(row) {
        const layout = this.layout, only = layout.onlyIn(row);
        if (only)
            return 'only in ' + only;
        if (!layout.a.profile.hasWaits() || layout.isNoise('self', [row]))
            return '';
        const before = new Map(layout.a.selfWaitsOf(row)), ns = layout.b.self[row] - layout.a.self[row];
        const kinds = new Map([...before.keys(), ...new Map(layout.b.selfWaitsOf(row)).keys()].map(kind => [kind, 0]));
        for (const [kind, time] of layout.b.selfWaitsOf(row))
            kinds.set(kind, time - (before.get(kind) || 0));
        for (const [kind, time] of kinds)
            if (kind && time / ns > 0.5)
                return '[' + this.page.profile.waitName(kind) + ' ' + signedProse(time) + ']';
        return '';
    }

    figuresText(row) {
        const layout = this.layout;
        return 'A ' + prose(layout.a.total[row]) + ', B ' + prose(layout.b.total[row]) + ', ' +
            this.page.differenceText(layout.difference(row), layout.isNoise('total', [row]));
    }
}

class CompareTree extends TreeView {
    constructor(page) {
        super(page);
        this.uses = ['fold', 'threshold'];
    }

    makeLook() {
        return new CompareRows(this);
    }

    isUp() {
        return false;
    }

    directions() {
        return null;
    }
}
