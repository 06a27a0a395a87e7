/* The line of controls, the keys, and the help that lists them. */
'use strict';

const KEYS = [
    ['1 \u2026 5', 'tree, flame, timeline, functions, lines'],
    ['/ or Ctrl+F', 'search (again: the browser\u2019s)'],
    ['Enter, n, N', 'next, previous match'],
    ['Esc', 'clear the search, then the zoom, then the range'],
    ['\u2190 \u2191 \u2192 \u2193', 'tree: close, open, move; flame: caller, callee, siblings'],
    ['Home End PgUp PgDn', 'first, last, page'],
    ['*', 'open all siblings'],
    ['Alt with \u2190 \u2192 or a click', 'close or open everything below'],
    ['Enter', 'tree: open or close the row; flame and timeline: zoom to the selection'],
    ['+ - 0', 'zoom in, out, to all'],
    ['s', 'sandwich: all callers and callees of the function; so does Enter on a function'],
    ['wheel', 'scrolls; with Ctrl or Cmd it zooms at the pointer; with Shift it pans'],
    ['Shift with a drag', 'timeline: select a range, which every view is then of'],
    ['f', 'fold libraries'],
    ['h', 'hot path: on from the request to what took most time'],
    ['o, a double click, or a click on \u201cN frames folded\u201d', 'open a folded run, or fold it again'],
    ['t', 'light or dark'],
    ['c', 'copy the selection'],
    ['?', 'this help'],
];

const SHARES = [[0, 'any share'], [0.1, '\u2265 0.1 % of time'], [1, '\u2265 1 % of time'],
                [5, '\u2265 5 % of time']];

class Controls {
    constructor(page, element) {
        this.page = page;
        this.element = element;
        this.tabs = attributes(make('div', 'tabs'), {role: 'tablist', 'aria-label': 'Views'});
        VIEWS.forEach(([name, title], i) => {
            const tab = button(title, title + ' (' + (i + 1) + ')', event => this.tabClick(name, event));
            attributes(tab, {role: 'tab', id: 'tab-' + name, 'aria-controls': 'view'});
            tab.dataset.view = name;
            tab.classList.toggle('unavailable', !this.hasView(name));
            add(this.tabs, tab);
        });
        this.tabs.addEventListener('keydown', event => this.tabKey(event));
        this.viewOptions = make('div', 'view-options-place');
        this.makeSearch();
        this.makeOptions();
        this.more = button('Options', 'Folding, least share and the view\u2019s own options',
                           () => this.toggleOptions());
        this.more.classList.add('options-button');
        attributes(this.more, {'aria-expanded': 'false', 'aria-controls': 'options'});
        add(element, this.tabs, this.searchBox, this.more, this.options);
        this.update();
    }

    makeSearch() {
        const page = this.page;
        this.input = attributes(make('input'), {
            type: 'search', placeholder: 'Search: name, file or /regex/', 'aria-label': 'Search functions',
            spellcheck: 'false', autocomplete: 'off'});
        this.found = attributes(make('span', 'found-count'), {'aria-hidden': 'true'});
        const search = debounce(() => page.search(this.input.value), SEARCH_DELAY_MS);
        this.input.addEventListener('input', search);
        this.input.addEventListener('keydown', event => this.searchKey(event));
        this.searchBox = add(make('div', 'search'), this.input, this.found);
    }

    /* After a click of the mouse the keys are the view's. */
    tabClick(name, event) {
        this.page.show(name);
        if (event.detail > 0)
            this.focusView();
    }

    /* The others say what is missing. */
    hasView(name) {
        const profile = this.page.part.whole, part = {timeline: profile.timeline, lines: profile.lines};
        return !(name in part) || Boolean(part[name] && part[name].count);
    }

    searchKey(event) {
        if (event.key === 'Enter') {
            this.page.search(this.input.value);
            this.page.nextMatch(event.shiftKey ? -1 : 1);
        } else if (event.key === 'Escape') {
            this.clearSearch();
            this.focusView();
        } else {
            return;
        }
        event.preventDefault();
        event.stopPropagation();
    }

    clearSearch() {
        this.input.value = '';
        this.page.search('');
    }

    showFound(text, isEmpty) {
        setText(this.found, text);
        this.searchBox.classList.toggle('counted', text !== '');
        this.searchBox.classList.toggle('nothing', isEmpty);
    }

    makeOptions() {
        const page = this.page;
        this.options = attributes(make('div', 'options'), {id: 'options'});
        this.fold = checkbox('Fold libraries', 'One row or box for a run of library functions (f)',
                             page.choices.fold, value => page.choose('fold', value));
        this.threshold = choice('Least share of the time', SHARES, page.choices.threshold,
                                value => page.choose('threshold', Number(value)));
        this.filterButton = button('Filter', 'Fold by regular expression', () => this.toggleFilter());
        this.filterButton.setAttribute('aria-expanded', 'false');
        this.filter = make('div', 'filter');
        this.filter.hidden = true;
        add(this.filter, this.expression('hide', 'Hide', 'Functions to fold as if a library\u2019s'),
            this.expression('show', 'Show', 'Functions never to fold'));
        this.imports = checkbox('Fold imports', 'Fold importlib even where libraries are not folded',
                                page.choices.imports, value => page.choose('imports', value));
        add(this.filter, this.imports);
        add(this.options, this.fold, this.threshold, this.filterButton, this.viewOptions, this.filter);
    }

