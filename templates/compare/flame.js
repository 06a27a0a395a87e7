/* The flame graph of both profiles. Widths are B's times or A's; colours and labels say how the
 * other one differs. */
'use strict';

const DIFFERENCE_FILLS = [
    ['slower2', 'B slower by 20 % or more'], ['slower1', '5 % or more'], ['slower0', 'less'],
    ['same', 'no difference, or noise'],
    ['faster0', 'B faster by less than 5 %'], ['faster1', '5 % or more'], ['faster2', '20 % or more, of the request']];

class CompareFlame extends FlameView {
    shapes() {
        return [['icicle', 'Icicle'], ['flame', 'Flame']];
    }

    secondChoice() {
        return choice('Widths', [['b', 'widths of B'], ['a', 'widths of A']], this.page.widths,
                      value => this.page.setWidths(value));
    }

    pathsLayout() {
        return this.page.layout[this.page.widths];
    }

    colour() {
        const style = getComputedStyle(document.documentElement);
        this.fills = Object.fromEntries(DIFFERENCE_FILLS.map(([name]) => {
            const fill = style.getPropertyValue('--fill-' + name).trim();
            return [name, {fill, ink: inkOn(fill)}];
        }));
        fillLegend(this.legend, DIFFERENCE_FILLS, true);
    }

    colourOf(row) {
        const layout = this.page.layout;
        return this.fills[differenceFill(layout.difference(row), layout.isNoise('total', [row]), layout.noise.whole)];
    }

    boxText(box) {
        return signedProse(this.page.layout.difference(this.boxes.row[box]));
    }

    /* Boxes without width are call paths of the other side. */
    updateNote() {
        super.updateNote();
        const {layout, widths} = this.page, other = widths === 'b' ? 'a' : 'b';
        let ns = 0;
        for (let row = 1; row < layout.count;) {
            const isMissing = !layout[widths].seen[row];
            ns += isMissing ? layout[other].total[row] : 0;
            row = isMissing ? layout.end[row] : row + 1;
        }
        if (!ns)
            return;
        const text = 'Not drawn: ' + prose(ns) + ' only in ' + other.toUpperCase() + '; the widths of ' +
            other.toUpperCase() + ' show it';
        setText(this.note, (this.note.hidden ? '' : this.note.textContent + ' \u00b7 ') + text);
        this.note.hidden = false;
    }

    tipLines(box, row) {
        return this.page.rowTexts(row);
    }

    /* Paper is light. */
    print() {
        this.colour();
        super.print();
    }
}
