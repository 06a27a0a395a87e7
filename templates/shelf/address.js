/* What the list shows is in the query of its address: filters, sort order and view. So a reload,
 * a copied address and the browser's "back" show the same. */
'use strict';

/* The names are those of index.json, but for `last`: the last so many seconds, whenever the
 * address is opened. */
const FILTERS = ['q', 'method', 'status', 'mode', 'route', 'notice', 'min', 'last', 'since', 'until'];
const SORTS = {
    profiles: ['time', 'method', 'path', 'status', 'elapsed_ms', 'cpu_ms', 'wait_ms', 'mode', 'worker',
               'notices', 'bytes', 'route'],
    routes: ['share', 'route', 'count', 'median', 'p95', 'slowest'],
};
const TEXT_SORTS = ['method', 'path', 'mode', 'route']; /* ascending at first */

function firstOrder(sort) {
    return TEXT_SORTS.includes(sort) ? 'asc' : 'desc';
}

/* Returns the state that a query describes. Ignores a view or sort order that does not exist; the
 * server checks the filters. */
function stateOf(search) {
    const query = new URLSearchParams(search), state = {};
    for (const name of FILTERS)
        state[name] = query.get(name) || '';
    state.view = query.get('view') === 'routes' ? 'routes' : 'profiles';
    const sorts = SORTS[state.view];
    state.sort = sorts.includes(query.get('sort')) ? query.get('sort') : sorts[0];
    state.order = ['asc', 'desc'].includes(query.get('order')) ? query.get('order') : firstOrder(state.sort);
    return state;
}

/* Returns the shortest query that describes the state. */
function searchOf(state) {
    const query = new URLSearchParams();
    if (state.view !== 'profiles')
        query.set('view', state.view);
    for (const name of FILTERS)
        if (state[name])
            query.set(name, state[name]);
    if (state.sort !== SORTS[state.view][0])
        query.set('sort', state.sort);
    if (state.order !== firstOrder(state.sort))
        query.set('order', state.order);
    return '?' + query;
}

/* Returns the state of another view, with the same filters. */
function stateOfView(state, view) {
    const sort = SORTS[view][0];
    return Object.assign({}, state, {view, sort, order: firstOrder(sort)});
}

function hasFilters(state) {
    return FILTERS.some(name => state[name]);
}

function withoutFilters(state) {
    return Object.assign({}, state, Object.fromEntries(FILTERS.map(name => [name, ''])));
}

/* Returns the filters as parameters of index.json. */
function filterParameters(state, nowMs) {
    const parameters = {};
    for (const name of FILTERS)
        if (state[name] && name !== 'last')
            parameters[name] = state[name];
    if (state.last)
        parameters.since = String(Math.floor(nowMs / 1000) - Number(state.last));
    return parameters;
}