    expression(name, title, hint) {
        const input = attributes(make('input'), {
            type: 'text', spellcheck: 'false', placeholder: 'regular expression'});
        input.value = this.page.choices[name];
        input.addEventListener('input', debounce(() => {
            let isGood = true;
            try {
                new RegExp(input.value);
            } catch (error) {
                isGood = false;
            }
            input.setAttribute('aria-invalid', !isGood);
            if (isGood)
                this.page.choose(name, input.value);
        }, SEARCH_DELAY_MS));
        return attributes(add(make('label', 'expression'), title + ' ', input), {
            title: hint + ': a regular expression, searched in file:line(name)'});
    }

    toggleFilter() {
        this.filter.hidden = !this.filter.hidden;
        this.filterButton.setAttribute('aria-expanded', !this.filter.hidden);
    }

    toggleOptions() {
        this.element.classList.toggle('open');
        this.more.setAttribute('aria-expanded', this.element.classList.contains('open'));
    }

    update() {
        const choices = this.page.choices;
        this.fold.firstChild.checked = choices.fold;
        this.imports.firstChild.checked = choices.imports;
        this.filterButton.classList.toggle('active', Boolean(choices.hide || choices.show));
    }

    showView(view) {
        for (const tab of this.tabs.children) {
            const isShown = tab.dataset.view === view.name;
            attributes(tab, {'aria-selected': isShown, tabindex: isShown ? '0' : '-1'});
        }
        this.viewOptions.replaceChildren(view.options);
    }

    tabKey(event) {
        const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
        if (!step)
            return;
        const at = VIEWS.findIndex(([name]) => name === this.page.view);
        this.page.show(VIEWS[(at + step + VIEWS.length) % VIEWS.length][0]);
        this.tabs.querySelector('[aria-selected=true]').focus();
        event.preventDefault();
        event.stopPropagation();
    }

    focusView() {
        const target = this.page.views[this.page.view].element.querySelector('[tabindex="0"]');
        if (target)
            target.focus();
    }
}

/* ----------------------------------------------------------------------- keys */

function handleKey(page, event) {
    const input = page.controls.input;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'f') {
        if (document.activeElement !== input) {
            input.focus();
            input.select();
            event.preventDefault();
        }
        return;
    }
    if (event.ctrlKey || event.metaKey || event.defaultPrevented || document.querySelector('dialog[open]'))
        return;
    const isTyping = event.target.matches('input:not([type=checkbox]), select, textarea');
    const isControl = event.target.matches('button, summary, a, input[type=checkbox]');
    if (isTyping || isControl && (event.key === 'Enter' || event.key === ' '))
        return;
    if (pageKey(page, event) || page.views[page.view].key(event))
        event.preventDefault();
}

function pageKey(page, event) {
    const keys = {
        '/': () => page.controls.input.focus(),
        Escape: () => page.found ? page.controls.clearSearch() :
            page.zoom || page.freeRange ? page.zoomTo(0) : page.clearPart(),
        '0': () => page.zoomTo(0),
        Enter: () => page.centre !== NONE && page.view === 'flame' ?
            page.openSandwich(page.func) : page.zoomTo(page.node),
    }, letters = {
        n: () => page.nextMatch(1),
        N: () => page.nextMatch(-1),
        f: () => page.choose('fold', !page.choices.fold),
        h: () => page.hotPath(),
        o: () => page.toggleRuns(page.views[page.view].selectedRuns?.() || [page.row()]),
        s: () => page.openSandwich(page.func),
        t: () => page.toggleTheme(),
        c: () => page.copySelection(),
    };
    if (event.key === 'Enter' && ['functions', 'tree'].includes(page.view))
        return false;
    let act = keys[event.key];
    if (/^[1-5]$/.test(event.key))
        act = () => page.show(VIEWS[Number(event.key) - 1][0]);
    if (event.key === '?')
        act = () => page.help();
    if (!act && page.choices.letters && !event.altKey)
        act = letters[event.key];
    if (act)
        act();
    return Boolean(act);
}

/* ----------------------------------------------------------------------- help */

function showHelp(page) {
    const dialog = document.getElementById('help'), table = make('table');
    clear(dialog);
    for (const [keys, text] of KEYS)
        add(table, add(make('tr'), attributes(make('th', '', keys), {scope: 'row'}), make('td', '', text)));
    const close = button('Close', 'Close (Esc)', () => dialog.close());
    add(dialog, make('h2', '', 'Keys'), table,
        checkbox('single letters are keys', 'Switch them off where they collide with speech input',
                 page.choices.letters, value => page.choose('letters', value)));
    addEditorSettings(page, dialog);
    add(dialog, close);
    if (!dialog.open)
        dialog.showModal();
    close.focus();
}
