/* The head of a comparison: one sentence about the difference, both profiles, and how they were
 * compared. */
'use strict';

class CompareHead {
    constructor(page, element) {
        this.page = page;
        const line = make('div', 'head-line compare-head'), small = make('div', 'compare-sides');
        add(line, add(make('h1'), ...this.sentence()), this.actions());
        const {a, b, links} = page.comparison;
        add(small, this.side('A', a, links.a), this.side('B', b, links.b));
        add(element, line, small, this.how());
        addShelfLinks(page, element, {});
        document.title = 'A/B: ' + element.querySelector('h1').textContent;
    }

    /* ------------------------------------------------------------- the sentence */

    sentence() {
        const {comparison} = this.page, {ns, isSame, parts, busy} = explain(comparison);
        const [a, b] = [comparison.a.total[0], comparison.b.total[0]];
        const pieces = [...parts.map(part => this.part(part)),
                        ...(busy ? [[signedProse(busy) + ' CPU wait: the machine was busy']] : [])]
            .flatMap((piece, i) => [i ? '; ' : '', ...piece]);
        if (!pieces.length)
            pieces.push('no function differs by more than the noise');
        if (isSame)
            return ['A and B take about the same time, ' + prose(a) + ' and ' + prose(b) + ': ', ...pieces];
        const [word, className] = ns > 0 ? [' slower', 'is-slower'] : [' faster', 'is-faster'];
        return [make('b', className, 'B is ' + prose(Math.abs(ns)) + word),
                a ? ' (' + signedPercent(ns, a) + ')' : '', ': ', ...pieces];
    }

    part(part) {
        const profile = this.page.profile, {group, own, inner, calls, caller} = part;
        const did = part.kind ? ' ' + profile.waitName(part.kind) + (part.peer ? ' ' + shown(part.peer, 60) : '') : '';
        const name = func => link(this.page, func, ancestorOf(profile, group.node, func));
        const where = !group.node ? [' in the server itself, outside Python'] : part.kind || !group.library ?
            [' in ', name(own || part.func),
             ...(caller === NONE || caller === own ? [] : [', called by ', name(caller)])] :
            [...libraryWords(group, inner, name),
             ...(own ? [', called by ', name(own)] : [])];
        return [signedProse(part.ns) + did, ...where, ...(calls ? this.calls(calls, part) : [])];
    }

    calls(calls, {own, func}) {
        const count = number => digitsOf(number, 0, 1);
        const isNamed = calls.func === (own || func);
        return [', ' + count(calls.b) + (calls.b === 1 ? ' call ' : ' calls '),
                ...(isNamed ? [] : ['of ', make('bdi', '', shown(this.page.profile.label(calls.func), 80)), ' ']),
                'instead of ' + count(calls.a)];
    }

    /* ---------------------------------------------------------- both profiles */

    side(name, {profile, total}, link) {
        const {meta} = profile, line = make('p', 'compare-side'), started = new Date(meta.started);
        const title = make(link.href ? 'a' : link.open ? 'button' : 'span', 'name-link compare-title');
        add(title, make('bdi', '', shown(profile.label(0), 200) +
            (!meta.merged && meta.query ? '?' + shown(meta.query, 100) : '')));
        if (link.href)
            attributes(title, {href: link.href, title: 'Open this profile'});
        if (link.open)
            attributes(title, {type: 'button', title: 'Show this profile alone'}).addEventListener('click', link.open);
        return add(line, make('b', '', name + ' '), title, make('span', 'compare-figures', [
            meta.merged ? 'mean ' + prose(total[0]) : prose(total[0]),
            meta.status ? 'status ' + meta.status : '',
            isNaN(started) ? '' : started.toLocaleString(), link.name ? shown(link.name, 80) : '',
        ].filter(Boolean).join(' \u00b7 ')));
    }

    /* Says how functions were matched, and which differences are grey. */
    how() {
        const {match, noise, a, b} = this.page.comparison;
        const merged = a.requests > 1 || b.requests > 1 ? 'Times and calls are per request. ' : '';
        const where = match.directories.length ? 'The app is in ' + match.directories.map(pair =>
            shown(pair[0] || './', 80) + ' in A, ' + shown(pair[1] || './', 80) + ' in B').join('; ') + '. ' : '';
        return add(make('details', 'compare-how'), make('summary', '', 'Grey differences are noise'),
                   make('p', '', noise.words() + ' ' + merged +
                        'Functions are the same by name and file, wherever their lines are. ' + where));
    }

    actions() {
        const page = this.page, host = make('div', 'actions');
        const theme = button('\u25d0', 'Light or dark (t)', () => page.toggleTheme());
        const help = button('?', 'Keys and words (?)', () => showHelp(page));
        attributes(theme, {'aria-label': 'Light or dark'});
        attributes(help, {'aria-label': 'Help: keys and words'});
        return add(host, button('Swap A and B', 'Compare the other way round', () => page.comparison.swap()),
                   fileButton(file => page.compareWith(file)), theme, help);
    }
}

/* Returns "+73 %"; from 10 times on "12 times as long". */
function signedPercent(ns, whole) {
    const times = (whole + ns) / whole;
    return times >= 10 ? digitsOf(times, 0) + ' times as long' :
        (ns > 0 ? '+' : '\u2212') + percent(Math.abs(ns), whole);
}
