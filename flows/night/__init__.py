"""One run of the pipeline: `steps` lists its stages, `runner` runs them, `night` holds the state of the run.

May import pages, operations, release, ingest, journal, facts and home, and everything below `flows`.
"""
