/* A row of the call tree: figures, name, folded frames, what it did. */
'use strict';

class TreeRows {
    constructor(view) {
        this.view = view;
        this.page = view.page;
        this.grid = 'tree-grid';
    }

    get layout() {
        return this.view.layout;
    }

    columns() {
        const name = key => this.page.columnName(key), isInverted = this.layout.isInverted;
        return isInverted ?
            [name('self'), name('share'), 'From here', name('calls'), 'Function, and below it its callers'] :
            ['total', 'share', 'self', 'calls', 'name'].map(name);
    }

    renderHead(head) {
        clear(head).append(...this.columns().map((text, i) =>
            make('span', ['total number', 'share number', 'self number', 'calls number', 'name'][i], text)));
    }

    create() {
        const row = attributes(make('div', this.grid), {role: 'treeitem'});
        addCells(row, 'span', {indent: 'indent', twisty: 'twisty', square: 'square', chip: 'chip', did: 'did'});
        addCells(row, 'bdi', {label: 'label', place: 'place'});
        this.addFigures(row);
        return add(row, add(make('span', 'name'), row.indent, row.twisty, row.square, row.label,
                            row.chip, row.place, row.did));
    }

    addFigures(row) {
        addCells(row, 'span', {total: 'total number', self: 'self number', calls: 'calls number'});
        row.bar = createBar();
        add(row, row.total, row.bar, row.self, row.calls);
    }

    /* row is ~row for small rows. */
    render(element, row) {
        element.classList.toggle('small', row < 0);
        if (row < 0)
            this.renderSmall(element, ~row);
        else
            this.renderRow(element, row);
    }

    /* Shows small children as one row: from first to the last of their parent. */
    renderSmall(element, first) {
        const layout = this.layout, end = layout.end[layout.parent[first]], rows = [];
        for (let i = first; i < end; i = layout.end[i])
            rows.push(i);
        const text = plural(rows.length, 'row') + ' below 0.1 %';
        this.renderFigures(element, rows);
        this.renderIndent(element, first, '\u25b8');
        element.square.className = 'square none';
        setText(element.label, text);
        element.label.className = 'label';
        element.chip.hidden = true;
        element.chip.row = NONE;
        setText(element.place, '');
        setText(element.did, '');
        element.classList.remove('selected', 'lit', 'faint');
        element.classList.toggle('selected', element.index === this.view.active);
        attributes(element, {'aria-level': layout.depth[first] + 1 - this.view.base, 'aria-expanded': 'false',
                             'aria-posinset': this.view.position[first], 'aria-selected': 'false',
                             'aria-setsize': this.view.children[layout.parent[first]],
                             'aria-label': text + ', ' + prose(sumOf(layout.total, rows))});
    }

    /* Shows the figures of a row, or the sums of small rows. */
    renderFigures(element, rows) {
        const [total, self, calls] = ['total', 'self', 'calls'].map(name => sumOf(this.layout[name], rows));
        const [row] = rows, isCaller = this.layout.isInverted && this.layout.depth[row] > 1;
        setText(element.total, this.page.time(total));
        renderBar(element.bar, total, self, this.layout.total[0]);
        setText(element.self, isCaller ? this.layout.shareText(row, total) :
            this.layout.isInverted ? '' : this.page.time(self));
        setText(element.calls, this.page.profile.isLeft(this.layout.func(row)) ? '' : grouped(calls));
    }

    renderIndent(element, row, twisty) {
        const view = this.view;
        element.indent.style.width = Math.min((this.layout.depth[row] - view.base) * view.step, view.mostIndent) + 'px';
        setText(element.twisty, twisty);
    }

