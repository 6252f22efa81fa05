"""The session of a night on Spark: from SPARK_REMOTE, the address of a Spark Connect server."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from flows.home import settings
from transforms.errors import UsageError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def session() -> SparkSession:
    """The session of this process, made on the first call.

    Raises UsageError where SPARK_REMOTE is not set, or the extra `spark` is not installed.
    """
    address = settings.spark_remote()
    if not address:
        raise UsageError(
            "--engine spark: set SPARK_REMOTE to the address of a Spark Connect server, such as "
            "sc://spark.example.org:15002, or to local[2] for one on this machine"
        )
    # It is of no use to the reader of a run: nothing here is a pandas frame.
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise UsageError(
            "--engine spark needs the extra `spark`: pip install 'undertow[spark]', here and on the workers"
        ) from None
    spark = SparkSession.builder.remote(address).getOrCreate()
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    return spark
