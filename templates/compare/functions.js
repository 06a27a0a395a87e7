/* The functions of both profiles, the greatest difference first. Differences that are noise come
 * last. */
'use strict';

class CompareFunctions extends FunctionsView {
    constructor(page) {
        super(page);
        this.uses = ['threshold', 'ownOnly'];
        this.list.box.setAttribute('aria-label', 'Functions of both profiles');
    }

    grid() {
        return 'compare-functions-grid';
    }

    makeColumns() {
        const {page} = this, {comparison} = page.profile, isSampling = page.profile.sampling;
        const figure = (key, side) => func => comparison.figuresOf(func)[side][key];
        const time = (key, side) => ({
            key: key + side, className: 'number ' + key + side + (side === 'A' ? ' wide' : ''),
            title: (key === 'self' ? 'Self ' : 'Total ') + side,
            hint: (key === 'self' ? 'Time in the function itself in ' : 'Time in it and what it called in ') + side,
            value: figure(key, side === 'A' ? 0 : 1),
            text: func => inUnit(figure(key, side === 'A' ? 0 : 1)(func), page.unit)});
        const difference = (key, title, hint) => ({
            key: key + 'Difference', className: 'number difference ' + key, title, hint, figure: key,
            value: func => Math.abs(comparison.ownDifference(func, key)),
            text: func => signed(comparison.difference(func, key), page.unit)});
        return [
            difference('self', 'Self diff.', 'Self time in B minus self time in A; sorted without CPU wait'),
            time('self', 'A'), time('self', 'B'),
            difference('cumulative', 'Total diff.', 'Total time in B minus total time in A; sorted without CPU wait'),
            time('cumulative', 'A'), time('cumulative', 'B'),
            {key: 'calls', className: 'number calls', title: isSampling ? 'Samples' : 'Calls',
             hint: isSampling ? 'Samples with the function on the stack, in A and in B' :
                 'Calls in A and in B; sorted by their difference',
             value: func => Math.abs(comparison.difference(func, 'calls')),
             text: func => callsOfBoth(...comparison.figuresOf(func).map(figures => figures.calls))},
            {key: 'name', className: 'name', title: 'Function', hint: 'The function and its place',
             value: func => page.profile.label(func).toLowerCase(), text: null},
        ];
    }

    titleOf(column) {
        return column.title + (/^(self|cumulative)[AB]/.test(column.key) ? ' ' + this.page.unit.name : '');
    }

    makeOptions() {
        this.options = make('div', 'view-options');
    }

    sorted() {
        const column = this.columns.find(one => one.key === this.sort.key), all = super.sorted();
        if (!column.figure)
            return all;
        const isNoise = new Set(all.filter(func => this.profile.comparison.isNoise(func, column.figure)));
        return [...all.filter(func => !isNoise.has(func)), ...all.filter(func => isNoise.has(func))];
    }

    createCell(column) {
        return column.figure ? createDifference(column.className) : super.createCell(column);
    }

    renderCell(cell, column, func) {
        const {comparison} = this.profile;
        if (column.figure)
            renderDifference(cell, column.text(func), comparison.difference(func, column.figure),
                             comparison.isNoise(func, column.figure), comparison.noise.whole);
        else
            super.renderCell(cell, column, func);
    }
}
