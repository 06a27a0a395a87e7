/* A table of virtual rows with a head that sorts: what the views of profiles and routes share. */
'use strict';

const TALL_ROW = 46, NARROW = '(max-width: 719px)'; /* rows of two lines; as in shelf.css */

class Grid {
    /* columns: {key, name, hint, className, isSorted}. create() makes the cells of a row, by key;
     * render(row, item, index) fills them. open(item, event) is for Enter. */
    constructor(shelf, name, label, columns, {create, render, open}) {
        Object.assign(this, {shelf, columns, create, render, open, items: [], active: null});
        this.head = attributes(make('div', 'columns ' + name + '-grid'), {role: 'row', 'aria-rowindex': '1'});
        this.list = new VirtualList(name + '-row-', () => this.createRow(name),
                                    (row, i) => this.renderRow(row, i), this.head);
        attributes(this.list.box, {role: 'grid', 'aria-label': label, 'aria-colcount': columns.length,
                                   'aria-multiselectable': name === 'profiles'});
        this.list.box.addEventListener('click', event => this.activate(this.list.indexOf(event)));
        this.makeHead();
        const narrow = matchMedia(NARROW), fit = () => this.list.setRowHeight(narrow.matches ? TALL_ROW : ROW_HEIGHT);
        narrow.addEventListener('change', fit);
        fit();
    }

    makeHead() {
        for (const column of this.columns) {
            const cell = attributes(make('span', column.className), {role: 'columnheader'});
            if (column.isSorted)
                add(cell, column.head = button('', column.hint, () => this.sortBy(column.key)));
            else
                attributes(cell, {'aria-label': column.hint, title: column.hint}).textContent = column.name;
            add(this.head, cell);
        }
    }

    sortBy(sort) {
        const {state} = this.shelf, isSame = state.sort === sort;
        this.shelf.go({sort, order: isSame ? state.order === 'asc' ? 'desc' : 'asc' : firstOrder(sort)});
    }

    renderHead(names = {}) {
        const {sort, order} = this.shelf.state;
        for (const column of this.columns.filter(one => one.isSorted)) {
            const isSorted = column.key === sort, arrow = order === 'asc' ? ' \u2191' : ' \u2193';
            setText(column.head, (names[column.key] || column.name) + (isSorted ? arrow : ''));
            column.head.parentNode.setAttribute(
                'aria-sort', isSorted ? order + 'ending' : 'none');
        }
    }

    /* key(item) names an item: the active row stays the same one if it moves. */
    show(items, isWhole, key) {
        const {list} = this, top = list.box.scrollTop, first = Math.floor(top / list.rowHeight);
        const anchor = top > 0 && this.items[first];
        this.items = items;
        this.key = key;
        list.box.setAttribute('aria-rowcount', isWhole ? items.length + 1 : -1);
        list.setCount(items.length);
        if (anchor && items[first] !== anchor)
            this.hold(anchor, first, top);
        this.list.activate(this.index());
    }

    /* Rows above were added: what the reader looks at stays where it is. */
    hold(anchor, first, top) {
        const at = this.items.findIndex(item => this.key(item) === this.key(anchor));
        if (at === NONE)
            return;
        this.list.box.scrollTop = top + (at - first) * this.list.rowHeight;
        this.list.drawNow();
    }

    index() {
        return this.active === null ? NONE : this.items.findIndex(item => this.key(item) === this.active);
    }

    activate(index) {
        if (index === NONE)
            return;
        this.active = this.key(this.items[index]);
        this.list.reveal(index);
        this.list.activate(index);
    }

    activeItem() {
        return this.items[this.index()];
    }

    createRow(name) {
        const row = attributes(make('div', name + '-grid'), {role: 'row'});
        row.cells = this.create();
        for (const column of this.columns)
            add(row, attributes(row.cells[column.key], {role: 'gridcell'}));
        return row;
    }

    renderRow(row, index) {
        const item = this.items[index];
        this.render(row.cells, item, row);
        row.classList.toggle('selected', this.key(item) === this.active);
        row.setAttribute('aria-rowindex', index + 2);
    }

    /* The last row that is in sight. */
    lastInSight() {
        return this.list.range()[1];
    }

    handleKey(event) {
        const target = this.list.keyTarget(event.key, this.index());
        if (target !== NONE) {
            this.activate(target);
            if (document.activeElement !== this.list.box)
                this.list.box.focus({preventScroll: true});
            return true;
        }
        const item = this.activeItem();
        if (event.key !== 'Enter' || !item)
            return false;
        this.open(item, event);
        return true;
    }
}
