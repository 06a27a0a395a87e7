/* The panel next to every view: the figures of the selected function on this call path and
 * everywhere, its callers and callees. Above the view: the call path, own code only. On narrow
 * screens the panel is one line that opens. */
'use strict';

const PAIRS_SHOWN = 25, LEAST_WIDTH = 200;

class Panel {
    constructor(page, element, crumbs) {
        this.page = page;
        this.element = element;
        this.crumbs = crumbs;
        this.bar = attributes(make('button', 'panel-bar'), {type: 'button', 'aria-expanded': 'false'});
        this.bar.addEventListener('click', () => this.toggle());
        this.body = make('div', 'panel-body');
        add(element, this.bar, this.body);
        this.makeSplitter(document.getElementById('splitter'));
    }

    /* The width is set by dragging or with the arrow keys. */
    makeSplitter(splitter) {
        const set = width => {
            const most = Math.round(innerWidth * 0.7);
            this.page.choices.panelWidth = Math.round(Math.max(LEAST_WIDTH, Math.min(most, width)));
            this.element.style.width = this.page.choices.panelWidth + 'px';
            attributes(splitter, {'aria-valuemin': LEAST_WIDTH, 'aria-valuemax': Math.max(most, LEAST_WIDTH),
                                  'aria-valuenow': this.page.choices.panelWidth});
        };
        set(this.page.choices.panelWidth);
        splitter.addEventListener('pointerdown', event => splitter.setPointerCapture(event.pointerId));
        splitter.addEventListener('pointermove', event => {
            if (splitter.hasPointerCapture(event.pointerId))
                set(document.documentElement.clientWidth - event.clientX);
        });
        splitter.addEventListener('pointerup', () => this.page.store());
        splitter.addEventListener('keydown', event => {
            const step = {ArrowLeft: 20, ArrowRight: -20}[event.key];
            if (!step)
                return;
            set(this.page.choices.panelWidth + step);
            this.page.store();
            event.preventDefault();
            event.stopPropagation();
        });
    }

    toggle(isOpen = !this.element.classList.contains('open')) {
        this.element.classList.toggle('open', isOpen);
        this.bar.setAttribute('aria-expanded', isOpen);
        this.updateBar();
    }

    update() {
        const page = this.page, profile = page.profile, func = page.func;
        const isHere = profile.func[page.node] === func;
        const hadFocus = this.body.contains(document.activeElement);
        this.updateBar();
        this.updateCrumbs();
        clear(this.body);
        this.addName(func);
        this.addFacts(func, isHere);
        this.addWaits(isHere);
        this.addButtons();
        this.addPairs('Callers', page.stats.callersOf(func), func ? 'none: called by the server' : 'none');
        this.addPairs('Callees', page.stats.calleesOf(func), 'none');
        if (hadFocus)
            (this.body.querySelector('.pair') || this.body.querySelector('button')).focus();
    }

    updateBar() {
        const page = this.page, profile = page.profile, total = page.layout.total[page.row()];
        const isOpen = this.element.classList.contains('open');
        clear(this.bar).append(
            page.nameElement('label', page.func, 80),
            make('span', 'bar-figures', prose(total) + ' \u00b7 ' + percent(total, profile.total[0])),
            make('span', 'bar-open', isOpen ? '\u25be close' : '\u25b4 details'));
    }

    /* --------------------------------------------------------------- the facts */

    addName(func) {
        const profile = this.page.profile, file = profile.file(func), library = profile.lib(func);
        const kind = ['', 'library ', 'standard library: ', 'built-in of ', ''][profile.kindOf[func]];
        add(this.body, this.page.nameElement('panel-name', func, 12000));
        if (file)
            add(this.body, make('bdi', 'panel-place', file === '~' ? '(built-in)' :
                shown(file, 12000) + ':' + profile.lineOf[func]));
        if (library && func)
            add(this.body, make('div', 'panel-library', kind + shown(library, 80)));
        if (profile.isHidden(func))
            add(this.body, make('div', 'panel-library', 'hides itself (__tracebackhide__): not own code'));
    }

    addFacts(func, isHere) {
        const page = this.page, profile = page.profile, layout = page.layout, row = page.row();
        const whole = profile.total[0];
        const list = make('dl', 'facts'), everywhere = page.stats.figuresOf(func);
        const fact = (name, text) => add(list, make('dt', '', name), make('dd', '', text));
        const time = ns => prose(ns) + ' (' + percent(ns, whole) + ')';
        if (page.units.note())
            add(this.body, make('p', 'hint', page.units.note()));
        if (isHere) {
            const calls = layout.calls[row], isSeveral = !profile.sampling && calls > 0 && calls !== 1;
            const why = calls || !layout.total[row] ? '' : this.whyNone(func, row);
            fact('This call path', time(layout.total[row]));
            fact('Self', time(layout.self[row]) +
                 (layout.cpu && layout.self[row] ? ' \u00b7 ' + prose(layout.cpu[row]) + ' on CPU' : '') +
                 (layout.folded[row] ? ', with ' + plural(layout.folded[row], 'folded frame') : ''));
            fact(profile.sampling ? 'Samples' : 'Calls',
                 why || grouped(calls) + (isSeveral ? ' \u00b7 ' + prose(layout.total[row] / calls) + ' each' : ''));
        }
        if (func)
            fact('Everywhere', [
                prose(everywhere.cumulative) + ' total', prose(everywhere.self) + ' self',
                page.countOf(everywhere.calls, func) + (everywhere.calls !== everywhere.primitive ?
                    ' (' + grouped(everywhere.primitive) + ' primitive)' : '')].join(' \u00b7 '));
        if (!isHere)
            add(this.body, make('p', 'hint', page.part.range ? 'It is not in this range.' :
                'It did not fit into the call tree; its figures are exact.'));
        add(this.body, list);
    }

