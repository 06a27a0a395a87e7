/* The page: what is selected, zoomed, searched and chosen, and who is told.
 *
 * There is one selection (a node and its function), one zoom (a node) and one search for
 * all views. Only the view that is shown is drawn; the others remember what changed. */
'use strict';

const STORE = 'uwsgi-profiler', SEARCH_DELAY_MS = 120;
const VIEWS = [['tree', 'Tree'], ['flame', 'Flame'], ['timeline', 'Timeline'],
               ['functions', 'Functions'], ['lines', 'Lines']];
const CHOICES = {theme: '', fold: true, imports: true, hide: '', show: '', threshold: 0,
                 unit: 'time', letters: true, view: 'tree', shape: 'icicle', colour: 'library',
                 sort: null, panelWidth: 320, ownOnly: false, direction: 'down',
                 editor: '', editorFrom: '', editorTo: ''};
/* Of the page as it is now only: a later one would look empty. */
const FORGOTTEN = ['ownOnly'];

class Page {
    constructor(text, profile) {
        this.text = text;
        this.profile = profile;
        this.stats = new Stats(profile);
        this.colours = new Colours(profile, this.stats);
        this.unit = columnUnit(profile.total[0]);
        this.choices = this.readChoices();
        this.labels = new Map();
        this.hovered = NONE;
        this.found = null;
        this.zoom = 0;
        this.centre = NONE; /* the function of the sandwich; NONE: another shape */
        this.freeRange = null;
        this.opened = new Uint8Array(profile.nodes); /* 1: not folded into its row */
        this.applyTheme();
        this.foldNow();
        this.take(this.layout.hotNode());
        this.part = new Part(this, document.getElementById('part'));
        this.build();
        readAddress(this);
        this.show(this.view);
    }

    /* ---------------------------------------------------- what readers have chosen */

    readChoices() {
        let stored = {};
        try {
            stored = JSON.parse(localStorage.getItem(STORE)) || {};
        } catch (error) {
            /* no storage: choices last as long as the page */
        }
        const choices = Object.assign({}, CHOICES);
        for (const name of Object.keys(CHOICES))
            if (typeof stored[name] === typeof CHOICES[name])
                choices[name] = stored[name];
        return choices;
    }

