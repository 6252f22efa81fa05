"""The session of a run on Spark. Its server is SPARK_REMOTE, the address of a Spark Connect server."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from flows.home import settings
from transforms.errors import UsageError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def session() -> SparkSession:
    """The session of this process, opened on the first call.

    Raises UsageError if SPARK_REMOTE is not set or the extra `spark` is not installed.
    """
    address = settings.spark_remote()
    if not address:
        raise UsageError(
            "--engine spark: set SPARK_REMOTE to the address of a Spark Connect server, such as "
            "sc://spark.example.org:15002, or to local[2] for one on this machine"
        )
    # The warning does not matter here: there are no pandas frames.
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
