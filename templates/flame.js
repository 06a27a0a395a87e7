/* View 2: the call tree as boxes. Callers are above (icicle), below (flame) or inside (sunburst)
 * their callees; or one function is between its callers and callees (sandwich). */
'use strict';

const PATHS_LABEL = 'Flame graph: arrow keys go to caller, callee and siblings, Enter zooms';
const SANDWICH_LABEL = 'Sandwich: callers above the function, callees below it; arrow keys go to caller, ' +
    'callee and siblings, Enter puts the selected function into the middle';

class FlameView extends Chart {
    constructor(page) {
        super(page, 'flame', PATHS_LABEL);
        this.sunburst = new Sunburst(this);
        this.sandwich = null;
        this.caption = make('div', 'caption');
        this.empty = make('p', 'state');
        this.element.prepend(this.caption);
        this.box.addEventListener('dblclick', () => this.isSandwich && page.openSandwich(page.func));
        this.shape = choice('Shape', this.shapes(), '', value => this.chooseShape(value));
        add(this.options, this.shape, this.secondChoice(),
            button('Reset zoom', 'Show all (0)', () => page.zoomTo(0)));
        this.isEmpty = page.profile.nodes === 1;
        if (this.isEmpty)
            this.sayInstead(nothingBelow(page.profile));
    }

    shapes() {
        return [['icicle', 'Icicle'], ['flame', 'Flame'], ['sunburst', 'Sunburst'], ['sandwich', 'Sandwich']];
    }

    secondChoice() {
        return choice('Colours', [['library', 'by library'], ['file', 'by file'], ['self', 'by self time']],
                      this.page.choices.colour, value => this.page.choose('colour', value));
    }

    /* Returns the layout whose times are the widths of the boxes. */
    pathsLayout() {
        return this.page.layout;
    }

    /* The sandwich is not remembered: its function may be missing in another profile. */
    chooseShape(value) {
        if (value === 'sandwich')
            this.page.openSandwich(this.page.func);
        else
            this.page.choose('shape', value);
    }

    update(changes) {
        if (this.isEmpty)
            return;
        const page = this.page, isNewShape = this.takeShape(changes);
        if (isNewShape || changes.search)
            this.found = page.found ? this.layout.rowsWith(page.found) : null;
        if (changes.layout || changes.theme || changes.colour)
            this.colour();
        if (isNewShape || changes.zoom)
            this.zoomNow(Boolean(changes.zoom) && !isNewShape);
        if (isNewShape || changes.selection)
            this.takeSelection();
        this.updateNote();
        this.draw();
    }

    colour() {
        this.page.colours.prepare(this.page.choices.colour);
        fillLegend(this.legend, this.page.colours.legend(), true);
    }

    /* Chooses the shape. Returns whether the picture is a new one. */
    takeShape(changes) {
        const shape = this.page.shape();
        const isNew = Boolean(changes.layout) || this.drawn !== shape ||
            shape === 'sandwich' && this.layout.centre !== this.page.centre;
        if (!isNew)
            return false;
        this.drawn = this.shape.value = shape;
        this.isRound = shape === 'sunburst';
        this.isUp = shape === 'flame';
        this.isSandwich = shape === 'sandwich';
        this.takeBoxes(changes);
        this.element.classList.toggle('round', this.isRound);
        this.box.setAttribute('aria-label', this.isSandwich ? SANDWICH_LABEL : PATHS_LABEL);
        this.describe();
        this.fit();
        if (this.isUp)
            this.box.scrollTop = this.contentHeight();
        else if (this.isSandwich)
            this.box.scrollTop = (this.boxes.base + 1) * BOX_HEIGHT - this.height / 2;
        return true;
    }

    takeBoxes(changes) {
        if (changes.layout || !this.paths)
            this.paths = Boxes.ofLayout(this.pathsLayout());
        this.layout = this.isSandwich ? new Sandwich(this.page.layout, this.page.centre) : this.pathsLayout();
        this.boxes = this.isSandwich ? this.layout.boxes : this.paths;
        this.current = this.hovered = NONE;
    }

    /* The caption of a sandwich: its function, and how to read it. */
    describe() {
        const page = this.page, isEmpty = this.isSandwich && !this.layout.total[0];
        this.caption.hidden = !this.isSandwich || isEmpty;
        this.empty.remove();
        if (isEmpty)
            this.element.prepend(this.empty);
        this.box.hidden = this.legend.hidden = isEmpty;
        if (!this.isSandwich)
            return;
        const name = shown(page.profile.label(page.centre), 80);
        setText(this.empty, name + (page.part.range ? ' is not in this range.' : this.layout.isEmpty ?
            ' did not fit into the call tree: the side panel has its figures, callers and callees.' :
            ' took no measurable time.'));
        clear(this.caption).append(
            page.nameElement('caption-name', page.centre, 80), ': ' + this.timeText() +
            ' in all its calls. Callers are above, callees below; their widths are parts of this time.' +
            this.shortcomings());
    }

