"""Imported by the process that workers are forked from: loads what every worker would otherwise load for itself.

The rules and words of all languages take half a second; a forked worker has them already, and shares the memory.
"""

import gc

from gateway.app.text_data import languages, text_data

for _language in languages():
    text_data(_language)
gc.collect()
gc.freeze()  # or a worker's collections would write to, and so copy, all that is shared
