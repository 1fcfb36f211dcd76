"""Everything a site needs to move out: its articles as Markdown, and itself as plain files.

`archive` packs what authors wrote, byte for byte; `site` asks the application for every page and
writes what any host of files can serve, with an index for the search in the reader's browser.
"""
