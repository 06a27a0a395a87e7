/* View 1, the call tree: rows of the layout, which the reader opens and closes.
 *
 * A row on the screen is a row of the layout, or ~row: all small children of one parent, where
 * row is the first of them. */
'use strict';

const SMALL_SHARE = 0.001, GROWN_MOST = 20000; /* rows of callers that one key press adds */

class TreeView {
    constructor(page) {
        this.page = page;
        this.name = 'tree';
        this.uses = ['fold', 'threshold', 'unit'];
        this.element = make('div', 'view tree');
        this.look = this.makeLook();
        this.head = attributes(make('div', 'columns ' + this.look.grid), {'aria-hidden': 'true'});
        this.list = new VirtualList('tree-row-', () => this.look.create(),
                                    (row, i) => this.look.render(row, this.rows[i]), this.head);
        this.list.box.setAttribute('role', 'tree');
        this.note = make('div', 'note');
        this.active = NONE; /* index in this.rows of the small rows that have the focus */
        this.current = NONE; /* the row in an inverted tree, which has many rows for one function */
        this.hasMoved = false; /* whether the last click moved rows */
        add(this.element, this.list.box, this.note);
        this.list.box.addEventListener('click', event => this.click(event));
        this.list.box.addEventListener('dblclick', event => this.doubleClick(event));
        this.list.box.addEventListener('pointerover', event => {
            const index = this.list.indexOf(event);
            this.page.hover(index === NONE || this.rows[index] < 0 ? NONE : this.layout.func(this.rows[index]));
        });
        this.list.box.addEventListener('pointerleave', () => this.page.hover(NONE));
        this.options = make('div', 'view-options');
        this.makeOptions();
    }

    makeLook() {
        return new TreeRows(this);
    }

    /* Whether callers are below their callees. */
    isUp() {
        return this.page.choices.direction === 'up';
    }

    makeOptions() {
        const page = this.page;
        add(this.options, this.directions(),
            button('Hot path', 'Follow the heaviest calls to where the time goes (h)', () => page.hotPath()),
            button('Expand', 'Open everything below the selected row (Alt with \u2192)',
                   () => this.setBelow(Math.max(0, this.selected()), 1)),
            button('Collapse', 'Close all rows except the path to the selected row', () => this.collapseAll()));
    }

    directions() {
        const page = this.page;
        return choice('Direction of the tree', [['down', 'top-down'], ['up', 'bottom-up']], page.choices.direction,
                      value => page.choose('direction', value));
    }

    /* ---------------------------------------------------------------- changes */

    update(changes) {
        const isNew = changes.layout || changes.direction;
        if (isNew)
            this.takeLayout();
        if (isNew || changes.search)
            this.found = this.page.found ? this.layout.rowsWith(this.page.found) : null;
        if (isNew || changes.selection) {
            this.active = NONE;
            this.openAncestors(this.selected());
        }
        if (isNew || changes.unit)
            this.look.renderHead(this.head);
        this.rebuild();
        if (isNew || changes.selection)
            this.revealSelected();
    }

    takeLayout() {
        const before = this.stateByKey(), isUp = this.isUp();
        this.layout = isUp ? new Inverted(this.page.layout) : this.page.layout;
        this.base = isUp ? 1 : 0; /* the first visible row */
        this.current = NONE;
        this.list.box.setAttribute('aria-label', isUp ? 'Functions by self time, with their callers' : 'Call tree');
        this.takeRows(before);
        for (let rows = this.openUngrown(); rows.length; rows = this.openUngrown()) {
            this.layout.grow(rows);
            this.takeRows(before);
        }
    }

    openUngrown() {
        const layout = this.layout, isOne = (open, row) => open && layout.isInverted && !layout.isGrown(row);
        return Array.from(this.open, (open, row) => isOne(open, row) ? row : 0).filter(Boolean);
    }

    /* Rows keep their state if they existed before. */
    takeRows(before) {
        const layout = this.layout, n = layout.count;
        this.open = new Uint8Array(n);  /* 1: its children are shown */
        this.whole = new Uint8Array(n); /* 1: its small children, too */
        this.position = new Int32Array(n);
        this.children = new Int32Array(n);
        for (let i = 1; i < n; i++)
            this.position[i] = ++this.children[layout.parent[i]];
        const isOpen = row => !layout.isInverted &&
            (layout.total[row] >= 0.02 * layout.total[0] || layout.opened[layout.node[row]]) ? 1 : 0;
        for (let i = 0; i < n; i++)
            [this.open[i], this.whole[i]] = before.size && before.get(layout.keyOf(i)) || [isOpen(i), 0];
        this.open[0] = 1;
    }

