/* View 5, the lines of a sampled request: per function, with samples and time, and with the
 * source if the server may read it. */
'use strict';

class LinesView {
    constructor(page) {
        this.page = page;
        this.name = 'lines';
        const {whole, range} = page.part; /* moments do not have lines */
        this.profile = range ? whole : page.profile;
        this.stats = range ? page.part.stats : page.stats;
        this.lines = this.profile.lines;
        this.element = make('div', 'view lines');
        this.options = make('div', 'view-options');
        this.head = attributes(make('div', 'columns lines-grid'), {role: 'row'});
        for (const key of ['total', 'share', 'self', 'calls', 'line', 'name'])
            add(this.head, attributes(make('span', key + (key === 'name' ? '' : ' number'), page.columnName(key)),
                                      {role: 'columnheader'}));
        this.list = new VirtualList('line-row-', () => this.createRow(),
                                    (row, i) => this.renderRow(row, i), this.head);
        attributes(this.list.box, {role: 'grid', 'aria-label': 'Lines'});
        this.note = make('div', 'note');
        this.uses = this.lines && this.lines.count ? ['threshold', 'unit', 'ownOnly'] : [];
        if (this.lines && this.lines.count) {
            add(this.element, this.list.box, this.note);
            this.list.box.addEventListener('click', event => this.choose(this.list.indexOf(event)));
            this.groups = this.groupByFunction();
        } else {
            add(this.element, add(make('div', 'states'), make('p', 'state', this.profile.sampling ?
                'No lines were recorded: no sample was taken in Python code.' :
                'Only sampled requests have lines: ask for ?profile=sampling ' +
                '(profiler-mode = sampling).')));
        }
    }

    /* Groups the lines by function, by descending self time. Lines are in the order of the file. */
    groupByFunction() {
        const groups = new Map(), lines = this.lines;
        for (let i = 0; i < lines.count; i++) {
            const func = lines.func[i];
            if (!groups.has(func))
                groups.set(func, {figures: this.stats.figuresOf(func), func, lines: []});
            groups.get(func).lines.push(i);
        }
        for (const group of groups.values())
            group.lines.sort((a, b) => lines.line[a] - lines.line[b]);
        return [...groups.values()].sort((a, b) => b.figures.self - a.figures.self ||
                                         b.figures.cumulative - a.figures.cumulative);
    }

    update(changes) {
        if (!this.groups)
            return;
        const {found, choices} = this.page, rows = [];
        let functions = 0, hidden = 0;
        for (const group of this.groups) {
            if (found && !found[group.func] ||
                choices.ownOnly && !this.profile.isOwn(group.func))
                continue;
            const lines = group.lines.filter(line => !(this.share(line) < choices.threshold / 100));
            hidden += group.lines.length - lines.length;
            functions += lines.length ? 1 : 0;
            if (lines.length)
                rows.push({group, line: NONE}, ...lines.map(line => ({group, line})));
        }
        this.rows = rows;
        setText(this.head.children[0], this.page.columnName('total'));
        setText(this.head.children[2], this.page.columnName('self'));
        const ofAll = this.page.part.range ? 'The whole request: lines of a range are not known \u00b7 ' : '';
        setText(this.note, ofAll + plural(functions, 'function') + ', ' + plural(rows.length - functions, 'line') +
            (hidden ? ' \u00b7 ' + plural(hidden, 'line') + ' below ' + choices.threshold + ' % not shown' : ''));
        this.list.box.setAttribute('aria-rowcount', rows.length + 1);
        this.list.setCount(rows.length);
        if (changes.selection || changes.shown)
            this.reveal();
    }

    /* The time with the line on the stack; NaN when not known. */
    total(line) {
        return this.lines.total ? this.lines.total[line] : NaN;
    }

    share(line) {
        return this.total(line) / (this.profile.total[0] || 1);
    }

    /* Scrolls to the selected function, unless one of its lines is current. */
    reveal() {
        const current = this.rows[this.current];
        if (!current || current.group.func !== this.page.func)
            this.current = this.rows.findIndex(row => row.group.func === this.page.func);
        if (this.current !== NONE)
            this.list.reveal(this.current);
        this.list.activate(this.current);
        this.list.drawNow();
    }

    createRow() {
        const row = attributes(make('div', 'lines-grid'), {role: 'row'});
        addCells(row, 'span', {total: 'total number', self: 'self number', hits: 'calls number',
                               line: 'line number', square: 'square'});
        addCells(row, 'bdi', {label: 'label', place: 'place'});
        row.bar = createBar();
        row.link = attributes(make('a', 'editor-link', EDITOR_ARROW), {rel: 'noreferrer noopener'});
        const name = add(make('span', 'name'), row.square, row.label, row.place, row.link);
        for (const cell of [row.total, row.bar, row.self, row.hits, row.line, name])
            add(row, attributes(cell, {role: 'gridcell'}));
        return row;
    }

    renderRow(element, index) {
        const {group, line} = this.rows[index], profile = this.profile, isHead = line === NONE;
        const [total, self, samples] = isHead ?
            [group.figures.cumulative, group.figures.self, group.figures.calls] :
            [this.total(line), this.lines.self[line], this.lines.hits[line]];
        const isOwn = profile.isOwn(group.func);
        setText(element.total, isNaN(total) ? 'unknown' : this.page.time(total));
        renderBar(element.bar, total, self, profile.total[0]);
        setText(element.self, this.page.time(self));
        setText(element.hits, grouped(samples));
        setText(element.line, isHead ? '' : String(this.lines.line[line] || ''));
        element.square.className = 'square ' +
            (isHead ? 'fill-' + this.page.colours.nameOf(group.func) : 'none');
        element.label.className = 'label' + (!isHead ? ' source' : isOwn ? ' own' : '');
        const [label, place] = isHead ? [profile.label(group.func), profile.place(group.func)] :
            this.lineText(group.func, line);
        setText(element.label, shown(label));
        setText(element.place, shown(place));
        renderEditorLink(element.link, this.page, group.func,
                         isHead ? profile.lineOf[group.func] : this.lines.line[line]);
        element.classList.toggle('group', isHead);
        element.classList.toggle('selected', index === this.current && group.func === this.page.func);
        element.classList.toggle('lit', group.func === this.page.func);
        attributes(element, {'aria-rowindex': index + 2, 'aria-selected': index === this.current});
    }

    /* Returns the source of the line, or its place. */
    lineText(func, line) {
        const text = this.lines.text ? this.profile.str[this.lines.text[line]] : '';
        return text ? [text.replace(/\t/g, '    '), ''] :
            ['', this.profile.place(func).replace(/^.*\//, '').replace(/\d+$/, '') + this.lines.line[line]];
    }

    choose(index) {
        if (index === NONE)
            return;
        this.current = index;
        this.page.selectFunction(this.rows[index].group.func);
        this.list.drawNow();
    }

    key(event) {
        if (!this.groups)
            return false;
        const target = this.list.keyTarget(event.key, this.current === undefined ? NONE : this.current);
        if (target === NONE)
            return false;
        this.choose(target);
        return true;
    }

    nextMatch(step) {
        const heads = (this.rows || []).map((row, i) => row.line === NONE ? i : NONE).filter(i => i !== NONE);
        const at = heads.findIndex(i => this.rows[i].group.func === this.page.func);
        if (heads.length)
            this.choose(heads[(at + step + heads.length) % heads.length]);
    }

    print(printing) {
        this.list.print(printing);
    }
}
