/* The line of controls, and the keys of the page. */
'use strict';

const SEARCH_DELAY_MS = 120;
const SHARES = [[0, 'hide nothing'], [0.1, 'hide below 0.1 %'], [1, 'hide below 1 %'], [5, 'hide below 5 %']];

class Controls {
    constructor(page, element) {
        this.page = page;
        this.element = element;
        this.tabs = attributes(make('div', 'tabs'), {role: 'tablist', 'aria-label': 'Views'});
        page.tabs().forEach(([name, title], i) => {
            const tab = button(title, title + ' (' + (i + 1) + ')', event => this.tabClick(name, event));
            attributes(tab, {role: 'tab', id: 'tab-' + name, 'aria-controls': 'view'});
            tab.dataset.view = name;
            tab.classList.toggle('unavailable', !this.hasView(name));
            add(this.tabs, tab);
        });
        this.tabs.addEventListener('keydown', event => this.tabKey(event));
        this.viewOptions = make('div', 'view-options-place');
        this.strip = new Strip(page, document.getElementById('strip'));
        this.makeSearch();
        this.makeOptions();
        this.more = button('Options', 'Folding, hiding, units, and the options of the view',
                           () => this.toggleOptions());
        this.more.classList.add('options-button');
        attributes(this.more, {'aria-expanded': 'false', 'aria-controls': 'options'});
        add(element, this.tabs, this.searchBox, this.more, this.options, this.filter);
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

    /* After a mouse click, the view gets the keys. */
    tabClick(name, event) {
        this.page.show(name);
        if (event.detail > 0)
            this.focusView();
    }

    /* Views without data say what is missing. */
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
        const {page} = this, {choices} = page;
        this.options = attributes(make('div', 'options'), {id: 'options'});
        this.fold = checkbox('Fold libraries', 'Show a run of library functions as one row or box (f)',
                             choices.fold, value => page.choose('fold', value));
        this.threshold = choice('Hide rows and boxes below a share of the time', SHARES, choices.threshold,
                                value => page.choose('threshold', Number(value)));
        this.unit = choice('Unit of times', page.units.options, choices[page.units.name],
                           value => page.choose(page.units.name, value));
        this.ownOnly = checkbox('Own code only', 'Show only functions of the application',
                                choices.ownOnly, value => page.choose('ownOnly', value));
        this.filterButton = button('Fold by name', 'Fold more or fewer functions, by regular expression',
                                   () => this.toggleFilter());
        this.filterButton.setAttribute('aria-expanded', 'false');
        this.makeFilter();
        add(this.options, this.fold, this.filterButton, this.threshold, this.unit, this.ownOnly, this.viewOptions);
    }

    makeFilter() {
        const {page} = this;
        this.filter = make('div', 'filter');
        this.filter.hidden = true;
        this.hide = this.expression('hide', 'Also fold', 'Functions to fold like library code');
        this.show = this.expression('show', 'Never fold', 'Functions to show like own code');
        this.imports = checkbox('Fold imports', 'Fold importlib even if libraries are not folded',
                                page.choices.imports, value => page.choose('imports', value));
        add(this.filter, this.hide, this.show, this.imports);
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
        if (!this.filter.hidden)
            this.filter.querySelector('input').focus();
    }

    toggleOptions() {
        this.element.classList.toggle('open');
        this.more.setAttribute('aria-expanded', this.element.classList.contains('open'));
    }

    update() {
        const {choices} = this.page;
        for (const name of ['fold', 'imports', 'ownOnly'])
            this[name].firstChild.checked = choices[name];
        this.threshold.value = choices.threshold;
        this.unit.value = choices[this.page.units.name];
        for (const name of ['hide', 'show']) {
            const input = this[name].querySelector('input');
            if (document.activeElement !== input)
                input.value = choices[name];
        }
        this.filterButton.classList.toggle('active', Boolean(choices.hide || choices.show));
        this.strip.update();
    }

    showView(view) {
        for (const tab of this.tabs.children) {
            const isShown = tab.dataset.view === view.name;
            attributes(tab, {'aria-selected': isShown, tabindex: isShown ? '0' : '-1'});
        }
        this.viewOptions.replaceChildren(view.options);
        this.showUsed(view);
    }

    /* Hides controls that have no effect in this view. */
    showUsed(view) {
        for (const name of ['fold', 'threshold', 'unit', 'ownOnly'])
            this[name].hidden = !view.uses.includes(name);
        this.filterButton.hidden = this.fold.hidden;
        if (this.fold.hidden && !this.filter.hidden)
            this.toggleFilter();
        this.more.hidden = !view.uses.length && !view.options.children.length;
        this.strip.update();
    }

    tabKey(event) {
        const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
        if (!step)
            return;
        const tabs = this.page.tabs(), at = tabs.findIndex(([name]) => name === this.page.view);
        this.page.show(tabs[(at + step + tabs.length) % tabs.length][0]);
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
    const tab = page.tabs()[Number(event.key) - 1];
    let act = tab ? () => page.show(tab[0]) : keys[event.key];
    if (event.key === '?')
        act = () => showHelp(page);
    if (!act && page.choices.letters && !event.altKey)
        act = letters[event.key];
    if (act)
        act();
    return Boolean(act);
}
