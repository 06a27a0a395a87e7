/* View 4, the functions: pstats' table. At first it has the configured order and restrictions;
 * the reader can change both. */
'use strict';

const SORT_WORDS = ['calls', 'cumtime', 'filename', 'line', 'name', 'nfl', 'pcalls', 'stdname', 'time'];

/* pstats' comparisons: figures in descending, text in ascending order. */
function sortComparison(profile, stats, word) {
    const figure = key => (a, b) => stats.byFunction[b][key] - stats.byFunction[a][key];
    const text = of => (a, b) => of(a) < of(b) ? -1 : of(a) > of(b) ? 1 : 0;
    const [name, file] = [text(f => profile.coName(f)), text(f => profile.file(f))];
    const line = (a, b) => profile.lineOf[a] - profile.lineOf[b];
    return {
        calls: figure('calls'), pcalls: figure('primitive'),
        time: figure('self'), cumtime: figure('cumulative'),
        filename: file, line, name,
        nfl: (a, b) => name(a, b) || file(a, b) || line(a, b),
        stdname: text(f => profile.standardName(f)),
    }[word];
}

/* Sorts like the server. */
function configuredOrder(profile, stats) {
    const words = (profile.meta.sort_by || []).filter(word => SORT_WORDS.includes(word));
    const compare = words.map(word => sortComparison(profile, stats, word));
    return Array.from(stats.functions).sort((a, b) => {
        for (const one of compare) {
            const order = one(a, b);
            if (order)
                return order;
        }
        return a - b;
    });
}