    /* Returns the state of the rows by key, if the direction stays. Closed rows of an inverted
     * tree are left out: closed is their default. */
    stateByKey() {
        const state = new Map(), layout = this.layout;
        if (!layout || Boolean(layout.isInverted) !== this.isUp())
            return state;
        for (let i = 0; i < layout.count; i++)
            if (!layout.isInverted || this.open[i] || this.whole[i])
                state.set(layout.keyOf(i), [this.open[i], this.whole[i]]);
        return state;
    }

    /* Finds the callers of rows in an inverted tree; isDeep: their callers, too. Returns the new
     * numbers of the rows. */
    grow(rows, isDeep) {
        const layout = this.layout;
        if (!layout.isInverted || !isDeep && rows.every(row => layout.isGrown(row)))
            return rows;
        const before = this.stateByKey(), made = rows.map(row => layout.made[row]);
        const current = layout.made[this.current];
        layout.grow(rows, isDeep ? GROWN_MOST : 0);
        this.takeRows(before);
        this.found = this.page.found ? layout.rowsWith(this.page.found) : null;
        this.current = this.current === NONE ? NONE : layout.place[current];
        return made.map(each => layout.place[each]);
    }

    hasChildren(row) {
        return this.children[row] > 0 || Boolean(this.layout.isInverted) && row !== NONE && !this.layout.isGrown(row);
    }

    isSmall(row) {
        return this.layout.total[row] < SMALL_SHARE * this.layout.total[0];
    }

    /* In an inverted tree: NONE if the function has no self time. */
    selected() {
        if (!this.layout.isInverted)
            return this.layout.rowOf[this.page.node];
        const isCurrent = this.current !== NONE && this.layout.func(this.current) === this.page.func;
        return isCurrent ? this.current : this.layout.rootOf(this.page.func);
    }

    selectedRuns() {
        return this.selected() === NONE ? [] : this.layout.sourcesOf(this.selected());
    }

    openAncestors(row) {
        for (let i = row; i !== NONE && this.layout.parent[i] !== NONE; i = this.layout.parent[i]) {
            this.open[this.layout.parent[i]] = 1;
            if (this.isSmall(i))
                this.whole[this.layout.parent[i]] = 1;
        }
    }

    /* Collects the visible rows, and counts those that the threshold hides. */
    rebuild() {
        const layout = this.layout, least = this.page.choices.threshold / 100 * layout.total[0];
        const rows = [];
        let deepest = 0, hidden = 0;
        for (let i = this.base; i < layout.count;) {
            if (i && layout.total[i] < least) {
                i = layout.end[i];
                continue;
            }
            const isFirstSmall = i > 0 && this.startsSmall(i);
            rows.push(isFirstSmall ? ~i : i);
            deepest = Math.max(deepest, layout.depth[i]);
            i = isFirstSmall ? layout.end[layout.parent[i]] : this.open[i] ? i + 1 : layout.end[i];
        }
        for (let i = 1; least > 0 && i < layout.count; i++)
            hidden += layout.total[i] < least ? 1 : 0;
        this.rows = rows;
        this.setIndent(deepest);
        this.renderNote(hidden);
        this.list.setCount(rows.length);
        this.list.activate(this.active === NONE ? this.indexOfRow(this.selected()) : this.active);
    }

    renderNote(hidden) {
        const layout = this.layout, isEmpty = layout.count === 1, texts = [];
        if (isEmpty)
            texts.push(nothingBelow(this.page.profile));
        if (hidden)
            texts.push(plural(hidden, 'row') + ' below ' + this.page.choices.threshold + ' % not shown');
        this.note.hidden = !texts.length;
        setText(this.note, texts.join(' \u00b7 '));
    }

    /* Returns whether the row is the first of several small children, which become one row. They
     * are the last of their parent. */
    startsSmall(row) {
        const parent = this.layout.parent[row];
        return !this.whole[parent] && this.isSmall(row) && this.layout.end[row] < this.layout.end[parent];
    }

    /* Shows the small rows that were one row. */
    showSmall(row) {
        this.whole[this.layout.parent[row]] = 1;
        this.active = NONE;
        this.rebuild();
    }

    /* Deep trees have less indentation, so that names stay visible. */
    setIndent(deepest) {
        const room = Math.max(60, this.element.clientWidth * 0.3);
        this.step = Math.max(2, Math.min(matchMedia('(max-width: 719px)').matches ? 8 : 16, room / (deepest || 1)));
        this.mostIndent = room;
        this.element.style.setProperty('--step', this.step + 'px');
        this.element.classList.toggle('dense', this.step < 5);
    }