    /* Returns why a row with time has no samples or calls. */
    whyNone(func, row) {
        const {profile, layout} = this.page;
        if (profile.isLeft(func))
            return 'not counted here';
        const [[kind] = []] = profile.hasWaits() ? layout.waitsOf(row) : [];
        return WAIT_NAMES[kind] === 'switched out' ? 'none: it was switched out' : '';
    }

    /* Shows what the thread did on this call path, callees included. */
    addWaits(isHere) {
        const page = this.page;
        if (!isHere || !page.profile.hasWaits())
            return;
        add(this.body, make('h2', '', 'This call path with its callees'));
        addSplit(this.body, page.layout.waitsOf(page.row()).map(([kind, ns]) =>
            ({name: page.profile.waitName(kind), fill: 'wait-' + kind, ns})));
    }

    addButtons() {
        const page = this.page, row = make('div', 'buttons');
        add(this.body, add(row,
            button('Zoom', 'Flame graph of this call path (Enter)', () => page.showPath()),
            button('Sandwich', 'A picture of its callers and callees (s)',
                   () => page.openSandwich(page.func)),
            button('In tree', 'Show it in the call tree', () => page.show('tree')),
            button('Copy', 'Copy name and place (c)', () => page.copySelection()),
            ...this.editorButton(), ...this.foldButton()));
    }

    /* Returns the link, or a button that sets the editor; nothing for code that is not in a file. */
    editorButton() {
        const page = this.page, link = editorElement(page, page.func, page.profile.lineOf[page.func], 'Open in editor');
        const isUnset = !page.choices.editor && page.profile.file(page.func).startsWith('/');
        return link ? [link] : isUnset ?
            [button('Open in editor\u2026', 'Choose an editor for links to the code', () => chooseEditor(page))] : [];
    }

    foldButton() {
        const page = this.page, row = page.row(), state = page.layout.foldState(row);
        const title = state === 1 ? 'Open ' + plural(page.layout.folded[row], 'frame') : 'Fold';
        return state ? [button(title, 'Open this folded run, or fold it again (o)', () => page.toggleRun(row))] : [];
    }

    /* ---------------------------------------------------------- callers, callees */

    addPairs(title, pairs, none) {
        const page = this.page, sorted = pairs.slice().sort((a, b) => b[1].cumulative - a[1].cumulative);
        const whole = Math.max(page.stats.figuresOf(page.func).cumulative, 1);
        add(this.body, make('h2', '', title + (pairs.length ? ' (' + grouped(pairs.length) + ')' : '')));
        if (!pairs.length)
            add(this.body, make('p', 'hint', none));
        const list = make('ul', 'pairs');
        for (const [func, figures] of sorted.slice(0, PAIRS_SHOWN))
            add(list, this.pair(func, figures, whole));
        add(this.body, list);
        if (pairs.length > PAIRS_SHOWN)
            add(this.body, make('p', 'hint', 'and ' + grouped(pairs.length - PAIRS_SHOWN) + ' more'));
    }

    pair(func, figures, whole) {
        const page = this.page, entry = attributes(make('button', 'pair'), {
            type: 'button', title: page.countOf(figures.calls, func) + ', ' +
                prose(figures.cumulative) + ' total, ' + prose(figures.self) + ' self'});
        const fill = make('span', 'pair-fill');
        fill.style.width = Math.min(100, 100 * figures.cumulative / whole) + '%';
        add(entry, fill, make('span', 'pair-time number', prose(figures.cumulative)),
            page.profile.sampling ? '' : make('span', 'pair-calls number', grouped(figures.calls) + '\u00d7'),
            page.nameElement('label', func, 120));
        entry.addEventListener('click', () => page.selectFunction(func));
        return add(make('li'), entry);
    }

    /* -------------------------------------------------------------- the way to it */

    /* The crumbs are the request, own code, and the selection. */
    updateCrumbs() {
        const page = this.page, profile = page.profile;
        const path = profile.pathTo(page.node).filter(node =>
            node === 0 || node === page.node || profile.isOwn(profile.func[node]));
        const hadFocus = this.crumbs.contains(document.activeElement);
        const cut = path.length > 12 ? [...path.slice(0, 3), NONE, ...path.slice(-8)] : path;
        clear(this.crumbs);
        cut.forEach((node, i) => {
            if (i)
                add(this.crumbs, make('span', 'crumb-next', '\u203a'));
            if (node === NONE) {
                add(this.crumbs, make('span', '', '\u2026'));
                return;
            }
            const crumb = button('', 'Select and zoom', () => {
                page.select(node);
                page.zoomTo(node);
            });
            if (node === page.node)
                crumb.setAttribute('aria-current', 'true');
            add(this.crumbs, add(crumb, make('bdi', '', shown(profile.nodeLabel(node), 60))));
        });
        if (hadFocus && this.crumbs.lastChild)
            this.crumbs.lastChild.focus();
    }
}

/* Adds a bar in parts, and their names: [{name, fill, ns}], the longest first. */
function addSplit(host, parts) {
    const whole = parts.reduce((sum, part) => sum + part.ns, 0);
    if (!whole)
        return;
    const bar = make('div', 'split'), names = make('div', 'split-names');
    for (const part of parts) {
        const piece = make('span', 'fill-' + part.fill);
        piece.style.width = 100 * part.ns / whole + '%';
        add(bar, piece);
        add(names, add(helped(make('span', 'legend-entry'), part.name), make('span', 'square fill-' + part.fill),
                       part.name + ' ' + prose(part.ns)));
    }
    add(host, bar, names);
}
