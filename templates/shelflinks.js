/* Links of a page that came from the shelf: to all profiles, to those of the same route, and to
 * the comparison with the one before. */
'use strict';

const RESTARTS = 3; /* how often a search begins again because the index was rewritten meanwhile */

/* Returns the id of the newest profile before this one with the same route and mode; null if
 * there is none. */
async function previousProfile(id, route, mode) {
    const query = new URLSearchParams({route, mode, before: id, limit: 1});
    for (let restarts = 0; restarts < RESTARTS;) {
        const answer = await ask('index.json?' + query);
        if (answer.rows && answer.rows.length)
            return answer.rows[0].id;
        if (!answer.restart && !answer.next)
            return null;
        restarts += answer.restart ? 1 : 0;
        query.delete('cursor');
        if (answer.next)
            query.set('cursor', answer.next);
    }
    throw new BadProfile('the index changes too often');
}

/* "Compare with the previous one" searches when it is clicked: that may take some requests. */
function previousButton(page, id, mode, route) {
    const title = 'The profile of this route before this one, and what differs';
    const element = button('Compare with the previous one', title, () => {
        element.disabled = true;
        const search = previousProfile(id, route, mode).then(previous => {
            if (previous)
                location.assign('compare#a=' + previous + '&b=' + id);
            else
                page.toast('No profiles of this route ' + MODE_WORDS[mode] + ' are older');
        });
        search.catch(error => page.toast('The previous one cannot be found: ' + error.message))
            .then(() => { element.disabled = false; });
    });
    return element;
}

function addShelfLinks(page, host, meta) {
    const shelf = readShelf();
    if (!shelf)
        return;
    const route = isText(shelf.route) ? shelf.route : meta.route, id = shelf.id || meta.id;
    const list = attributes(make('nav', 'shelf-links'), {'aria-label': 'Stored profiles'});
    add(list, attributes(make('a', '', 'All profiles'), {href: './'}));
    if (isText(route))
        add(list, attributes(make('a', '', 'This route'), {
            href: './?' + new URLSearchParams({route}), title: shown('Profiles of ' + route, 500)}));
    if (isText(route) && !meta.merged && ID.test(id))
        add(list, previousButton(page, id, meta.mode, route));
    add(host, list);
}