    store() {
        const stored = Object.assign({}, this.choices);
        for (const name of FORGOTTEN)
            delete stored[name];
        try {
            localStorage.setItem(STORE, JSON.stringify(stored));
        } catch (error) {
            /* as above */
        }
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
        } else {
            this.change({[name]: true});
        }
        this.controls.update();
    }

    /* Another configured order is another first state. */
    rememberedSort() {
        const sort = this.choices.sort;
        return sort && sort.configured === String(this.profile.meta.sort_by) ? sort : null;
    }

    rememberSort(sort) {
        this.choices.sort = Object.assign({configured: String(this.profile.meta.sort_by)}, sort);
        this.store();
    }

    isNarrow() {
        return matchMedia('(max-width: 719px)').matches;
    }

    theme() {
        return this.choices.theme || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
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

    /* A bad expression hides nothing; the field says so. */
    foldNow() {
        const {profile, choices} = this, tests = {};
        for (const name of ['hide', 'show'])
            try {
                const regex = choices[name] ? new RegExp(choices[name]) : null;
                tests[name] = func => regex !== null && regex.test(profile.standardName(func));
            } catch (error) {
                tests[name] = () => false;
            }
        const foldable = new Uint8Array(profile.functions);
        for (let f = 1; f < profile.functions; f++) {
            const isFolded = choices.fold && !profile.isOwn(f) ||
                choices.imports && profile.isImport(f) || tests.hide(f);
            foldable[f] = isFolded && !tests.show(f) && !profile.isLeft(f) ? 1 : 0;
        }
        this.opened.fill(0);
        this.layout = new Layout(profile, foldable, this.opened);
    }

    toggleRun(row) {
        this.toggleRuns([row]);
    }

    /* Opens the folded runs that rows are, or closes those that they are the entries of. */
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
        this.layout = new Layout(this.profile, this.layout.foldable, this.opened);
    }

    /* What is selected has a row of its own: a folded run that holds it opens. */
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

    /* ------------------------------------------------------------ what is shown */

    build() {
        const at = id => document.getElementById(id);
        this.live = at('live');
        this.main = at('view');
        this.head = new Head(this, at('head'));
        addNotices(at('notices'), this.profile, this.stats);
        this.panel = new Panel(this, at('panel'), at('crumbs'));
        this.controls = new Controls(this, at('controls'));
        this.makeViews();
        this.view = this.choices.view in this.views && this.controls.hasView(this.choices.view) ?
            this.choices.view : 'tree';
        this.listen();
    }

    makeViews() {
        addSentence(this, document.getElementById('sentence'));
        this.views = Object.create(null);
        for (const View of [TreeView, FlameView, TimelineView, FunctionsView, LinesView]) {
            const view = new View(this);
            view.pending = {layout: true, shown: true};
            this.views[view.name] = view;
        }
    }

    /* Of another range of the request: everything but the head is made anew. */
    takeProfile(profile, stats, node) {
        Object.assign(this, {profile, stats, zoom: 0, freeRange: null});
        this.opened = new Uint8Array(profile.nodes);
        if (this.centre !== NONE && profile.heaviestNode(this.centre) === NONE)
            this.centre = NONE;
        this.foldNow();
        this.take(node === NONE ? this.layout.hotNode() : node);
        this.makeViews();
    }

    /* Every view is of this range. */
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

    listen() {
        this.writeHash = debounce(() => writeAddress(this), 150);
        window.addEventListener('hashchange', () => {
            readAddress(this);
            this.showAnew();
        });
        window.addEventListener('resize', debounce(() => this.change({resize: true, unit: true}), 60));
        window.addEventListener('beforeprint', () => this.print(true));
        window.addEventListener('afterprint', () => this.print(false));
        document.addEventListener('keydown', event => handleKey(this, event));
        matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
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

    /* Tells the view at hand what changed; the others when they are shown. */
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

    /* Where the function takes most time. The tree may have no room for it at all. */
    selectFunction(func) {
        const node = this.profile.heaviestNode(func), isOpened = node !== NONE && this.take(node);
        this.func = func;
        this.selectionChanged(false, isOpened);
    }

    /* What is selected anywhere else is the sandwich's new middle. */
    selectionChanged(isInSandwich = false, isOpened = false) {
        if (this.centre !== NONE && !isInSandwich)
            this.centre = this.func;
        this.change(isOpened ? {selection: true, layout: true} : {selection: true});
        this.writeHash();
        const total = this.layout.total[this.row()];
        this.say(shown(this.profile.label(this.func), 80) + ', ' + prose(total) + ', ' +
                 percent(total, this.profile.total[0]));
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

    /* To where the time goes: each time to the heaviest callee, as long as that has more than the
     * caller has of its own. */
    hotPath() {
        this.select(this.layout.node[this.layout.hotRow()]);
    }

    /* The flame graph of the selected call path. */
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

    /* A view has moved by itself: it stays where it is, the others follow. */
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
            return; /* the last result stays */
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
        const p = this.profile;
        for (let k = 1; k <= p.nodes; k++) {
            const node = ((this.node + step * k) % p.nodes + p.nodes) % p.nodes;
            if (this.found[p.func[node]]) {
                this.select(node);
                return;
            }
        }
    }

    /* ------------------------------------------------------------------- small things */

    time(ns) {
        return this.choices.unit === 'percent' ? percent(ns, this.profile.total[0]) : inUnit(ns, this.unit);
    }

    /* One name for a column in every view and in the log. */
    columnName(key) {
        const unit = this.choices.unit === 'percent' ? '%' : this.unit.name;
        return {total: 'Total ' + unit, share: '%', self: 'Self ' + unit,
                calls: this.profile.sampling ? 'Samples' : 'Calls', selfPerCall: 'Self/call ' + this.unit.name,
                totalPerCall: 'Total/call ' + this.unit.name, line: 'Line', name: 'Function'}[key];
    }

    countOf(calls) {
        return plural(calls, this.profile.sampling ? 'sample' : 'call');
    }

    /* A function's name as an element, own code as such. */
    nameElement(className, func, most) {
        const isOwn = this.profile.isOwn(func);
        return make('bdi', className + (isOwn ? ' own' : ''), shown(this.profile.label(func), most));
    }

    /* The name for a canvas: its width in characters, and how to cut it. */
    shortLabel(func) {
        let label = this.labels.get(func);
        if (!label)
            this.labels.set(func, label = new CanvasLabel(shown(this.profile.label(func), 200)));
        return label;
    }

    table() {
        return document.getElementById('text').textContent.trim() + '\n';
    }

    copySelection() {
        const label = this.profile.label(this.func);
        this.copy(label + '  ' + this.profile.standardName(this.func), 'Copied: ' + shown(label, 60));
    }

    /* From a file and without encryption browsers may have no clipboard to write to. */
    copy(text, done) {
        const fallBack = () => {
            const area = make('textarea', 'offscreen');
            area.value = text;
            document.body.append(area);
            area.select();
            document.execCommand('copy');
            area.remove();
            this.toast(done);
        };
        if (navigator.clipboard)
            navigator.clipboard.writeText(text).then(() => this.toast(done), fallBack);
        else
            fallBack();
    }

    toast(text) {
        const toast = document.getElementById('toast');
        toast.textContent = text;
        toast.hidden = false;
        clearTimeout(this.toasting);
        this.toasting = setTimeout(() => { toast.hidden = true; }, 2000);
        this.say(text);
    }

    help() {
        showHelp(this);
    }

    chooseEditor() {
        showHelp(this);
        document.querySelector('#editor-settings select').focus();
    }
}

