"""SQL of this package, one statement a file."""

from functools import partial

from transforms.model.sql import read_sql

sql = partial(read_sql, __name__)
