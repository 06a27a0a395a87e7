/* Names on a canvas: their width, and how to cut them. A canvas does not lay out text itself. */
'use strict';

/* Wide characters take two columns. */
class CanvasLabel {
    constructor(text) {
        this.text = text;
        this.isPlain = /^[\u0020-\u024f\u2026]*$/.test(text);
        this.columns = this.isPlain ? text.length : [...text].reduce((sum, one) => sum + columnsOf(one), 0);
    }

    cut(columns) {
        if (this.isPlain)
            return this.text.slice(0, columns - 1) + '\u2026';
        let cut = '', used = 1;
        for (const one of this.text) {
            used += columnsOf(one);
            if (used > columns)
                break;
            cut += one;
        }
        return cut + '\u2026';
    }
}

function columnsOf(character) {
    const code = character.codePointAt(0);
    return code >= 0x1100 ? 2 : 1;
}
