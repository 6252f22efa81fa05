select
    *,
    -- The same day `years` years before, as numbers that compare like days.
    10000 * (year(transferred_on) + $years) + 100 * month(transferred_on) + day(transferred_on)
        >= 10000 * year($as_of) + 100 * month($as_of) + day($as_of) as is_recent,
    category <> 'additional'
        and same_price_and_day_n = 1
        and not (coalesce(is_new_build, false) and transferred_on > first_sold_on) as may_count,
    category = 'standard'
        and (is_new_build is not null or transferred_on = first_sold_on) as is_stated
from sale
where property_id is not null
