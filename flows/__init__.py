"""What runs when, and everything that touches the outside world: files, DuckDB, the network, Prefect, the
command line.

From the top floor down: cli, nightly, accountability, exports and night and review, pages, check and
operations, release, ingest, journal, facts, home. A package imports only from floors below it, and from
graphs, quality and transforms. This file runs before polars is imported, because the allocator of polars
reads its settings once.
"""

import os

# Memory that polars frees stays with the process for ten seconds instead of half a second, because the next
# batch asks for the same again. Returning it to the system took a tenth of the lake's time.
os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:10000")
# Undertow uses no plugin of pydantic, which would look for them in every package installed, at every start.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
