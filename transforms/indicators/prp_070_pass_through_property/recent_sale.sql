-- Sales of the last `years` years, whether they may count, and whether the facts on which that depends are
-- stated.
with recent as (
    select *
    from sale
    -- The same day `years` years before, as numbers that compare like days.
    where 10000 * (year(transferred_on) + $years) + 100 * month(transferred_on) + day(transferred_on)
        >= 10000 * year($as_of) + 100 * month($as_of) + day($as_of)
),
-- Whole buildings and portfolios.
alike as (
    select area_name, price, transferred_on
    from recent
    group by area_name, price, transferred_on
    having count(*) > 1
),
-- The first sale matters only for properties that may be newly built.
first_sale as (
    select property_id, min(transferred_on) as first_sold_on
    from sale
    where property_id in (select property_id from recent where coalesce(is_new_build, true))
    group by property_id
)
select
    r.property_id, r.transferred_on, r.statement_id, r.address_statement_id, r.title_id, r.is_new_build,
    r.category <> 'additional'
        and a.price is null
        and not (coalesce(r.is_new_build, false) and r.transferred_on > f.first_sold_on) as may_count,
    r.category = 'standard'
        and (r.is_new_build is not null or r.transferred_on = f.first_sold_on) as is_stated
from recent r
left join alike a on a.area_name is not distinct from r.area_name
    and a.price = r.price and a.transferred_on = r.transferred_on
left join first_sale f on f.property_id = r.property_id
where r.property_id is not null
