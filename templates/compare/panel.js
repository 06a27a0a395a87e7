/* The panel of a comparison: the selected function in A and in B, with its callers and callees. */
'use strict';

class ComparePanel extends Panel {
    updateBar() {
        const page = this.page, {layout} = page, row = page.row();
        const isOpen = this.element.classList.contains('open');
        clear(this.bar).append(
            page.nameElement('label', page.func, 80),
            make('span', 'bar-figures', page.differenceText(layout.difference(row), layout.isNoise('total', [row]))),
            make('span', 'bar-open', isOpen ? '\u25be close' : '\u25b4 details'));
    }

    addFacts(func, isHere) {
        const {layout, profile: {comparison}} = this.page, row = this.page.row();
        const table = make('table', 'panel-figures');
        add(table, add(make('tr'), ...['', 'A', 'B', 'Difference'].map((text, i) =>
            attributes(make('th', i ? 'number' : '', text), {scope: 'col'}))));
        if (isHere)
            this.addTimes(table, 'This call path', layout, [row]);
        const [a, b] = comparison.figuresOf(func);
        for (const [name, key] of func ? [['Everywhere', 'cumulative'], ['Everywhere, self', 'self']] : [])
            this.addTime(table, name, a[key], b[key], comparison.isNoise(func, key));
        if (func && !comparison.common.isLeft(func))
            this.addRow(table, comparison.common.sampling ? 'Samples' : 'Calls', [a.calls, b.calls].map(calls =>
                digitsOf(calls, 0, 1)), differenceOfCalls(a.calls, b.calls), a.calls === b.calls);
        add(this.body, table);
        const only = comparison.onlyIn(func);
        if (only)
            add(this.body, make('p', 'hint', 'This function is only in ' + only + '.'));
    }

    addTimes(table, title, layout, rows) {
        for (const [name, key] of [[title, 'total'], ['Self', 'self']])
            this.addTime(table, name, sumOf(layout.a[key], rows), sumOf(layout.b[key], rows),
                         layout.isNoise(key, rows));
    }

    addTime(table, name, a, b, isNoise) {
        this.addRow(table, name, [prose(a), prose(b)], signedProse(b - a), isNoise);
    }

    addRow(table, name, figures, difference, isNoise) {
        add(table, add(make('tr'), attributes(make('th', '', name), {scope: 'row'}),
                       ...figures.map(text => make('td', 'number', text)),
                       make('td', 'number' + (isNoise ? ' is-noise' : ' is-different'), difference)));
    }

    addWaits(isHere) {
        const {layout} = this.page, row = this.page.row();
        for (const [name, side] of [['A', layout.a], ['B', layout.b]])
            if (isHere && side.profile.hasWaits() && side.total[row]) {
                add(this.body, make('h2', '', 'This call path with its callees in ' + name));
                addSplit(this.body, side.waitsOf(row).map(([kind, ns]) =>
                    ({name: side.profile.profile.waitName(kind), fill: 'wait-' + kind, ns})));
            }
    }

    addButtons() {
        const page = this.page;
        add(this.body, add(make('div', 'buttons'),
            button('Zoom', 'Flame graph of this call path (Enter)', () => page.showPath()),
            button('In tree', 'Show it in the call tree', () => page.show('tree')),
            button('Copy', 'Copy name and place (c)', () => page.copySelection()), ...this.foldButton()));
    }

    /* Sorts the pairs by their difference. */
    addPairs(title, pairs, none) {
        const {a, b} = this.page.profile.comparison, of = title === 'Callers' ? 'callersOf' : 'calleesOf';
        const found = new Map();
        for (const [key, side] of [['a', a], ['b', b]])
            for (const [func, {cumulative}] of side.stats[of](this.page.func))
                found.set(func, Object.assign(found.get(func) || {a: 0, b: 0}, {[key]: cumulative}));
        super.addPairs(title, [...found].map(([func, pair]) =>
            [func, Object.assign(pair, {cumulative: Math.abs(pair.b - pair.a)})]), none);
    }

    pair(func, pair) {
        const page = this.page, entry = attributes(make('button', 'pair'), {
            type: 'button', title: 'A ' + prose(pair.a) + ', B ' + prose(pair.b)});
        add(entry, make('span', 'pair-time number', signedProse(pair.b - pair.a)),
            page.nameElement('label', func, 120));
        entry.addEventListener('click', () => page.selectFunction(func));
        return add(make('li'), entry);
    }
}

function differenceOfCalls(a, b) {
    return (b > a ? '+' : b < a ? '\u2212' : '') + digitsOf(Math.abs(b - a), 0, 1);
}
