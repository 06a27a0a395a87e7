/* View 1, the call tree: rows of the layout, folded and unfolded by the reader. */
'use strict';

class TreeView {
    constructor(page) {
        this.page = page;
        this.name = 'tree';
        this.element = make('div', 'view tree');
        this.head = attributes(make('div', 'columns tree-grid'), {'aria-hidden': 'true'});
        this.list = new VirtualList('tree-row-', () => this.createRow(),
                                    (row, i) => this.renderRow(row, i), this.head);
        attributes(this.list.box, {role: 'tree', 'aria-label': 'Call tree'});
        this.note = make('div', 'note');
        add(this.element, this.list.box, this.note);
        this.list.box.addEventListener('click', event => this.click(event));
        this.list.box.addEventListener('dblclick', event => this.doubleClick(event));
        this.list.box.addEventListener('pointerover', event => {
            const index = this.list.indexOf(event);
            this.page.hover(index === NONE ? NONE : this.layout.func(this.rows[index]));
        });
        this.list.box.addEventListener('pointerleave', () => this.page.hover(NONE));
        this.options = make('div', 'view-options');
        this.makeOptions();
    }

    makeOptions() {
        const page = this.page;
        add(this.options,
            choice('Unit of times', [['time', 'times'], ['percent', 'percent']], page.choices.unit,
                   value => page.choose('unit', value)),
            button('Hot path', 'Open the way that took most time (h)', () => this.hotPath()),
            button('Expand', 'Open everything below the selected row (Alt with \u2192)',
                   () => this.setBelow(this.selected(), 1)),
            button('Collapse', 'Close everything but the way to the selected row', () => this.collapseAll()));
    }

    /* ---------------------------------------------------------------- changes */

    update(changes) {
        if (changes.layout)
            this.takeLayout();
        if (changes.layout || changes.search)
            this.found = this.page.found ? this.layout.rowsWith(this.page.found) : null;
        if (changes.layout || changes.selection)
            this.openAncestors(this.selected());
        if (changes.layout || changes.unit)
            this.renderHead();
        this.rebuild();
        if (changes.layout || changes.selection)
            this.revealSelected();
    }

    takeLayout() {
        const layout = this.layout = this.page.layout, n = layout.count;
        this.open = new Uint8Array(n);
        this.position = new Int32Array(n);
        this.children = new Int32Array(n);
        for (let i = 1; i < n; i++)
            this.position[i] = ++this.children[layout.parent[i]];
        for (let i = 0; i < n; i++)
            this.open[i] = layout.total[i] >= 0.02 * layout.total[0] ? 1 : 0;
        this.open[0] = 1;
    }

    selected() {
        return this.layout.rowOf[this.page.node];
    }

    openAncestors(row) {
        for (let i = this.layout.parent[row]; i !== NONE; i = this.layout.parent[i])
            this.open[i] = 1;
    }

    /* The rows that are to be seen, and how many the threshold hides. */
    rebuild() {
        const layout = this.layout, least = this.page.choices.threshold / 100 * layout.total[0];
        const rows = [];
        let deepest = 0, hidden = 0;
        for (let i = 0; i < layout.count;) {
            if (i && layout.total[i] < least) {
                i = layout.end[i];
                continue;
            }
            rows.push(i);
            deepest = Math.max(deepest, layout.depth[i]);
            i = this.open[i] ? i + 1 : layout.end[i];
        }
        for (let i = 1; least > 0 && i < layout.count; i++)
            hidden += layout.total[i] < least ? 1 : 0;
        this.rows = rows;
        this.setIndent(deepest);
        this.note.hidden = !hidden && layout.count > 1;
        setText(this.note, layout.count === 1 ? nothingBelow(this.page.profile) :
            plural(hidden, 'row') + ' under ' + this.page.choices.threshold + ' % not shown');
        this.list.setCount(rows.length);
        this.list.activate(this.indexOfRow(this.selected()));
    }

    /* Deep trees are indented less, so that names stay in sight. */
    setIndent(deepest) {
        const room = Math.max(60, this.element.clientWidth * 0.3);
        this.step = Math.max(2, Math.min(this.page.isNarrow() ? 8 : 16, room / (deepest || 1)));
        this.mostIndent = room;
        this.element.style.setProperty('--step', this.step + 'px');
        this.element.classList.toggle('dense', this.step < 5);
    }