    indexOfRow(row) {
        let low = 0, high = this.rows.length - 1;
        while (low <= high) {
            const middle = (low + high) >> 1;
            const first = this.rows[middle] < 0 ? ~this.rows[middle] : this.rows[middle];
            if (this.rows[middle] === row)
                return middle;
            if (first < row)
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

    /* ---------------------------------------------------------- clicks and keys */

    select(row) {
        this.current = row;
        this.page.select(this.layout.node[row]);
    }

    /* Goes to a row on the screen. Small rows get the focus of the keys, but are not a selection. */
    go(index) {
        if (this.rows[index] >= 0) {
            this.select(this.rows[index]);
            return;
        }
        this.active = index;
        this.list.activate(index);
        this.list.reveal(index);
    }

    click(event) {
        const index = this.list.indexOf(event);
        if (index === NONE || this.isSecond(event))
            return;
        const row = this.rows[index], isChip = event.target.closest('.chip') !== null;
        this.hasMoved = row < 0 || isChip;
        if (row < 0)
            this.showSmall(~row);
        else if (isChip)
            this.toggleRun(row);
        else if (event.target.closest('.twisty'))
            this.openOrClose(row, event.altKey);
        else
            this.select(row);
    }

    /* Returns whether this is the second click of a double click whose first moved the rows: the
     * pointer is at another row now. */
    isSecond(event) {
        return event.detail > 1 && this.hasMoved;
    }

    doubleClick(event) {
        const index = this.list.indexOf(event);
        if (index === NONE || this.isSecond(event) || this.rows[index] < 0 || event.target.closest('.twisty, .chip'))
            return;
        if (this.layout.folded[this.rows[index]])
            this.toggleRun(this.rows[index]);
        else
            this.openOrClose(this.rows[index], event.altKey);
    }

    /* Opens or closes the row, or opens a folded run without children. */
    openOrClose(row, isDeep) {
        if (this.hasChildren(row))
            this.toggle(row, isDeep);
        else
            this.toggleRun(row);
    }

    toggleRun(row) {
        this.page.toggleRuns(this.layout.sourcesOf(row));
    }

    toggle(row, isDeep) {
        const open = this.open[row] ? 0 : 1;
        if (isDeep) {
            this.setBelow(row, open);
            return;
        }
        [row] = this.grow([row], false);
        this.open[row] = open;
        this.rebuild();
    }

    setBelow(row, open) {
        [row] = open ? this.grow([row], true) : [row];
        this.open.fill(open, row, this.layout.end[row]);
        this.whole.fill(open, row, this.layout.end[row]);
        this.rebuild();
    }

    expandSiblings(row) {
        const layout = this.layout, parent = Math.max(0, layout.parent[row] || 0);
        const siblings = [];
        for (let i = parent + 1; i < layout.end[parent]; i = layout.end[i])
            siblings.push(i);
        for (const i of this.grow(siblings, false))
            this.open[i] = 1;
        this.rebuild();
    }

    collapseAll() {
        this.open.fill(0);
        this.whole.fill(0);
        this.open[0] = 1;
        this.openAncestors(this.selected());
        this.rebuild();
        this.revealSelected();
    }

    /* Selects the next row with a match, wrapping around. */
    nextMatch(step) {
        if (!this.found)
            return;
        const row = nextOf(this.layout.count, this.selected(), step, one => this.found[one]);
        if (row !== NONE)
            this.selectMatch(row);
    }

    /* Selects the row's function, or the match that is folded into it. */
    selectMatch(row) {
        const {found, profile} = this.page;
        if (found[this.layout.func(row)])
            this.select(row);
        else
            this.page.select(Array.from(this.layout.nodesOf(row)).find(node => found[profile.func[node]]));
    }

    key(event) {
        const layout = this.layout, row = this.selected();
        const index = this.active === NONE ? this.indexOfRow(row) : this.active;
        const target = this.list.keyTarget(event.key, index);
        if (target !== NONE)
            this.go(target);
        else if (this.active !== NONE && ['Enter', 'ArrowRight'].includes(event.key))
            this.showSmall(~this.rows[index]);
        else if (event.key === 'ArrowRight' && this.hasChildren(row) && (!this.open[row] || event.altKey))
            event.altKey ? this.setBelow(row, 1) : this.toggle(row, false);
        else if (event.key === 'ArrowRight' && this.children[row])
            this.select(row + 1);
        else if (event.key === 'ArrowRight' && layout.folded[row])
            this.toggleRun(row);
        else if (event.key === 'Enter' && row !== NONE)
            layout.folded[row] ? this.toggleRun(row) : this.openOrClose(row, event.altKey);
        else if (event.key === 'ArrowLeft' && this.open[row] && this.children[row])
            event.altKey ? this.setBelow(row, 0) : this.toggle(row, false);
        else if (event.key === 'ArrowLeft' && layout.parent[row] >= this.base)
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
