/* A scrolling list of rows of equal height. Only visible rows are elements: a hundred thousand
 * rows cost as much as thirty. */
'use strict';

const ROW_HEIGHT = 24, HEAD_HEIGHT = 28, PRINTED_ROWS = 300;

/* Makes a cell of figures over a bar: light for the whole, dark for a part of it. */
function createBar() {
    const bar = make('span', 'share number');
    bar.whole = make('span', 'bar-total');
    bar.inner = make('span', 'bar-self');
    bar.text = make('span', 'bar-text');
    return add(bar, bar.whole, bar.inner, bar.text);
}

function setBar(bar, whole, part, text) {
    bar.whole.style.width = Math.min(100, 100 * whole) + '%';
    bar.inner.style.width = Math.min(100, 100 * part) + '%';
    setText(bar.text, text);
}

class VirtualList {
    /* create() makes an empty row; render(element, index) fills it. name is the prefix of row
     * ids. head stays above the rows. */
    constructor(name, create, render, head = null) {
        this.name = name;
        this.create = create;
        this.render = render;
        this.count = 0;
        this.pool = [];
        this.rowHeight = ROW_HEIGHT;
        this.printing = false;
        this.box = attributes(make('div', 'list'), {tabindex: '0'});
        this.body = attributes(make('div', 'list-body'), {role: 'presentation'});
        add(this.box, head, this.body);
        this.headHeight = head ? HEAD_HEIGHT : 0;
        this.draw = onceAFrame(() => this.drawNow());
        this.box.addEventListener('scroll', this.draw, {passive: true});
        new ResizeObserver(this.draw).observe(this.box);
    }

    /* The style sheet must give the rows the same height. */
    setRowHeight(height) {
        this.rowHeight = height;
        this.setCount(this.count);
    }

    setCount(count) {
        this.count = count;
        this.body.style.height = count * this.rowHeight + 'px';
        this.drawNow();
    }

    range() {
        if (this.printing)
            return [0, Math.min(this.count, PRINTED_ROWS)];
        const first = Math.max(0, Math.floor(this.box.scrollTop / this.rowHeight) - 4);
        const last = Math.ceil((this.box.scrollTop + this.box.clientHeight) / this.rowHeight) + 4;
        return [first, Math.min(this.count, last)];
    }

    /* Reuses elements: an element shows every row whose index is the same modulo the pool's
     * length. */
    drawNow() {
        const [first, last] = this.range();
        while (this.pool.length < last - first) {
            const row = add(this.body, this.create()).lastChild;
            row.classList.add('row');
            this.pool.push(row);
        }
        for (let k = 0; k < this.pool.length; k++) {
            const size = this.pool.length, row = this.pool[k];
            const index = first + ((k - first) % size + size) % size;
            row.hidden = index >= last;
            if (row.hidden) {
                row.removeAttribute('id');
                continue;
            }
            row.index = index;
            row.id = this.name + index;
            row.style.top = index * this.rowHeight + 'px';
            this.render(row, index);
        }
    }

    /* Scrolls as little as possible until the row is visible. Its element exists then. */
    reveal(index) {
        const top = index * this.rowHeight, height = this.box.clientHeight - this.headHeight;
        const now = this.box.scrollTop, isFar = top + height < now || top > now + 2 * height;
        if (top < now)
            this.box.scrollTop = Math.max(0, top - (isFar ? height / 3 : 0));
        else if (top + this.rowHeight > now + height)
            this.box.scrollTop = top - (isFar ? height / 3 : height - this.rowHeight);
        this.drawNow();
    }

    activate(index) {
        if (index === NONE)
            this.box.removeAttribute('aria-activedescendant');
        else
            this.box.setAttribute('aria-activedescendant', this.name + index);
    }

    pageRows() {
        return Math.max(1, Math.floor((this.box.clientHeight - this.headHeight) / this.rowHeight) - 1);
    }

    /* Returns the row that a key leads to, or NONE for other keys. */
    keyTarget(key, index) {
        const step = {ArrowUp: -1, ArrowDown: 1, PageUp: -this.pageRows(), PageDown: this.pageRows(),
                      Home: -this.count, End: this.count}[key];
        return step === undefined || !this.count ? NONE :
            Math.max(0, Math.min(this.count - 1, index + step));
    }

    /* Returns the row of an event, or NONE. */
    indexOf(event) {
        const row = event.target.closest('.row');
        return row && this.box.contains(row) ? row.index : NONE;
    }

    print(printing) {
        this.printing = printing;
        this.box.classList.toggle('printing', printing);
        this.body.style.height = (printing ? this.range()[1] : this.count) * this.rowHeight + 'px';
        this.drawNow();
    }
}