    renderRow(element, row) {
        const {page, layout, view} = this, {profile} = page, func = layout.func(row);
        const isSelected = row === view.selected() && view.active === NONE;
        const label = shown(profile.nodeLabel(layout.node[row]));
        this.renderFigures(element, [row]);
        this.renderIndent(element, row, view.hasChildren(row) ? view.open[row] ? '\u25be' : '\u25b8' :
            layout.folded[row] ? '\u25b8' : '');
        element.square.className = 'square fill-' + page.colours.nameOf(func);
        setText(element.label, label);
        element.label.classList.toggle('own', profile.isOwn(func));
        const isFound = Boolean(view.found && view.found[row]), isEntry = isFound && page.found[func] === 1;
        element.label.classList.toggle('found', isEntry);
        element.chip.classList.toggle('found', isFound && !isEntry);
        this.renderChip(element.chip, row);
        setText(element.place, shown(profile.place(func)));
        setText(element.did, this.whatItDid(row));
        element.classList.toggle('selected', isSelected);
        element.classList.toggle('lit', page.hovered === func && func !== 0);
        element.classList.toggle('faint', profile.kindOf[func] >= 2);
        this.describe(element, row, label, isSelected);
    }

    /* Returns "[sleep] at line 42", as in the log: what took most of the row's self time, and
     * where. */
    whatItDid(row) {
        const layout = this.layout, profile = this.page.profile, self = layout.self[row];
        if (!profile.hasWaits() || self < 0.01 * layout.total[0] || !self)
            return '';
        const [kind, ns] = layout.selfWaitsOf(row)[0] || [0, 0];
        const wait = kind && ns * 2 > self ? ['[' + profile.waitName(kind) + ']'] : [];
        return wait.concat(layout.folded[row] ? [] : profile.hotLine(layout.func(row))).join(' ');
    }

    /* The chip opens the run, or folds it again. */
    renderChip(chip, row) {
        const numbered = this.layout.made || this.layout; /* is another array if rows have new numbers */
        if (chip.row === row && chip.numbered === numbered)
            return;
        Object.assign(chip, {row, numbered});
        const state = this.layout.foldState(row);
        chip.hidden = state === 0;
        chip.classList.toggle('is-open', state === 2);
        if (state === 1) {
            const count = this.layout.folded[row], libraries = foldedNames(this.layout, row, 2);
            clear(chip).append(grouped(count), make('span', 'libraries',
                (count === 1 ? ' frame' : ' frames') + ' folded (' + libraries + ')'));
            chip.title = plural(count, 'frame') + ' folded into this row: ' + foldedNames(this.layout, row, 12) +
                '. Click to open';
        } else if (state === 2) {
            clear(chip).append('fold');
            chip.title = 'Fold these frames into one row again';
        }
    }

    describe(element, row, label, isSelected) {
        const layout = this.layout, parent = layout.parent[row];
        attributes(element, {
            'aria-level': layout.depth[row] + 1 - this.view.base,
            'aria-posinset': row ? this.view.position[row] : 1,
            'aria-setsize': row ? this.view.children[parent] : 1,
            'aria-selected': isSelected,
            'aria-label': label + ', ' + this.figuresText(row) +
                (layout.folded[row] ? ', ' + layout.folded[row] + ' folded' : ''),
        });
        if (this.view.hasChildren(row))
            element.setAttribute('aria-expanded', Boolean(this.view.open[row]));
        else
            element.removeAttribute('aria-expanded');
    }

    figuresText(row) {
        const layout = this.layout, isCaller = layout.isInverted && layout.depth[row] > 1;
        return prose(layout.total[row]) + ', ' + percent(layout.total[row], layout.total[0]) + ', ' +
            (isCaller ? layout.shareText(row) + ' from here, ' : '') +
            this.page.countOf(layout.calls[row], layout.func(row));
    }
}

function sumOf(column, rows) {
    return rows.reduce((sum, row) => sum + column[row], 0);
}

/* Returns "flask, werkzeug, ...". */
function foldedNames(layout, row, most) {
    const libraries = layout.libraries(row);
    return libraries.slice(0, most).map(lib => shown(lib, 40)).join(', ') +
        (libraries.length > most ? ', \u2026' : '');
}

/* -------------------------------------------------------------------- the bar */

/* The bar is light for total, with a dark bar under it for self. */
function renderBar(bar, total, self, whole) {
    setBar(bar, whole > 0 && total > 0 ? total / whole : 0, whole > 0 ? self / whole : 0,
           isNaN(total) ? '' : percent(total, whole));
}
