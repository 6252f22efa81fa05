-- The shipped list of offshore countries at the date of the release.
select distinct code as country
from offshore_list
where list = 'offshore'
    and coalesce(try_cast(valid_from as date) <= $as_of, true)
    and coalesce(try_cast(valid_to as date) > $as_of, true)
