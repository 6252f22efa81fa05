-- The district of each postcode: the one that most property records name; if several are equally frequent,
-- the first by name. Different spellings of a district count as one.
with named as (
    select t.postcode, t.district
    from title_statement t
    join edition_in_use e using (register, dataset, edition)
    where e.status = 'in_force'
    union all
    select x.postcode, x.district
    from transaction_statement x
    join edition_in_use e using (register, dataset, edition)
    where e.status = 'in_force'
),
spelled as (
    select postcode, district, area_key(district) as spelling_key, count(*) as spelled_n
    from named
    where postcode is not null and trim(district) <> ''
    group by postcode, district
),
counted as (
    select
        s.postcode, coalesce(l.area_name, s.spelling_key) as area_name, l.area_code,
        sum(s.spelled_n) as records_n
    from spelled s
    left join area_list l using (spelling_key)
    where s.spelling_key <> ''
    group by s.postcode, coalesce(l.area_name, s.spelling_key), l.area_code
),
ranked as (
    select
        *,
        sum(records_n) over (partition by postcode) as all_n,
        row_number() over (partition by postcode order by records_n desc, area_name, area_code) as best
    from counted
)
select
    postcode, area_name, area_code, cast(records_n as bigint) as records_n,
    cast(all_n - records_n as bigint) as others_n
from ranked
where best = 1
order by postcode
