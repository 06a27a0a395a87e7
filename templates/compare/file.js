/* A second profile from a file: a json report, or a page that holds one. The file is only text here:
 * its data are cut out of a page, which the browser never gets to see. */
'use strict';

const FILE_MOST = 512 * 1024 * 1024;

/* Returns the data in the text of a file: the text itself, or what is in the page's data block. */
function dataIn(text) {
    if (!/^\ufeff?\s*</.test(text))
        return text;
    const block = /<(?:script) [^>]*id="profile"[^>]*>(.*?)<\/script/s.exec(text);
    need(block, 'it is a page without a profile');
    return block[1];
}

/* Returns {profile, json, name}; throws BadProfile with the name of the file and the reason. */
async function profileInFile(file) {
    try {
        need(file.size <= FILE_MOST, 'it is larger than ' + bytes(FILE_MOST));
        const unread = () => { throw new BadProfile('it cannot be read'); };
        const data = dataIn(await file.text().catch(unread));
        return {profile: new Profile(parseData(data)), json: () => data, name: file.name};
    } catch (error) {
        if (!(error instanceof BadProfile))
            throw error;
        throw new BadProfile(shown(file.name, 80) + ' is not a json or html report that can be shown: ' +
                             shown(error.message, 300));
    }
}

/* Makes the button that asks for a file. */
function fileButton(act) {
    const input = attributes(make('input', 'offscreen'), {
        type: 'file', accept: '.json,.html', tabindex: '-1', 'aria-label': 'A second profile'});
    input.addEventListener('change', () => {
        if (input.files.length)
            act(input.files[0]);
        input.value = '';
    });
    const element = button('', 'Compare with another profile: a json or html file. It can also be dropped here',
                           () => input.click());
    element.classList.add('compare-with');
    return add(make('span', 'compare-file'), add(element, make('span', '', 'Compare with\u2026')), input);
}
