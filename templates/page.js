/* The page: its views, and what the reader does. It tells the views about changes of its state.
 *
 * All views share one selection (a node and its function), one zoom (a node) and one search. Only
 * the visible view is drawn; the others keep a list of pending changes. */
'use strict';

const READ_MS = 80; /* by character: how long a message stays */

class Page extends PageState {
    /* json returns the data as text. compareWith shows this profile next to that of a file. */
    constructor(profile, json, compareWith) {
        super(profile);
        this.json = json;
        this.compareWith = compareWith;
        this.applyTheme();
        this.build();
        readAddress(this);
        this.show(this.view);
    }

    /* ----------------------------------------------------------------- the choices */

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

    toggleRun(row) {
        this.toggleRuns([row]);
    }

    toggleRuns(rows) {
        const done = this.switchRuns(rows);
        if (!done)
            return;
        this.change({layout: true, selection: true});
        this.writeHash();
        this.say(done);
    }

    /* ------------------------------------------------------------- what it is made of */

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
