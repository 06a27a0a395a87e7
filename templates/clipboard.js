/* Copies text to the clipboard. */
'use strict';

/* Browsers may have no clipboard for pages from a file or without encryption. */
function copyText(text, done) {
    const fallBack = () => {
        const area = make('textarea', 'offscreen');
        area.value = text;
        document.body.append(area);
        area.select();
        document.execCommand('copy');
        area.remove();
        done();
    };
    if (navigator.clipboard)
        navigator.clipboard.writeText(text).then(done, fallBack);
    else
        fallBack();
}
