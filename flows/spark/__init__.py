"""A night on Spark Connect: parsing, marts, ownership graph and indicators on the workers of a cluster.

`undertow run --engine spark` with SPARK_REMOTE. `stages` lists the stages, `session` makes the one session.
`pyspark` is imported here only, and only when a run uses it. The home and the landing folder lie on a file
system that the driver and all workers see under the same path. Scheduling, shuffles and retries are Spark's.
"""
