-- The values of each profile; null for values that registers seldom state. district: the outward part of a
-- British postcode.
create or replace temp view person_stated as
select
    *,
    case when birth_day is not null and birth_month is not null
         then printf('%04d%02d%02d', birth_year, birth_month, birth_day) end as birth_date,
    case when contains(postcode, ' ') then split_part(postcode, ' ', 1) end as district
from (
    select
        null::tinyint as birth_day,
        null::text as street,
        null::text as number_kind,
        null::text as number,
        null::text as occupation
    where false
    union all by name
    select * from person_profile
)
