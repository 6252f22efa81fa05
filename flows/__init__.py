"""Everything that touches the world. Imported before polars, whose allocator reads its settings once."""

import os

# Memory that polars lets go of stays for ten seconds instead of half a one: batch after batch asks for the same again, and pages
# asked anew of the system took a tenth of the lake's time. A setting of the user's own comes first.
os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:10000")
