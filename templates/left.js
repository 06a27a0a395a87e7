/* Adds calls that are not in the tree. Calls are missing if the tree was full, or if it had more
 * nodes than a page shows. The report adds their time to the self time of the nearest node above
 * them, and says how much it was. Here this time becomes a node of its own below that node. So
 * self time belongs to one function in every view. */
'use strict';

/* Returns the data with the added nodes, or the data themselves if there are none to add. */
function withLeftNodes(data) {
    if (!data.left)
        return data;
    const left = readLeft(data), place = placesWith(left, data.node.depth.length);
    const {func, str, numberOf} = addLeftFunctions(data, left);
    return Object.assign({}, data, {
        str, func,
        node: addLeftNodes(data, left, place, numberOf),
        tl: data.tl && Array.isArray(data.tl.node) ?
            Object.assign({}, data.tl, {node: data.tl.node.map(node => place[node])}) : data.tl,
    });
}

function readLeft(data) {
    const {left, node, func} = data;
    need(Array.isArray(left.node) && Array.isArray(node.depth) && Array.isArray(func.name),
         'left.node is not an array');
    for (const name of ['name', 'file', 'line', 'lib', 'kind', ...Object.keys(func)])
        need(Array.isArray(func[name]), 'func.' + name + ' is not an array');
    const count = left.node.length, hosts = indexes(left.node, count, 'left.node', node.depth.length);
    for (let i = 1; i < count; i++)
        need(hosts[i] > hosts[i - 1], 'left.node is not in order');
    return {
        count, node: hosts,
        func: indexes(left.func, count, 'left.func', func.name.length),
        self: numbers(left.self, count, 'left.self'),
        cpu: left.cpu ? numbers(left.cpu, count, 'left.cpu') : new Float64Array(count),
        parts: new Parts(left.wait, count, 'left.wait'),
    };
}

/* Returns the new number of each node. An added node comes directly after its parent. */
function placesWith(left, nodes) {
    const place = new Int32Array(nodes);
    for (let i = 0, k = 0; i < nodes; i++) {
        while (k < left.count && left.node[k] < i)
            k++;
        place[i] = i + k;
    }
    return place;
}

/* Adds one function "not in the tree, mostly NAME" for each NAME. numberOf maps the number of the
 * named function to that of the new one. */
function addLeftFunctions(data, left) {
    const func = {}, str = data.str.slice(), numberOf = new Map();
    for (const name of Object.keys(data.func))
        func[name] = data.func[name].slice();
    const empty = str.push('') - 1;
    for (const most of left.func) {
        if (numberOf.has(most))
            continue;
        numberOf.set(most, func.name.length);
        const name = data.str[data.func.name[most]], isBuiltin = data.str[data.func.file[most]] === '~';
        func.name.push(str.push('not in the tree' + (
            most ? ', mostly ' + (isBuiltin ? builtinLabel(name) : name) : '')) - 1);
        for (const column of Object.keys(func))
            if (column !== 'name')
                func[column].push(column === 'kind' ? KIND_REQUEST : column === 'file' || column === 'lib' ? empty : 0);
    }
    return {func, str, numberOf};
}

function addLeftNodes(data, left, place, numberOf) {
    const old = data.node, node = {}, parts = new Parts(old.wait, old.depth.length, 'node.wait');
    const counted = old.samples ? 'samples' : 'calls', wait = {of: [], kind: [], ns: []};
    for (const column of ['depth', 'func', 'self', counted, ...(old.cpu ? ['cpu'] : [])]) {
        need(Array.isArray(old[column]), 'node.' + column + ' is not an array');
        node[column] = [];
    }
    const addParts = (of, sums) => sums.forEach((ns, kind) => {
        if (ns > 0) {
            wait.of.push(of);
            wait.kind.push(kind);
            wait.ns.push(ns);
        }
    });
    for (let i = 0, k = 0; i < old.depth.length; i++) {
        const isHost = k < left.count && left.node[k] === i, sums = parts.sums(i, i + 1);
        for (const column of Object.keys(node))
            node[column].push(old[column][i]);
        if (isHost) {
            const leftSums = left.parts.sums(k, k + 1);
            node.self[place[i]] -= left.self[k];
            need(node.self[place[i]] >= 0, 'left.self[' + k + '] is ' + left.self[k]);
            if (node.cpu)
                node.cpu[place[i]] = Math.max(0, node.cpu[place[i]] - left.cpu[k]);
            addParts(place[i], sums.map((ns, kind) => ns - leftSums[kind]));
            const values = {depth: old.depth[i] + 1, func: numberOf.get(left.func[k]), self: left.self[k],
                            [counted]: 0, cpu: left.cpu[k]};
            for (const column of Object.keys(node))
                node[column].push(values[column]);
            addParts(place[i] + 1, leftSums);
            k++;
        } else {
            addParts(place[i], sums);
        }
    }
    need(!old.class || Array.isArray(old.class.of), 'node.class.of is not an array');
    if (old.class)
        node.class = {of: old.class.of.map(at => place[at]), name: old.class.name};
    return old.wait ? Object.assign(node, {wait}) : node;
}