/* Wide characters take two columns. */
class CanvasLabel {
    constructor(text) {
        this.text = text;
        this.isPlain = /^[\u0020-\u024f\u2026]*$/.test(text);
        this.columns = this.isPlain ? text.length : [...text].reduce((sum, one) => sum + columnsOf(one), 0);
    }

    cut(columns) {
        if (this.isPlain)
            return this.text.slice(0, columns - 1) + '\u2026';
        let cut = '', used = 1;
        for (const one of this.text) {
            used += columnsOf(one);
            if (used > columns)
                break;
            cut += one;
        }
        return cut + '\u2026';
    }
}

function columnsOf(character) {
    const code = character.codePointAt(0);
    return code >= 0x1100 ? 2 : 1;
}

/* ---------------------------------------------------------------------- start */

/* Data that are not a profile make a card that says so; the text table stays. */
function start() {
    const element = document.getElementById('profile'), text = element ? element.textContent : '';
    try {
        let data = null;
        try {
            data = JSON.parse(text);
        } catch (error) {
            throw new BadProfile('the data are not JSON: ' + error.message);
        }
        document.documentElement.classList.add('started');
        document.getElementById('app').hidden = false;
        window.profilerPage = new Page(text, new Profile(data));
    } catch (error) {
        document.documentElement.classList.remove('started');
        document.getElementById('app').hidden = true;
        const card = document.getElementById('error');
        const why = error instanceof BadProfile ? error.message : 'An error in the page: ' + error;
        card.hidden = false;
        add(clear(card), make('h1', '', 'This profile cannot be shown'), make('p', '', shown(why, 500)),
            make('p', 'hint', 'The text table below needs no script.'));
        if (!(error instanceof BadProfile))
            setTimeout(() => { throw error; });
    }
}

start();
