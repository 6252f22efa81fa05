"""Shares as whole numbers: 100 per cent is UNITS, so that sums of bounds are exact.

In computations a share is a fraction of the whole (0 to 1, float64); in tables it is per cent with nine
decimals.
"""

import numpy as np
import polars as pl
import pyarrow as pa

from graphs.arrays.edges import Floats, Ints

UNITS = 10**11  # the whole; one unit is the last digit of DECIMAL(12,9) per cent
# own: per cent, a hundredth of the last digit; a figure this close to nine decimals is taken to be exact
ROUNDING = 1e-11


def units(share: Floats, *, up: bool) -> Ints:
    """Shares in UNITS: int64. Rounded up or down, except that a share within ROUNDING of a whole number of
    units becomes that number. `share` has no NaN.
    """
    exact = share * UNITS
    near = np.rint(exact)
    return np.where(
        np.abs(exact - near) <= ROUNDING * 1e9, near, np.ceil(exact) if up else np.floor(exact)
    ).astype(np.int64)


def per_cent(share: Floats, *, up: bool) -> pl.Series:
    """Shares as DECIMAL(12,9) per cent, rounded as in `units`; NaN becomes null."""
    known = np.isfinite(share)
    in_units = pa.array(units(np.where(known, share, 0.0), up=up), mask=~known)
    return pl.Series(values=in_units.cast(pa.decimal128(19, 0)).view(pa.decimal128(12, 9)))


def parts_of_whole(shares: pl.Series) -> Floats:
    """DECIMAL(12,9) per cent as fractions of the whole: float64, NaN for null."""
    units = shares.cast(pl.Decimal(12, 9)).to_physical().cast(pl.Int64)
    return units.cast(pl.Float64).fill_null(np.nan).to_numpy() / UNITS
