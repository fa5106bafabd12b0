"""Imported by the process that workers are forked from: loads what every worker would otherwise load for itself.

The rules and words of all languages take half a second, the encoders of the extras 0.2 s; a forked worker has them already, and
shares the memory.
"""

import gc

from gateway.app.text_data import languages, text_data
from legato.audio import codec

for _language in languages():
    text_data(_language)
codec.installed()
gc.collect()
gc.freeze()  # or a worker's collections would write to, and so copy, all that is shared
