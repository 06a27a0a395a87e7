/* What the page shows: a profile, its folded tree, the selection, and the reader's choices. Nothing
 * here draws or knows a view: page.js does. */
'use strict';

class PageState {
    constructor(profile) {
        this.profile = profile;
        this.stats = this.makeStats();
        this.colours = new Colours(profile, this.stats);
        this.unit = columnUnit(profile.total[0]);
        this.choices = readChoices();
        this.labels = new Map();
        this.hovered = NONE;
        this.found = null;
        this.zoom = 0;
        this.centre = NONE; /* the function of the sandwich; NONE for another shape */
        this.freeRange = null;
        this.opened = new Uint8Array(profile.nodes); /* by node, 1: has its own row */
        this.foldNow();
        this.take(this.layout.hotNode());
        this.part = new Part(this, document.getElementById('part'));
        this.units = new Units(this);
    }

    makeStats() {
        return new Stats(this.profile);
    }

    makeLayout(foldable) {
        return new Layout(this.profile, foldable, this.opened);
    }

    /* ----------------------------------------------------------------- the choices */

    store() {
        storeChoices(this.choices);
    }

    /* A sort order is remembered only while the configured order stays the same. */
    rememberedSort() {
        const sort = this.choices.sort;
        return sort && sort.configured === String(this.profile.meta.sort_by) ? sort : null;
    }

    rememberSort(sort) {
        this.choices.sort = Object.assign({configured: String(this.profile.meta.sort_by)}, sort);
        this.store();
    }

    /* --------------------------------------------------- the folding and the selection */

    foldNow() {
        this.opened.fill(0);
        this.layout = this.makeLayout(foldableFunctions(this.profile, this.choices));
    }

    refold() {
        this.layout = this.makeLayout(this.layout.foldable);
    }

    /* Selects a node. It needs its own row: if it is folded, its run opens. Returns whether one
     * opened. */
    take(node) {
        this.node = node;
        this.func = this.profile.func[node];
        if (this.layout.showsNode(node))
            return false;
        for (const each of this.layout.nodesOf(this.layout.rowOf[node]))
            this.opened[each] = 1;
        this.refold();
        return true;
    }

    /* Opens rows that are folded runs, or closes rows that are entries of opened runs. Returns what
     * it did, in a word; null: nothing. */
    switchRuns(rows) {
        const layout = this.layout, states = rows.map(row => layout.foldState(row));
        const state = states.includes(1) ? 1 : 2, chosen = rows.filter((_, i) => states[i] === state);
        if (!chosen.length)
            return null;
        const node = layout.node[chosen[0]];
        for (const row of chosen)
            for (const each of state === 1 ? layout.nodesOf(row) : layout.runOf(row))
                this.opened[each] = state === 1 ? 1 : 0;
        this.refold();
        this.take(node);
        return state === 1 ? 'Opened' : 'Folded';
    }

    /* Switches to other figures of the same tree. */
    takeFigures(profile, stats) {
        const node = this.node;
        Object.assign(this, {profile, stats, freeRange: null, unit: columnUnit(profile.total[0])});
        this.refold();
        this.take(node);
    }

    row() {
        return this.layout.rowOf[this.node];
    }

    selectionText() {
        const total = this.layout.total[this.row()];
        return prose(total) + ', ' + percent(total, this.profile.total[0]);
    }

    takeRange(name) {
        const range = this.freeRange;
        return range && range.view === name ? [range.from, range.to] : null;
    }

    shape() {
        return this.centre === NONE ? this.choices.shape : 'sandwich';
    }

    /* ----------------------------------------------------------- times and names */

    time(ns) {
        return this.units.isPercent ? percent(ns, this.profile.total[0]) : inUnit(ns, this.unit);
    }

    /* Columns have one name in all views and in the log. */
    columnName(key) {
        const unit = this.units.isPercent ? '%' : this.unit.name;
        return {total: 'Total ' + unit, share: '%', self: 'Self ' + unit,
                calls: this.profile.sampling ? 'Samples' : 'Calls', selfPerCall: 'Self/call ' + this.unit.name,
                totalPerCall: 'Total/call ' + this.unit.name, line: 'Line', name: 'Function'}[key];
    }

    /* Calls outside the tree are not counted by call path. */
    countOf(calls, func) {
        const word = this.profile.sampling ? 'sample' : 'call';
        return this.profile.isLeft(func) ? word + 's not counted' : plural(calls, word);
    }

    /* Makes an element with the function's name; own code has its own style. */
    nameElement(className, func, most) {
        const isOwn = this.profile.isOwn(func);
        return make('bdi', className + (isOwn ? ' own' : ''), shown(this.profile.label(func), most));
    }

    /* Returns the name for a canvas: its width in characters, and how to cut it. */
    shortLabel(func) {
        let label = this.labels.get(func);
        if (!label)
            this.labels.set(func, label = new CanvasLabel(shown(this.profile.label(func), 200)));
        return label;
    }
}