    indexOfRow(row) {
        let low = 0, high = this.rows.length - 1;
        while (low <= high) {
            const middle = (low + high) >> 1;
            if (this.rows[middle] === row)
                return middle;
            if (this.rows[middle] < row)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return NONE;
    }

    revealSelected() {
        const index = this.indexOfRow(this.selected());
        if (index !== NONE)
            this.list.reveal(index);
    }

    /* ------------------------------------------------------------------- rows */

    columns() {
        const isPercent = this.page.choices.unit === 'percent', unit = this.page.unit.name;
        return ['Total ' + (isPercent ? '%' : unit), '%', 'Self ' + (isPercent ? '%' : unit),
                this.page.profile.sampling ? 'Samples' : 'Calls', 'Function'];
    }

    renderHead() {
        clear(this.head).append(...this.columns().map((text, i) =>
            make('span', ['total number', 'share number', 'self number', 'calls number', 'name'][i], text)));
    }

    createRow() {
        const row = attributes(make('div', 'tree-grid'), {role: 'treeitem'});
        row.total = make('span', 'total number');
        row.bar = createBar();
        row.self = make('span', 'self number');
        row.calls = make('span', 'calls number');
        row.indent = make('span', 'indent');
        row.twisty = make('span', 'twisty');
        row.square = make('span', 'square');
        row.label = make('bdi', 'label');
        row.chip = make('span', 'chip');
        row.place = make('bdi', 'place');
        const name = add(make('span', 'name'), row.indent, row.twisty, row.square, row.label,
                         row.chip, row.place);
        return add(row, row.total, row.bar, row.self, row.calls, name);
    }

    renderRow(element, index) {
        const page = this.page, layout = this.layout, row = this.rows[index];
        const func = layout.func(row), profile = page.profile;
        const isSelected = row === this.selected(), label = shown(profile.label(func));
        setText(element.total, page.time(layout.total[row]));
        renderBar(element.bar, layout.total[row], layout.self[row], layout.total[0]);
        setText(element.self, page.time(layout.self[row]));
        setText(element.calls, grouped(layout.calls[row]));
        element.indent.style.width = Math.min(layout.depth[row] * this.step, this.mostIndent) + 'px';
        setText(element.twisty, this.children[row] ? this.open[row] ? '\u25be' : '\u25b8' : '');
        element.square.className = 'square fill-' + page.colours.nameOf(func);
        setText(element.label, label);
        element.label.classList.toggle('own', profile.isOwn(func));
        const isFound = Boolean(this.found && this.found[row]), isEntry = isFound && page.found[func] === 1;
        element.label.classList.toggle('found', isEntry);
        element.chip.classList.toggle('found', isFound && !isEntry);
        this.renderChip(element.chip, row);
        setText(element.place, shown(profile.place(func)));
        element.classList.toggle('selected', isSelected);
        element.classList.toggle('lit', page.hovered === func && func !== 0);
        element.classList.toggle('faint', profile.kindOf[func] >= 2);
        this.describe(element, row, label, isSelected);
    }

    renderChip(chip, row) {
        const folded = this.layout.folded[row];
        chip.hidden = folded === 0;
        if (!folded || chip.row === row && chip.layout === this.layout)
            return;
        Object.assign(chip, {row, layout: this.layout});
        clear(chip).append(make('span', 'libraries', foldedNames(this.layout, row, 2) + ': '),
                           make('span', 'plus', '+'), grouped(folded), make('span', 'libraries', ' folded'));
        chip.title = foldedNames(this.layout, row, 12) + ': ' + plural(folded, 'frame') +
            ' folded into this row (f shows them)';
    }

    describe(element, row, label, isSelected) {
        const page = this.page, layout = this.layout, parent = layout.parent[row];
        attributes(element, {
            'aria-level': layout.depth[row] + 1,
            'aria-posinset': row ? this.position[row] : 1,
            'aria-setsize': row ? this.children[parent] : 1,
            'aria-selected': isSelected,
            'aria-label': label + ', ' + prose(layout.total[row]) + ', ' +
                percent(layout.total[row], layout.total[0]) + ', ' + page.countOf(layout.calls[row]) +
                (layout.folded[row] ? ', ' + layout.folded[row] + ' folded' : ''),
        });
        if (this.children[row])
            element.setAttribute('aria-expanded', Boolean(this.open[row]));
        else
            element.removeAttribute('aria-expanded');
    }

    /* ---------------------------------------------------------- what readers do */

    select(row) {
        this.page.select(this.layout.node[row]);
    }

    click(event) {
        const index = this.list.indexOf(event);
        if (index === NONE)
            return;
        const row = this.rows[index];
        if (event.target.closest('.twisty'))
            this.toggle(row, event.altKey);
        else
            this.select(row);
    }

    doubleClick(event) {
        const index = this.list.indexOf(event);
        if (index !== NONE && !event.target.closest('.twisty'))
            this.toggle(this.rows[index], event.altKey);
    }

    toggle(row, isDeep) {
        const open = this.open[row] ? 0 : 1;
        if (isDeep)
            this.setBelow(row, open);
        this.open[row] = open;
        this.rebuild();
    }

    setBelow(row, open) {
        this.open.fill(open, row, this.layout.end[row]);
        this.rebuild();
    }

    expandSiblings(row) {
        const layout = this.layout, parent = Math.max(0, layout.parent[row]);
        for (let i = parent + 1; i < layout.end[parent]; i = layout.end[i])
            this.open[i] = 1;
        this.rebuild();
    }

    collapseAll() {
        this.open.fill(0);
        this.open[0] = 1;
        this.openAncestors(this.selected());
        this.rebuild();
        this.revealSelected();
    }

    /* From the selected row on, or from the request when that is at an end. */
    hotPath() {
        const layout = this.layout;
        let row = this.children[this.selected()] ? this.selected() : 0;
        while (this.children[row] && layout.total[row + 1] > 0) {
            this.open[row] = 1;
            row++; /* the heaviest child stands first */
        }
        this.select(row);
    }

    /* The next row with a match, from the selected one on; around the end. */
    nextMatch(step) {
        const n = this.layout.count;
        if (!this.found)
            return;
        for (let k = 1; k <= n; k++) {
            const row = ((this.selected() + step * k) % n + n) % n;
            if (this.found[row]) {
                this.page.select(this.matchIn(row));
                return;
            }
        }
    }

    matchIn(row) {
        const profile = this.page.profile;
        return this.layout.nodesOf(row).find(node => this.page.found[profile.func[node]]);
    }

    key(event) {
        const layout = this.layout, row = this.selected(), index = this.indexOfRow(row);
        const target = this.list.keyTarget(event.key, index);
        if (target !== NONE)
            this.select(this.rows[target]);
        else if (event.key === 'ArrowRight' && this.children[row] && (!this.open[row] || event.altKey))
            event.altKey ? this.setBelow(row, 1) : this.toggle(row, false);
        else if (event.key === 'ArrowRight' && this.children[row])
            this.select(row + 1);
        else if (event.key === 'ArrowLeft' && this.open[row] && this.children[row])
            event.altKey ? this.setBelow(row, 0) : this.toggle(row, false);
        else if (event.key === 'ArrowLeft' && row)
            this.select(layout.parent[row]);
        else if (event.key === '*')
            this.expandSiblings(row);
        else
            return event.key.startsWith('Arrow');
        return true;
    }

    print(printing) {
        this.list.print(printing);
    }
}

/* "flask, werkzeug, ..." */
function foldedNames(layout, row, most) {
    const libraries = layout.libraries(row);
    return libraries.slice(0, most).map(lib => shown(lib, 40)).join(', ') +
        (libraries.length > most ? ', \u2026' : '');
}

/* -------------------------------------------------------------------- the bar */

/* Light for total, with a dark bar under it for self. */
function createBar() {
    const bar = make('span', 'share number');
    bar.whole = make('span', 'bar-total');
    bar.inner = make('span', 'bar-self');
    bar.text = make('span', 'bar-text');
    return add(bar, bar.whole, bar.inner, bar.text);
}

function renderBar(bar, total, self, whole) {
    bar.whole.style.width = (whole > 0 ? 100 * total / whole : 0) + '%';
    bar.inner.style.width = (whole > 0 ? 100 * self / whole : 0) + '%';
    setText(bar.text, percent(total, whole));
}
