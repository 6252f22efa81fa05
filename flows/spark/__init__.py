"""A run on Spark Connect: the workers of a cluster do the parsing, the marts, the ownership graph and the
indicators.

Used by `undertow run --engine spark` with SPARK_REMOTE. `stages` lists the stages, `session` opens the one
session. `pyspark` is imported only in this package, and only when a run uses it. The driver and all workers
must see the home and the landing folder under the same path, on a shared file system. Spark does the
scheduling, shuffles and retries.
"""
