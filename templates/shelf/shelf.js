/* The list as a whole: its state, the feed of the present view, and what the reader sees of both. */
'use strict';

const AHEAD_ROWS = 200; /* loads more rows when so few are left below */

class Shelf {
    constructor() {
        const at = id => document.getElementById(id);
        this.choices = readChoices();
        this.state = stateOf(location.search);
        this.live = at('live');
        this.strip = at('strip');
        this.place = at('view');
        this.foot = at('foot');
        this.applyTheme();
        this.views = {profiles: new ProfilesView(this), routes: new RoutesView(this)};
        this.chosen = new Chosen(this, at('chosen'));
        this.filters = new Filters(this, at('controls'));
        this.makeHead(at('head'));
        this.changed = onceAFrame(() => this.update());
        this.poller = new Poller(() => this.ask(), () => this.worked(),
                                 (error, pauseMs) => this.failed(error, pauseMs));
        this.listen();
        this.write(false);
        this.open();
    }

    makeHead(head) {
        this.recording = new Recording(this, head, document.getElementById('limit'));
        const theme = button('Light or dark', 'Light or dark (t)', () => this.toggleTheme());
        theme.classList.add('theme');
        add(head, theme, button('?', 'Keys and words (?)', () => showShelfHelp(this)));
    }

    listen() {
        window.addEventListener('popstate', () => {
            this.state = stateOf(location.search);
            this.open();
        });
        /* Back from a profile, the browser may show this page as it was. */
        window.addEventListener('pageshow', event => event.persisted && this.poller.now());
        window.addEventListener('beforeprint', () => this.print(true));
        window.addEventListener('afterprint', () => this.print(false));
        document.addEventListener('keydown', event => handleShelfKey(this, event));
        matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.applyTheme());
    }

    now() {
        return Date.now();
    }

    /* ----------------------------------------------------------------- the choices */

    choose(name, value) {
        this.choices[name] = value;
        storeChoices(this.choices);
    }

    applyTheme(theme = themeOf(this.choices)) {
        document.documentElement.dataset.theme = theme;
    }

    toggleTheme() {
        this.choose('theme', themeOf(this.choices) === 'dark' ? 'light' : 'dark');
        this.applyTheme();
    }

    /* ------------------------------------------------------------------- the state */

    view() {
        return this.views[this.state.view];
    }

    /* Changes the state, and the address with it. isNew: "back" returns to the old state. */
    go(changes, isNew = true) {
        this.state = Object.assign({}, this.state, changes);
        this.write(isNew);
        this.open();
    }

    write(isNew) {
        const address = location.pathname + (searchOf(this.state) === '?' ? '' : searchOf(this.state));
        if (isNew && address !== location.pathname + location.search)
            history.pushState(null, '', address);
        else
            history.replaceState(null, '', address);
    }

    showView(name) {
        if (name !== this.state.view)
            this.go(stateOfView(this.state, name));
    }

    clearFilters() {
        this.filters.isBetween = false;
        this.go(withoutFilters(this.state));
    }

    /* ---------------------------------------------------------------------- asking */

    /* Reads the list of the present state. What was shown stays until the first answer. */
    open(wanted = 0) {
        if (this.feed)
            this.feed.stop();
        const view = this.view(), feed = view.feed(filterParameters(this.state, this.now()), () => {
            if (feed === this.feed)
                this.changed();
        });
        feed.wanted = Math.max(feed.wanted, wanted);
        feed.isAgain = wanted > 0;
        this.feed = feed;
        this.isFault = false;
        this.filters.update();
        document.title = this.state.route ? 'Profiles of ' + shown(this.state.route, 80) : 'Profiles';
        this.place.classList.add('waiting');
        this.poller.now();
    }

    /* Loads the rows that the reader wants, then asks for new ones. */
    async ask() {
        const {feed} = this;
        try {
            await feed.load(0);
            const rows = feed.isStopped || feed.newest === null ? [] : await feed.poll();
            if (rows.length && feed === this.feed)
                this.arrived(rows);
            await this.recording.ask();
        } catch (error) {
            if (feed !== this.feed)
                return;
            if (error instanceof Restarted)
                this.open(feed.rows ? feed.rows.length : 0);
            else if (error instanceof BadQuestion)
                this.refuse(error.message);
            else
                throw error;
        }
    }

    loadAhead(lastRow) {
        const {feed} = this;
        if (feed.rows && lastRow + AHEAD_ROWS > feed.rows.length && !feed.isWhole)
            this.feed.load(feed.rows.length + AHEAD_ROWS).catch(() => this.poller.now());
    }

    arrived(rows) {
        const last = rows[rows.length - 1];
        this.view().showFresh(rows);
        this.say(plural(rows.length, 'new profile') + (rows.length > 1 ? ', the last one' : '') + ': ' + last.method +
                 ' ' + pathText(last) + (isKnown(last.elapsed_ms) ? ', ' + durationProse(last.elapsed_ms) : ''));
    }

    worked() {
        if (!this.isFault)
            this.strip.hidden = true;
    }

    failed(error, pauseMs) {
        this.tell('The server gives no list: ' + error.message + '. Next try in ' + Math.round(pauseMs / 1000) + ' s.',
                  button('Try now', 'Ask the server again', () => this.poller.now()));
    }

    /* The server does not understand the filters. */
    refuse(message) {
        this.poller.stop();
        this.isFault = true;
        this.tell(shown(message), button('Clear filters', 'Show all profiles', () => this.clearFilters()));
    }

    tell(text, ...more) {
        add(clear(this.strip), text + ' ', ...more);
        this.strip.hidden = false;
    }

    /* --------------------------------------------------------------------- showing */

    /* A first answer without rows shows nothing yet, while more of the index is to be read. */
    update() {
        const {feed} = this, view = this.view(), isEmpty = view.count(feed) === 0;
        if (feed.newest === null || feed.isAgain && feed.loading)
            return;
        if (this.shown !== feed) {
            if (!feed.isAgain)
                view.begin();
            this.shown = feed;
        }
        this.place.classList.remove('waiting');
        this.filters.see(feed.rows ? feed.rows.slice(0, FIRST_ROWS) : []);
        this.filters.update();
        view.update(feed);
        attributes(this.place, {'aria-labelledby': 'tab-' + this.state.view});
        const element = isEmpty && feed.isWhole ? this.emptyState(feed) : view.element;
        if (this.place.firstChild !== element)
            this.place.replaceChildren(element);
        this.chosen.updateLast(feed.rows || []);
        setText(this.foot, this.summary(feed));
        view.grid.list.drawNow();
    }

    redraw() {
        this.view().grid.list.draw();
    }

    summary(feed) {
        const parts = this.view().summary(feed);
        parts.push(plural(feed.scanned, 'profile') + ' scanned');
        if (feed.unreadable)
            parts.push(plural(feed.unreadable, 'unreadable line'));
        if (feed.left && !feed.isWhole)
            parts.push(bytes(feed.left) + ' not read yet');
        return parts.join(' \u00b7 ');
    }

    emptyState() {
        const state = make('div', 'states'), line = (...parts) => add(state, add(make('p', 'state'), ...parts));
        if (hasFilters(this.state)) {
            line('No profile matches. ', button('Clear filters', 'Show all profiles', () => this.clearFilters()));
            return state;
        }
        const hasApp = !this.recording.state || this.recording.state.app;
        line(hasApp ? 'There are no profiles yet.' : 'The directory has no profiles, or no index.jsonl.');
        if (hasApp)
            line('Ask for a page of the site with the flag that profiler-trigger names, for example ',
                 make('code', '', location.origin + '/?profile=file'), ', or with the header ',
                 make('code', '', 'X-Profile: file'), '. Its profile appears here.');
        return state;
    }

    say(text) {
        setText(this.live, text);
    }

    focusView() {
        this.view().grid.list.box.focus();
    }

    print(isPrinting) {
        this.applyTheme(isPrinting ? 'light' : undefined);
        this.view().grid.list.print(isPrinting);
    }
}

/* ----------------------------------------------------------------------- keys */

function handleShelfKey(shelf, event) {
    const isElsewhere = event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]');
    if (isElsewhere || event.defaultPrevented)
        return;
    const isTyping = event.target.matches('input:not([type=checkbox]), select, textarea');
    const isControl = event.target.matches('button, summary, a, input[type=checkbox]');
    if (isTyping || isControl && (event.key === 'Enter' || event.key === ' '))
        return;
    if (shelfKey(shelf, event.key) || shelf.view().key(event))
        event.preventDefault();
}

function shelfKey(shelf, key) {
    const {chosen} = shelf;
    const keys = {
        '/': () => shelf.filters.input.focus(),
        '?': () => showShelfHelp(shelf),
        1: () => shelf.showView('profiles'),
        2: () => shelf.showView('routes'),
        Escape: () => chosen.clear(),
    }, letters = {
        a: () => chosen.markA(),
        c: () => chosen.follow(chosen.compare),
        m: () => chosen.follow(chosen.merge),
        t: () => shelf.toggleTheme(),
    };
    const act = keys[key] || shelf.choices.letters && letters[key];
    if (act)
        act();
    return Boolean(act);
}