/* Applies one of pstats' restrictions in Python's notation: 40, 0.1, 'pattern'. */
function restrict(profile, list, text) {
    const quoted = /^(['"])(.*)\1$/s.exec(text);
    if (!quoted && /^\d+$/.test(text))
        return list.slice(0, Number(text));
    if (!quoted && /^[0-9.]+$/.test(text))
        return list.slice(0, Math.floor(list.length * Number(text) + 0.5));
    try {
        const regex = fromPython(quoted ? quoted[2].replace(/\\(.)/gs, '$1') : text);
        return list.filter(func => regex.test(profile.standardName(func)));
    } catch (error) {
        return list; /* JavaScript cannot read this expression */
    }
}

/* Translates the parts of Python's notation that JavaScript writes differently. */
function fromPython(pattern) {
    const flags = /^\(\?([ims]+)\)/.exec(pattern);
    const body = (flags ? pattern.slice(flags[0].length) : pattern)
        .replace(/\(\?P</g, '(?<').replace(/\(\?P=(\w+)\)/g, '\\k<$1>')
        .replace(/\\A/g, '^').replace(/\\Z/g, '$');
    return new RegExp(body, flags ? flags[1] : '');
}

class FunctionsView {
    constructor(page) {
        this.page = page;
        this.name = 'functions';
        this.uses = ['threshold', 'unit', 'ownOnly'];
        this.profile = page.profile;
        this.stats = page.stats;
        this.restrictions = this.profile.meta.restrictions || [];
        this.rowsChoice = 'configured';
        this.configured = configuredOrder(this.profile, this.stats);
        this.columns = this.makeColumns();
        this.sort = page.rememberedSort();
        this.element = make('div', 'view functions');
        this.head = attributes(make('div', 'columns ' + this.grid()), {role: 'row'});
        this.list = new VirtualList('function-row-', () => this.createRow(),
                                    (row, i) => this.renderRow(row, i), this.head);
        attributes(this.list.box, {role: 'grid', 'aria-label': 'Functions'});
        this.note = make('div', 'note');
        add(this.element, this.list.box, this.note);
        this.element.classList.toggle('sampled', this.profile.sampling);
        this.list.box.addEventListener('click', event => this.choose(this.list.indexOf(event)));
        this.list.box.addEventListener('dblclick', event => {
            if (this.list.indexOf(event) !== NONE)
                page.openSandwich(page.func);
        });
        this.makeHead();
        this.makeOptions();
    }

    grid() {
        return 'functions-grid';
    }

    makeColumns() {
        const of = func => this.stats.byFunction[func], isSampling = this.profile.sampling, {page} = this;
        const column = (key, name, hint, value, text) => ({
            key, name, hint, value, text, className: (name === 'name' ? 'name' : 'number ' + key) +
                (/^percall/.test(key) ? ' wide' : '')});
        const columns = [
            column('cumtime', 'total', 'Time in the function and in everything it called (pstats: cumtime)',
                   f => of(f).cumulative, f => page.time(of(f).cumulative)),
            column('share', 'share', 'Total time as a share of ' + this.profile.requestWord() + '; dark: self time',
                   f => of(f).cumulative / this.profile.total[0], null),
            column('tottime', 'self', 'Time in the function itself (pstats: tottime)',
                   f => of(f).self, f => page.time(of(f).self)),
            column('percall1', 'selfPerCall', 'Self time of one call (pstats: the first percall)',
                   f => of(f).self / of(f).calls, f => perCall(of(f).self, of(f).calls, page.unit)),
            column('percall2', 'totalPerCall', 'Total time of one primitive call (pstats: the second percall)',
                   f => of(f).cumulative / of(f).primitive,
                   f => perCall(of(f).cumulative, of(f).primitive, page.unit)),
            column('ncalls', 'calls', isSampling ? 'Samples with the function on the stack (pstats: ncalls)' :
                'All calls; after the slash those that are not recursive (pstats: ncalls)',
                   f => of(f).calls, f => this.callsText(of(f))),
            column('name', 'name', 'The function and its place (pstats: filename:lineno(function))',
                   f => this.profile.label(f).toLowerCase(), null),
        ];
        return isSampling ? columns.filter(one => !one.key.startsWith('percall')) : columns;
    }

    callsText(figures) {
        const primitive = figures.calls !== figures.primitive ? '/' + grouped(figures.primitive) : '';
        return grouped(figures.calls) + primitive;
    }

    makeHead() {
        for (const column of this.columns) {
            column.head = button('', column.hint, () => this.sortBy(column));
            add(this.head, add(attributes(make('span', column.className), {role: 'columnheader'}), column.head));
        }
        this.list.box.setAttribute('aria-colcount', this.columns.length);
    }

    makeOptions() {
        const restrictions = this.restrictions.map(text => shown(text, 20)).join(', ');
        this.options = make('div', 'view-options');
        this.rowsSelect = choice('Rows', [
            ['configured', restrictions ? 'rows as configured: ' + restrictions : 'rows as configured'],
            ['20', 'first 20'], ['50', 'first 50'], ['100', 'first 100'], ['all', 'all rows'],
        ], this.rowsChoice, value => this.setRows(value));
        add(this.options, this.rowsSelect);
    }

    setRows(value) {
        this.rowsChoice = this.rowsSelect.value = value;
        this.update({rows: true});
    }

    /* ---------------------------------------------------------------- changes */

    update(changes) {
        this.rebuild();
        this.renderHead();
        this.list.setCount(this.rows.length);
        const index = this.rows.indexOf(this.page.func);
        this.list.activate(index);
        if ((changes.selection || changes.shown) && index !== NONE)
            this.list.reveal(index);
    }

    rebuild() {
        const page = this.page, least = page.choices.threshold / 100 * this.profile.total[0];
        const found = page.found, ownOnly = page.choices.ownOnly;
        let rows = this.sorted().filter(func =>
            (!found || found[func]) && (!ownOnly || this.profile.isOwn(func)));
        const matching = rows.length;
        rows = rows.filter(func => this.stats.byFunction[func].cumulative >= least);
        const small = matching - rows.length;
        if (this.rowsChoice === 'configured')
            for (const restriction of this.restrictions)
                rows = restrict(this.profile, rows, String(restriction));
        else if (this.rowsChoice !== 'all')
            rows = rows.slice(0, Number(this.rowsChoice));
        this.rows = rows;
        this.list.box.setAttribute('aria-rowcount', rows.length + 1);
        this.renderNote(matching, small);
    }

    renderNote(matching, small) {
        const cut = matching - small - this.rows.length, count = this.stats.functions.length, parts = [];
        parts.push(count ? grouped(this.rows.length) + ' of ' + plural(count, 'function') :
                   nothingBelow(this.profile));
        if (small)
            parts.push(grouped(small) + ' below ' + this.page.choices.threshold + ' % not shown');
        if (cut && this.rowsChoice === 'configured')
            parts.push(grouped(cut) + ' hidden by the restriction ' +
                       this.restrictions.map(text => '<' + shown(text, 40) + '>').join(', '));
        else if (cut)
            parts.push(grouped(cut) + ' more');
        clear(this.note).append(parts.join(' \u00b7 ') + ' ');
        if (cut)
            add(this.note, button('Show all', 'All rows', () => this.setRows('all')));
        this.note.hidden = false;
    }

    sorted() {
        const column = this.sort && this.columns.find(one => one.key === this.sort.key);
        if (!column)
            return this.configured;
        const sign = this.sort.isUp ? 1 : -1, place = new Map(this.configured.map((func, i) => [func, i]));
        return this.configured.slice().sort((a, b) => {
            const [x, y] = [column.value(a), column.value(b)];
            return (x < y ? -sign : x > y ? sign : 0) || place.get(a) - place.get(b);
        });
    }

    sortBy(column) {
        const isText = column.key === 'name', isSame = this.shownSort().key === column.key;
        this.sort = {key: column.key, isUp: isSame ? !this.shownSort().isUp : isText};
        this.page.rememberSort(this.sort);
        this.update({sort: true});
    }

    /* Returns the column that shows the arrow. */
    shownSort() {
        const first = (this.profile.meta.sort_by || [])[0];
        const key = {calls: 'ncalls', time: 'tottime', cumtime: 'cumtime', name: 'name'}[first];
        return this.sort || {key, isUp: key === 'name'};
    }

    renderHead() {
        const sort = this.shownSort();
        const [arrow, direction] = sort.isUp ? ['\u2191', 'ascending'] : ['\u2193', 'descending'];
        for (const column of this.columns) {
            const isSorted = column.key === sort.key;
            setText(column.head, this.titleOf(column) + (isSorted ? ' ' + arrow : ''));
            column.head.parentNode.setAttribute('aria-sort', isSorted ? direction : 'none');
        }
    }

    titleOf(column) {
        return this.page.columnName(column.name);
    }

    /* ------------------------------------------------------------------- rows */

    createRow() {
        const row = attributes(make('div', this.grid()), {role: 'row'});
        row.cells = [];
        for (const column of this.columns)
            row.cells.push(attributes(this.createCell(column), {role: 'gridcell'}));
        row.square = make('span', 'square');
        row.label = make('bdi', 'label');
        row.place = make('bdi', 'place');
        add(row.cells[row.cells.length - 1], row.square, row.label, row.place);
        return add(row, ...row.cells);
    }

    renderRow(element, index) {
        const func = this.rows[index], profile = this.profile;
        this.columns.forEach((column, i) => this.renderCell(element.cells[i], column, func));
        element.square.className = 'square fill-' + this.page.colours.nameOf(func);
        setText(element.label, shown(profile.label(func)));
        element.label.classList.toggle('own', profile.isOwn(func));
        element.label.classList.toggle('found', Boolean(this.page.found && this.page.found[func]));
        setText(element.place, shown(profile.place(func)));
        element.classList.toggle('selected', func === this.page.func);
        element.classList.toggle('faint', profile.kindOf[func] >= 2);
        attributes(element, {'aria-rowindex': index + 2, 'aria-selected': func === this.page.func});
    }

    createCell(column) {
        return column.key === 'share' ? createBar() : make('span', column.className);
    }

    renderCell(cell, column, func) {
        const figures = this.stats.byFunction[func];
        if (column.text)
            setText(cell, column.text(func));
        else if (column.key === 'share')
            renderBar(cell, figures.cumulative, figures.self, this.profile.total[0]);
    }

    /* ---------------------------------------------------------- clicks and keys */

    choose(index) {
        if (index !== NONE)
            this.page.selectFunction(this.rows[index]);
    }

    nextMatch(step) {
        const index = this.rows.indexOf(this.page.func);
        if (this.rows.length)
            this.choose((index + step + this.rows.length) % this.rows.length);
    }

    key(event) {
        const target = this.list.keyTarget(event.key, this.rows.indexOf(this.page.func));
        if (target !== NONE)
            this.choose(target);
        else if (event.key === 'Enter')
            this.page.openSandwich(this.page.func);
        else
            return false;
        return true;
    }

    print(printing) {
        this.list.print(printing);
    }
}
