/* The last script; it starts the list. */
'use strict';

add(document.getElementById('shelf'), make('h1', '', 'Profiles'));
