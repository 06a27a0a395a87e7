/* The checked profiles, and the bar that leads to their merge or comparison. */
'use strict';

class Chosen {
    constructor(shelf, element) {
        this.shelf = shelf;
        this.element = element;
        this.rows = new Map(); /* by id, in the order in which they were checked */
        this.marked = []; /* side A of a comparison; empty: none */
        this.text = make('span', 'chosen-text');
        this.merge = make('a', 'action');
        this.compare = make('a', 'action');
        this.mark = button('Mark as A', 'Compare the checked profiles with others: check those next (a)',
                           () => this.markA());
        this.clearing = button('Uncheck', 'Uncheck all profiles (Esc)', () => this.clear());
        this.last = button('', '', () => this.mergeLast({}));
        this.last.hidden = true;
        add(element, this.text, this.merge, this.compare, this.mark, this.clearing, make('span', 'space'), this.last);
        this.update();
    }

    has(id) {
        return this.rows.has(id);
    }

    isMarked(id) {
        return this.marked.some(row => row.id === id);
    }

    toggle(row) {
        if (!this.rows.delete(row.id))
            this.rows.set(row.id, row);
        this.changed();
        this.shelf.say(plural(this.rows.size, 'profile') + ' checked');
    }

    clear() {
        this.rows.clear();
        this.marked = [];
        this.changed();
    }

    markA() {
        if (!this.rows.size)
            return;
        this.marked = Array.from(this.rows.values());
        this.rows.clear();
        this.changed();
        this.shelf.say(this.nameOf(this.marked) + ' marked as A. Check the profiles to compare it with.');
    }

    changed() {
        this.update();
        this.shelf.redraw();
    }

    nameOf(rows) {
        return rows.length === 1 ? rows[0].method + ' ' + shown(rows[0].path, 60) : plural(rows.length, 'profile');
    }

    /* Returns both sides of a comparison; null if there are none. Of two checked profiles, the
     * older one is A. */
    sides() {
        const rows = Array.from(this.rows.values());
        if (this.marked.length)
            return rows.length ? [this.marked, rows] : null;
        const [a, b] = rows.slice().sort((one, other) => one.time - other.time);
        return rows.length === 2 ? [[a], [b]] : null;
    }

    /* ------------------------------------------------------------------- the bar */

    update() {
        const rows = Array.from(this.rows.values()), count = rows.length, sides = this.sides();
        const fault = mergeFault(rows), a = this.marked.length ? 'A: ' + this.nameOf(this.marked) + ' \u00b7 ' : '';
        setText(this.text, a + (count ? grouped(count) + ' checked' : a ? 'check what to compare it with' :
            'Check to merge or compare'));
        this.text.classList.toggle('hint', !count && !a);
        this.setAction(this.merge, count > 1, 'Merge ' + grouped(count), fault, () => mergeLink(rows));
        this.setAction(this.compare, sides !== null, this.marked.length ? 'Compare with A' : 'Compare',
                       sides && compareFault(...sides), () => compareLink(...sides));
        this.mark.hidden = !count || Boolean(this.marked.length);
        this.clearing.hidden = !count && !a;
        this.isBusy = Boolean(count || a);
        this.element.classList.toggle('busy', this.isBusy);
        this.element.hidden = this.last.hidden && !this.isBusy;
    }

    /* A link that is there, but leads nowhere, says why. */
    setAction(link, isShown, text, fault, address) {
        link.hidden = !isShown;
        setText(link, isShown && fault ? text + ': ' + fault : text);
        if (!isShown || fault)
            link.removeAttribute('href');
        else
            link.setAttribute('href', address());
        link.classList.toggle('unavailable', Boolean(fault));
    }

    /* Modes are never merged: of two, the button names neither a number nor a mode. */
    updateLast(rows) {
        const {view} = this.shelf.state, many = Math.min(LAST, rows.length);
        const isMixed = rows.some(row => row.mode !== rows[0].mode);
        this.last.hidden = view !== 'profiles' || many < 2;
        this.element.hidden = this.last.hidden && !this.isBusy;
        setText(this.last, 'Merge the last ' + (isMixed ? 'of one mode' : many));
        this.last.title = isMixed ? 'Merge the newest profiles that match the filters, at most ' + LAST +
            ', in the mode of the newest one' : 'Merge the ' + many + ' newest profiles that match the filters';
    }

    follow(link) {
        if (link.hidden || !link.hasAttribute('href'))
            this.shelf.say(link.hidden ? this.text.textContent : link.textContent);
        else
            link.click();
    }

    /* --------------------------------------------------------------- the last ones */

    /* Opens the merge of the newest profiles that match, all of the newest one's mode. */
    async mergeLast(filters) {
        try {
            const {rows, mode, others} = await this.newestOfOneMode(filters);
            if (!rows.length)
                this.shelf.tell('None of these profiles has a json file to merge.');
            else if (others)
                this.shelf.tell('Merging ' + plural(rows.length, mode + ' profile') + '\u2026');
            if (rows.length)
                location.assign(mergeLink(rows));
        } catch (error) {
            this.shelf.tell('The profiles to merge cannot be listed: ' + error.message);
        }
    }

    async newestOfOneMode(filters) {
        const parameters = Object.assign(filterParameters(this.shelf.state, this.shelf.now()), filters,
                                         {sort: 'time', order: 'desc'});
        const newest = new RowFeed(askIndex, parameters, () => {});
        const usable = rows => rows.filter(hasPage);
        await newest.load(LAST);
        const [first] = usable(newest.rows);
        if (!first)
            return {rows: []};
        const mode = new RowFeed(askIndex, Object.assign({}, parameters, {mode: first.mode}), () => {});
        await mode.load(LAST);
        return {rows: usable(mode.rows).slice(0, LAST), mode: first.mode,
                others: newest.rows.some(row => row.mode !== first.mode)};
    }
}
