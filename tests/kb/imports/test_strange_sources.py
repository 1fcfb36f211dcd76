"""Sources as other systems and older machines write them: names, encodings, cells, bundles."""

from __future__ import annotations

import json
from pathlib import Path

from kb.imports import importer
from kb.imports.html.page import read_page
from kb.imports.model import ImportOptions
from kb.imports.sources.zip_names import mend
from tests.support.effort import effort_of
from tests.support.imports import LANGUAGES, Importing, zipped
