/* The colours of functions. Own code is blue. The libraries with the most self time have muted
 * colours, each the same on every page. Python's own code is grey. */
'use strict';

/* This seed was the best of two million: it gives the most different colours to libraries that
 * are often used together (those of Django, Flask, FastAPI, Pyramid, Bottle and their databases). */
const LIBRARY_COLOURS = 6, COLOUR_SEED = 1839571;

/* A name has this colour on every page, unless a library with more self time has it already. */
function homeColour(name) {
    let hash = COLOUR_SEED;
    for (let i = 0; i < name.length; i++)
        hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193) >>> 0;
    return (hash ^ hash >>> 15) >>> 0;
}

class Colours {
    constructor(profile, stats) {
        this.profile = profile;
        this.stats = stats;
        this.colourOf = this.assign(func => profile.kindOf[func] === 1 ? profile.lib(func) : '');
        this.fileColourOf = this.assign(func => profile.file(func) === '~' ? '' : profile.file(func), true);
        this.mode = 'library';
        this.fills = {};
    }

    /* Returns the groups with the most self time, each with the number of its colour. Groups of
     * own code come first if isOwnFirst. */
    assign(groupOf, isOwnFirst = false) {
        const selfOf = new Map(), whole = this.profile.total[0] + 1;
        for (const func of this.stats.functions) {
            const group = groupOf(func);
            if (!group)
                continue;
            const isOwn = this.profile.isOwn(func) && !group.startsWith('<');
            const sum = Math.max(selfOf.get(group) || 0, isOwnFirst && isOwn ? whole : 0);
            selfOf.set(group, sum + this.stats.byFunction[func].self);
        }
        const groups = [...selfOf].sort((a, b) => b[1] - a[1]).slice(0, LIBRARY_COLOURS);
        const taken = new Set();
        return new Map(groups.map(([group]) => {
            let colour = homeColour(group) % LIBRARY_COLOURS;
            while (taken.has(colour))
                colour = (colour + 1) % LIBRARY_COLOURS;
            taken.add(colour);
            return [group, colour];
        }));
    }

    /* Returns the name of the colour by library. It is also a CSS class of the small squares. */
    nameOf(func) {
        const p = this.profile, kind = p.kindOf[func];
        if (p.isHidden(func))
            return 'other';
        if (kind !== 1)
            return ['own', '', 'stdlib', 'builtin', 'request'][kind];
        const colour = this.colourOf.get(p.lib(func));
        return colour === undefined ? 'other' : 'lib' + colour;
    }

    canvasNameOf(func) {
        if (func === 0)
            return 'request';
        if (this.mode === 'file') {
            const colour = this.fileColourOf.get(this.profile.file(func));
            return colour === undefined ? 'other' : 'lib' + colour;
        }
        if (this.mode === 'self') {
            const share = this.stats.figuresOf(func).self / (this.profile.total[0] || 1);
            return 'heat' + [0.001, 0.01, 0.05, 0.2].filter(least => share >= least).length;
        }
        return this.nameOf(func);
    }

    /* Reads the colours of the theme; fill(func) and ink(func) then only look them up. */
    prepare(mode) {
        const style = getComputedStyle(document.documentElement);
        this.mode = mode;
        this.fills = {};
        this.names = Array.from({length: this.profile.functions}, (_, f) => this.canvasNameOf(f));
        for (const name of new Set([...this.names, 'own', 'stdlib', 'builtin', 'other'])) {
            const fill = style.getPropertyValue('--fill-' + name).trim() || '#cccccc';
            this.fills[name] = {fill, ink: inkOn(fill)};
        }
    }

    of(func) {
        return this.fills[this.names[func]];
    }

    legend() {
        if (this.mode === 'self')
            return [['heat0', 'self below 0.1 %'], ['heat1', 'to 1 %'], ['heat2', 'to 5 %'],
                    ['heat3', 'to 20 %'], ['heat4', 'above']];
        const lastTwo = file => file.split('/').slice(-2).join('/');
        const groups = this.mode === 'file' ?
            [...this.fileColourOf].map(([file, colour]) => ['lib' + colour, shown(lastTwo(file))]) :
            [...this.colourOf].map(([lib, colour]) => ['lib' + colour, shown(lib)]);
        if (this.mode === 'file')
            return [...groups, ['other', 'other files']];
        const present = new Set(this.names);
        return [['own', 'own code'], ...groups, ['other', 'other code'],
                ['stdlib', 'standard library'], ['builtin', 'built-in']]
            .filter(([name]) => present.has(name));
    }
}

/* Returns black or white, whichever has more contrast. */
function inkOn(fill) {
    const light = luminance(fill);
    return (light + 0.05) / 0.055 > 1.05 / (light + 0.05) ? '#0b0d11' : '#ffffff';
}

/* The relative luminance of #rrggbb, as WCAG defines it. */
function luminance(colour) {
    const channel = at => {
        const value = parseInt(colour.slice(at, at + 2), 16) / 255;
        return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}
