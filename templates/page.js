/* The page: its selection, zoom, search and choices. It tells the views about changes.
 *
 * All views share one selection (a node and its function), one zoom (a node) and one search. Only
 * the visible view is drawn; the others keep a list of pending changes. */
'use strict';

const READ_MS = 80; /* by character: how long a message is there to be read */

class Page {
    /* json returns the data as text. compareWith shows this profile next to that of a file. */
    constructor(profile, json, compareWith) {
        this.json = json;
        this.compareWith = compareWith;
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
        this.applyTheme();
        this.foldNow();
        this.take(this.layout.hotNode());
        this.part = new Part(this, document.getElementById('part'));
        this.units = new Units(this);
        this.build();
        readAddress(this);
        this.show(this.view);
    }

    /* ----------------------------------------------------------------- the choices */

    store() {
        storeChoices(this.choices);
    }

    choose(name, value) {
        this.choices[name] = value;
        if (name === 'shape')
            this.centre = NONE;
        this.store();
        if (['fold', 'imports', 'hide', 'show'].includes(name)) {
            this.foldNow();
            this.take(this.node);
            this.change({layout: true});
        } else if (name === 'mergeUnit' && this.units.take()) {
            this.makeViews();
            this.showAnew();
        } else {
            this.change({[name === 'mergeUnit' ? 'unit' : name]: true});
        }
        this.controls.update();
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

    theme() {
        return themeOf(this.choices);
    }

    applyTheme(theme = this.theme()) {
        document.documentElement.dataset.theme = theme;
    }

    toggleTheme() {
        this.choices.theme = this.theme() === 'dark' ? 'light' : 'dark';
        this.applyTheme();
        this.choose('theme', this.choices.theme);
    }

    /* --------------------------------------------------------------- the folding */

    foldNow() {
        this.opened.fill(0);
        this.layout = this.makeLayout(foldableFunctions(this.profile, this.choices));
    }

    toggleRun(row) {
        this.toggleRuns([row]);
    }

    /* Opens rows that are folded runs, or closes rows that are entries of opened runs. */
    toggleRuns(rows) {
        const layout = this.layout, states = rows.map(row => layout.foldState(row));
        const state = states.includes(1) ? 1 : 2, chosen = rows.filter((_, i) => states[i] === state);
        if (!chosen.length)
            return;
        const node = layout.node[chosen[0]];
        for (const row of chosen)
            for (const each of state === 1 ? layout.nodesOf(row) : layout.runOf(row))
                this.opened[each] = state === 1 ? 1 : 0;
        this.refold();
        this.take(node);
        this.change({layout: true, selection: true});
        this.writeHash();
        this.say(state === 1 ? 'Opened' : 'Folded');
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

    row() {
        return this.layout.rowOf[this.node];
    }

    /* ------------------------------------------------------------- what it is made of */

    makeStats() {
        return new Stats(this.profile);
    }

    makeLayout(foldable) {
        return new Layout(this.profile, foldable, this.opened);
    }

    makeHead(host) {
        return new (this.profile.meta.merged ? MergeHead : Head)(this, host);
    }

    makePanel(host, crumbs) {
        return new Panel(this, host, crumbs);
    }

    addNotices(host) {
        addNotices(host, this.part.whole, this.part.stats);
    }

    addSentence(host) {
        addSentence(this, host);
    }

    /* Returns the names and titles of the views. */
    tabs() {
        return VIEWS;
    }

    viewClasses() {
        return [TreeView, FlameView, TimelineView, FunctionsView, LinesView];
    }

    /* ---------------------------------------------------------------- the views */

    build() {
        const at = id => document.getElementById(id);
        this.live = at('live');
        this.main = at('view');
        this.head = this.makeHead(at('head'));
        this.addNotices(at('notices'));
        this.panel = this.makePanel(at('panel'), at('crumbs'));
        this.controls = new Controls(this, at('controls'));
        this.makeViews();
        this.view = this.choices.view in this.views && this.controls.hasView(this.choices.view) ?
            this.choices.view : 'tree';
        this.listen();
    }

    makeViews() {
        this.addSentence(document.getElementById('sentence'));
        this.views = Object.create(null);
        for (const View of this.viewClasses()) {
            const view = new View(this);
            view.pending = {layout: true, shown: true};
            this.views[view.name] = view;
        }
    }

    /* Switches to a profile of another range. Everything but the head is made again. */
    takeProfile(profile, stats, node) {
        Object.assign(this, {profile, stats, zoom: 0, freeRange: null});
        this.opened = new Uint8Array(profile.nodes);
        if (this.centre !== NONE && profile.heaviestNode(this.centre) === NONE)
            this.centre = NONE;
        this.foldNow();
        this.take(node === NONE ? this.layout.hotNode() : node);
        this.makeViews();
    }

    /* Switches to other figures of the same tree. */
    takeFigures(profile, stats) {
        const node = this.node;
        Object.assign(this, {profile, stats, freeRange: null, unit: columnUnit(profile.total[0])});
        this.refold();
        this.take(node);
    }

    /* Limits every view to this range. */
    showPart(from, to) {
        if (this.part.set(from, to))
            this.showAnew();
    }

    clearPart() {
        if (this.part.clear())
            this.showAnew();
    }

    showAnew() {
        if (this.found)
            this.search(this.controls.input.value);
        this.show(this.view);
    }

    /* end() makes way for another page in this document. */
    listen() {
        const ending = new AbortController(), {signal} = ending;
        const on = (target, type, act) => target.addEventListener(type, act, {signal});
        const whileShown = act => () => signal.aborted || act();
        this.end = () => ending.abort();
        this.writeHash = debounce(whileShown(() => writeAddress(this)), 150);
        on(window, 'hashchange', () => {
            readAddress(this);
            this.showAnew();
        });
        on(window, 'resize', debounce(whileShown(() => this.change({resize: true, unit: true})), 60));
        on(window, 'beforeprint', () => this.print(true));
        on(window, 'afterprint', () => this.print(false));
        on(document, 'keydown', event => handleKey(this, event));
        on(matchMedia('(prefers-color-scheme: dark)'), 'change', () => {
            this.applyTheme();
            this.change({theme: true});
        });
    }

    show(name) {
        const view = this.views[name];
        if (this.view !== name || this.choices.view !== name) {
            this.choices.view = name;
            this.store();
        }
        this.view = name;
        attributes(this.main, {'aria-labelledby': 'tab-' + name}).replaceChildren(view.element);
        this.controls.showView(view);
        view.pending.shown = view.pending.selection = true;
        this.change({});
        this.writeHash();
    }

    /* Tells the visible view what changed. The other views learn it when they are shown. */
    change(changes) {
        for (const view of Object.values(this.views))
            Object.assign(view.pending, changes);
        const view = this.views[this.view], pending = view.pending;
        view.pending = {};
        view.update(pending);
        this.panel.update();
    }

    print(isPrinting) {
        this.applyTheme(isPrinting ? 'light' : this.theme());
        this.colours.prepare(this.choices.colour);
        this.views[this.view].print(isPrinting);
    }

    /* ----------------------------------------------------- selection, zoom, hover */

    select(node, isInSandwich = false) {
        this.selectionChanged(isInSandwich, this.take(node));
    }

    /* Selects the function at the node where it takes the most time. It may not be in the tree at
     * all. */
    selectFunction(func) {
        const node = this.profile.heaviestNode(func), isOpened = node !== NONE && this.take(node);
        this.func = func;
        this.selectionChanged(false, isOpened);
    }

    /* A selection outside the sandwich becomes its new middle. */
    selectionChanged(isInSandwich = false, isOpened = false) {
        if (this.centre !== NONE && !isInSandwich)
            this.centre = this.func;
        this.change(isOpened ? {selection: true, layout: true} : {selection: true});
        this.writeHash();
        this.say(shown(this.profile.label(this.func), 80) + ', ' + this.selectionText());
    }

    selectionText() {
        const total = this.layout.total[this.row()];
        return prose(total) + ', ' + percent(total, this.profile.total[0]);
    }

    shape() {
        return this.centre === NONE ? this.choices.shape : 'sandwich';
    }

    openSandwich(func) {
        if (func !== this.func)
            this.selectFunction(func);
        this.centre = func;
        this.show('flame');
        this.controls.focusView();
        const figures = this.stats.figuresOf(func);
        this.say('Sandwich of ' + shown(this.profile.label(func), 80) + ', ' +
                 prose(func ? figures.cumulative : this.profile.total[0]));
    }

    /* Selects the end of the hot path: always the child with the most time, while that has more
     * than its caller's self time. */
    hotPath() {
        this.select(this.layout.node[this.layout.hotRow()]);
    }

    /* Shows the flame graph of the selected call path. */
    showPath() {
        this.centre = NONE;
        this.zoomTo(this.node);
        if (this.view !== 'timeline')
            this.show('flame');
    }

    zoomTo(node) {
        this.zoom = node;
        this.freeRange = null;
        this.change({zoom: true});
        this.writeHash();
    }

    /* A view has zoomed itself: it stays as it is, the others follow. */
    noteZoom(view, node, from, to) {
        for (const other of Object.values(this.views))
            if (other !== view)
                other.pending.zoom = true;
        this.zoom = node;
        this.freeRange = {view: view.name, from, to};
        this.writeHash();
    }

    takeRange(name) {
        const range = this.freeRange;
        return range && range.view === name ? [range.from, range.to] : null;
    }

    hover(func) {
        if (func === this.hovered)
            return;
        this.hovered = func;
        const view = this.views[this.view];
        (view.list || view).draw();
    }

    say(text) {
        setText(this.live, text);
    }

    /* ------------------------------------------------------------------ the search */

    search(query) {
        let test;
        try {
            test = textTest(query);
        } catch (error) {
            this.controls.showFound('not a regular expression yet', true);
            return; /* keeps the last result */
        }
        this.found = test ? matchingFunctions(this.profile, test) : null;
        if (this.found) {
            const {functions, ns} = searchShare(this.profile, this.found);
            const text = plural(functions, 'function') + ', ' + percent(ns, this.profile.total[0]);
            this.controls.showFound(text, functions === 0);
            this.say(text);
        } else {
            this.controls.showFound('', false);
        }
        this.change({search: true});
    }

    nextMatch(step) {
        const view = this.views[this.view];
        if (!this.found)
            return;
        if (view.nextMatch)
            view.nextMatch(step);
        else
            this.nextMatchingNode(step);
    }

    nextMatchingNode(step) {
        const {profile, found} = this;
        const node = nextOf(profile.nodes, this.node, step, one => found[profile.func[one]]);
        if (node !== NONE)
            this.select(node);
    }

    /* ------------------------------------------------------------------- small things */

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

    copySelection() {
        const label = this.profile.label(this.func);
        this.copy(label + '  ' + this.profile.standardName(this.func), 'Copied: ' + shown(label, 60));
    }

    copy(text, done) {
        copyText(text, () => this.toast(done));
    }

    toast(text) {
        const toast = document.getElementById('toast');
        toast.textContent = text;
        toast.hidden = false;
        clearTimeout(this.toasting);
        this.toasting = setTimeout(() => { toast.hidden = true; }, Math.max(2000, READ_MS * text.length));
        this.say(text);
    }
}
