/* What the requests of both profiles did, and which peers they waited for. */
'use strict';

class CompareWaits {
    constructor(page) {
        this.page = page;
        this.name = 'waits';
        this.uses = [];
        this.options = make('div', 'view-options');
        this.element = attributes(make('div', 'view compare-waits'), {tabindex: '0'});
        const {comparison} = page.profile, peers = peerRows(comparison);
        this.addTable('What the requests did', 'Kind', waitRows(comparison), row =>
            [make('span', 'square fill-' + row.fill), row.name, WAIT_HELP[row.name] || '']);
        if (peers.length)
            this.addTable('Whom they waited for', 'Peer', peers, row =>
                [make('span', 'square fill-wait-' + row.kind), shown(row.peer, 80), WAIT_NAMES[row.kind]]);
        if (!comparison.common.sampling)
            add(this.element, make('p', 'hint', 'Sampled profiles know what a request waited for, and whom.'));
    }

    addTable(title, name, rows, cellsOf) {
        const {page} = this, table = make('table', 'compare-table'), body = make('tbody');
        add(table, make('caption', '', title), add(make('thead'), add(make('tr'), ...[
            name, 'A ' + page.unit.name, 'B ' + page.unit.name, 'Difference'].map((text, i) =>
            attributes(make('th', i ? 'number' : '', text), {scope: 'col'})))), body);
        for (const row of rows)
            add(body, this.row(row, ...cellsOf(row)));
        add(this.element, table);
    }

    row(row, square, name, hint) {
        const {page} = this, {noise} = page.profile.comparison, ns = row.b - row.a;
        const head = add(make('th'), square, make('bdi', '', name), make('span', 'hint', hint));
        const difference = createDifference('difference number');
        renderDifference(difference, signed(ns, page.unit), ns, this.isNoise(row), noise.whole);
        return add(make('tr'), attributes(head, {scope: 'row'}), make('td', 'number', inUnit(row.a, page.unit)),
                   make('td', 'number', inUnit(row.b, page.unit)), add(make('td'), difference));
    }

    /* CPU wait is the machine's: it is never a difference of the code. */
    isNoise({kind, a, b}) {
        return kind === CPU_WAIT || this.page.comparison.noise.isNoiseOf(a, b);
    }

    update() {}

    draw() {}

    key() {
        return false;
    }

    print() {}
}