    shortcomings() {
        const profile = this.page.profile;
        return (this.layout.isCut ? ' Callers more than ' + plural(this.boxes.base, 'level') +
                ' up are left out.' : '') +
            (profile.exact ? ' The picture shows only calls in the call tree; the side panel has exact callers ' +
                'and callees.' : '');
    }

    /* Returns "50 ms of its 80 ms" if not all calls of the function are in the tree. */
    timeText() {
        const {profile, stats, centre} = this.page, inTree = this.layout.total[0];
        const all = centre ? stats.figuresOf(centre).cumulative : inTree;
        return prose(inTree) + (profile.exact && Math.abs(all - inTree) >= 1 ? ' of its ' + prose(all) : '');
    }

    contentHeight() {
        return this.isRound ? 0 : super.contentHeight();
    }

    zoomRow() {
        return this.layout.rowOf[this.page.zoom];
    }

    zoomNow(isAnimated) {
        const row = this.isSandwich ? 0 : this.zoomRow(), start = this.layout.start[row];
        const range = this.isSandwich ? null : this.page.takeRange(this.name);
        if (range)
            this.setRange(range[0], range[1], false);
        else
            this.setRange(start, start + this.layout.total[row], isAnimated);
    }

    takeSelection() {
        if (this.isSandwich) {
            if (this.current === NONE)
                this.current = this.boxes.whole;
            return;
        }
        const row = this.layout.rowOf[this.page.node], boxes = this.boxes, level = this.layout.depth[row];
        this.current = NONE;
        for (let i = boxes.firstFrom(level, this.layout.start[row]); i < boxes.levelStart[level + 1]; i++)
            if (boxes.row[i] === row) {
                this.current = i;
                break;
            }
        if (this.current !== NONE && !this.isRound && this.height)
            this.bring(this.current);
    }

    drawBoxes(ctx) {
        if (this.isRound)
            this.sunburst.draw(ctx);
        else
            super.drawBoxes(ctx);
    }

    /* Draws a line above and below the function. */
    drawOver(ctx) {
        if (!this.isSandwich)
            return;
        const y = this.levelY(this.boxes.base);
        ctx.fillStyle = this.look.ink;
        ctx.fillRect(0, y - 2, this.width, 1);
        ctx.fillRect(0, y + BOX_HEIGHT, this.width, 1);
    }

    hit(x, y) {
        return this.isRound ? this.sunburst.hit(x, y) : super.hit(x, y);
    }

    /* A click in the middle of the sunburst zooms out. */
    clickBox(box) {
        if (this.isSandwich)
            this.go(box);
        else if (this.isRound && box !== NONE && this.boxes.row[box] === this.zoomRow() && this.zoomRow())
            this.page.zoomTo(this.layout.node[this.layout.parent[this.zoomRow()]]);
        else
            super.clickBox(box);
    }

    /* In a sandwich the selection moves; the function in the middle stays. */
    go(box) {
        if (!this.isSandwich || box === NONE) {
            super.go(box);
            return;
        }
        const row = this.boxes.row[box];
        this.current = box;
        this.page.select(this.layout.node[row], true);
        this.page.say(shown(this.page.profile.label(this.layout.func(row)), 80) + ', ' + this.shareText(row));
        this.bring(box);
    }

    nextMatch(step) {
        if (!this.isSandwich) {
            this.page.nextMatchingNode(step);
            return;
        }
        this.go(nextOf(this.layout.count, this.current, step, box => this.found[this.boxes.row[box]]));
    }

    /* Returns "12 ms of the 40 ms of f came from here (30 %)". */
    shareText(row) {
        const layout = this.layout, whole = layout.total[0], isCaller = layout.isCaller(row);
        const name = shown(this.page.profile.label(this.page.centre), 60);
        if (row === 0)
            return prose(whole) + ' (' + percent(whole, this.page.profile.total[0]) + ' of ' +
                this.page.profile.requestWord() + '), ' +
                'in all its calls';
        return prose(layout.total[row]) + ' of the ' + prose(whole) + ' of ' + name +
            (isCaller ? ' came from here (' : ' were spent here (') + percent(layout.total[row], whole) + ')';
    }

    tipLines(box, row) {
        if (!this.isSandwich)
            return super.tipLines(box, row);
        const layout = this.layout, count = this.page.countOf(layout.calls[row], layout.func(row));
        return [this.shareText(row), layout.isCaller(row) ? count : 'self ' + prose(layout.self[row]) + ', ' + count];
    }

    /* The views share the zoom of a call path; a zoom in a sandwich is not shared. */
    noteRange() {
        if (!this.isSandwich)
            super.noteRange();
    }

    zoomAt(x, factor) {
        if (!this.isRound)
            super.zoomAt(x, factor);
        else if (factor > 1 && this.zoomRow())
            this.page.zoomTo(this.layout.node[this.layout.parent[this.zoomRow()]]);
        else if (factor < 1)
            this.page.zoomTo(this.hovered === NONE ? this.page.node :
                             this.layout.node[this.boxes.row[this.hovered]]);
    }

    pan(pixels) {
        if (!this.isRound)
            super.pan(pixels);
    }

    bring(box) {
        if (!this.isRound)
            super.bring(box);
    }
}
