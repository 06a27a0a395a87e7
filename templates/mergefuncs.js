/* The functions of a merge, and what is counted by function: exact figures and lines.
 *
 * A function is what pstats takes for one: file, line and name agree. So the .prof file of a merge
 * has each function once. A builtin whose name contains an address has another name in each
 * process: there the name without the address decides. Two such builtins of one profile stay two
 * functions. */
'use strict';

/* Numbers for texts. */
class Texts {
    constructor() {
        this.list = [];
        this.numbers = new Map();
    }

    add(text) {
        let number = this.numbers.get(text);
        if (number === undefined)
            this.numbers.set(text, number = this.list.push(text) - 1);
        return number;
    }
}

class MergedFunctions {
    constructor() {
        this.list = [{name: '', cprofile: '', file: '', line: 0, lib: '', kind: KIND_REQUEST, hide: 0}];
        this.byKey = new Map();
        this.byName = new Map(); /* builtins by their name without an address */
    }

    /* Adds the functions of a profile. Returns their numbers in the merge, each of which is
     * there once. */
    take(profile) {
        const places = new Int32Array(profile.functions), taken = new Set(), others = [];
        for (let func = 1; func < profile.functions; func++) {
            const place = this.byKey.get(this.keyOf(profile, func));
            if (place === undefined)
                others.push(func);
            else
                taken.add(places[func] = place);
        }
        for (const func of others) {
            places[func] = this.placeOf(profile, func, taken);
            taken.add(places[func]);
            this.byKey.set(this.keyOf(profile, func), places[func]);
        }
        for (let func = 1; func < profile.functions; func++)
            this.takeKind(this.list[places[func]], profile, func);
        return places;
    }

    /* "Not in the tree" (left.js) is no function of the app, whatever its name. In another process
     * the address of a builtin may be that of another builtin. */
    keyOf(profile, func) {
        const name = profile.isLeft(func) ? 'left\0' + profile.name(func) : profile.coName(func);
        const file = profile.file(func);
        return [file, profile.lineOf[func], name, file === '~' ? profile.name(func) : ''].join('\0');
    }

    /* Returns the number of a function whose key is new. */
    placeOf(profile, func, taken) {
        if (profile.file(func) !== '~')
            return this.add(profile, func);
        const name = profile.name(func), same = this.byName.get(name) || [];
        const known = same.find(place => !taken.has(place));
        if (known !== undefined)
            return known;
        const place = this.add(profile, func);
        this.byName.set(name, [...same, place]);
        return place;
    }

    add(profile, func) {
        const name = profile.name(func), isBuiltin = profile.file(func) === '~';
        return this.list.push({name, cprofile: isBuiltin ? profile.coName(func) : name, file: profile.file(func),
                               line: profile.lineOf[func], lib: profile.lib(func), kind: profile.kindOf[func],
                               hide: 0}) - 1;
    }

    /* A function is own code if one of the profiles says so: a server learns its own places while
     * it imports modules. */
    takeKind(known, profile, func) {
        if (profile.kindOf[func] < known.kind)
            Object.assign(known, {kind: profile.kindOf[func], lib: profile.lib(func)});
        if (profile.isHidden(func))
            known.hide = 1;
    }

    /* Returns cProfile's names: those of the first profile, but never the same for two builtins. */
    cprofileNames() {
        const taken = new Set();
        return this.list.map(({name, cprofile, file}) => {
            let own = cprofile;
            for (let i = 1; file === '~' && taken.has(own); i++)
                own = i === 1 ? name : name + ' ' + i;
            if (file === '~')
                taken.add(own);
            return own;
        });
    }

    /* The object func of the report. */
    columns(texts) {
        const column = of => this.list.map(of), text = name => column(one => texts.add(one[name]));
        const cprofile = this.cprofileNames();
        const func = {name: text('name'), file: text('file'), line: column(one => one.line), lib: text('lib'),
                      kind: column(one => one.kind)};
        if (this.list.some((one, i) => cprofile[i] !== one.name))
            func.cprofile = cprofile.map(name => texts.add(name));
        if (this.list.some(one => one.hide))
            func.hide = column(one => one.hide);
        return func;
    }
}

/* Exact figures by function and caller, for trees without all calls. */
class MergedExact {
    constructor() {
        this.byFunction = new Map(); /* {figures, callers: Map of Figures} */
    }

    /* places: the functions' numbers in the merge, if they have others. */
    add(stats, places = null) {
        const callers = stats.allCallers(), at = func => places ? places[func] : func;
        for (const func of stats.functions)
            this.addFunction(at(func), stats.byFunction[func],
                             callers.get(func).map(([caller, figures]) => [at(caller), figures]));
    }

    include(other) {
        for (const [func, {figures, callers}] of other.byFunction)
            this.addFunction(func, figures, callers);
    }

    addFunction(func, figures, callers) {
        const into = itemOf(this.byFunction, func, () => ({figures: new Figures(), callers: new Map()}));
        into.figures.add(figures);
        for (const [caller, pair] of callers)
            itemOf(into.callers, caller, () => new Figures()).add(pair);
    }

    /* The object exact of the report. */
    columns() {
        const exact = {func: [], calls: [], primitive: [], self: [], cumulative: [], callers: []};
        for (const [func, {figures, callers}] of [...this.byFunction].sort(([a], [b]) => a - b)) {
            exact.func.push(func);
            for (const name of ['calls', 'primitive', 'self', 'cumulative'])
                exact[name].push(figures[name]);
            exact.callers.push(Array.from(callers, ([caller, of]) =>
                [caller, of.calls, of.primitive, of.self, of.cumulative]));
        }
        return exact;
    }
}

/* Returns the value of a key, which make() makes when it is missing. */
function itemOf(map, key, make) {
    let value = map.get(key);
    if (value === undefined)
        map.set(key, value = make());
    return value;
}

/* The lines of functions. */
class MergedLines {
    constructor() {
        this.numbers = new Map(); /* by function and line */
        this.list = [];
        this.hasTotals = true;
        this.hasTexts = false;
    }

    add(profile, places) {
        const lines = profile.lines;
        if (!lines)
            return;
        this.hasTotals = this.hasTotals && (lines.total !== null || !lines.count);
        this.hasTexts = this.hasTexts || lines.text !== null;
        for (let i = 0; i < lines.count; i++) {
            const func = places[lines.func[i]], line = lines.line[i];
            const into = itemOf(this.numbers, func * 2 ** 31 + line, () => this.start(func, line));
            into.self += lines.self[i];
            into.total += lines.total ? lines.total[i] : 0;
            into.hits += lines.hits[i];
            if (lines.text)
                into.texts.add(profile.str[lines.text[i]]);
        }
    }

    start(func, line) {
        const item = {func, line, self: 0, total: 0, hits: 0, texts: new Set()};
        this.list.push(item);
        return item;
    }

    /* The object lines of the report. A line whose source has changed has no text. */
    columns(texts) {
        const column = name => this.list.map(item => item[name]);
        const lines = {func: column('func'), line: column('line'), self: column('self'), hits: column('hits')};
        if (this.hasTotals)
            lines.total = column('total');
        if (this.hasTexts)
            lines.text = this.list.map(item => {
                const known = [...item.texts].filter(text => text !== '');
                return texts.add(known.length === 1 ? known[0] : '');
            });
        return lines;
    }
}
