"""SQL that words a share in the sentence of an indicator."""


def least_words(share: str, is_more: str) -> str:
    """`at least 62.50` or `more than 50.00` per cent: `share` rounded down to hundredths. It is more where
    anything was cut off, or the condition `is_more` holds.
    """
    hundredths = f"round({share} * 100, 4)"  # a double of 4.35 times 100 is a little less than 435
    more = f"{hundredths} > floor({hundredths}) or {is_more}"
    return (
        f"concat_ws('', case when {more} then 'more than ' else 'at least ' end, "
        f"cast(cast(floor({hundredths}) / 100 as decimal(12, 2)) as varchar))"
    )
