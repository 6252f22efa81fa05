-- measure, kind, area_name, area_code, n: every district with every kind, including counts of zero. Python
-- fills in the database (release) and the name for "no district known" (nowhere).
with seated as (
    select t.theme, c.area_name, c.area_code, c.company_id, c.incorporated_on > d.as_of - 365 as is_new
    from {release}.company_theme t
    join {release}.company c using (company_id)
    cross join {release}.release_day d
    where c.is_active
),
themed as (
    select theme, 'active' as what, area_name, area_code, company_id from seated
    union all
    select theme, 'begun_within_a_year', area_name, area_code, company_id from seated where is_new
    union all
    select s.theme, 'owner_unclear', s.area_name, s.area_code, s.company_id
    from seated s
    join {release}.flag f on f.subject_id = s.company_id
    where f.state = 'flagged' and f.indicator in (select unnest({owners_unclear}))
    union all
    select s.theme, f.lane, s.area_name, s.area_code, s.company_id
    from seated s
    join {release}.flag f on f.subject_id = s.company_id
    where f.state = 'flagged' and f.lane in ('stop', 'act', 'look')
),
subject as (
    select 'v_area_flag' as measure, indicator as kind, area_name, area_code, subject_id as id
    from {release}.flag
    where state = 'flagged'
    union all
    select
        'v_area_company', case when is_active then 'active' else 'not_active' end, area_name, area_code,
        company_id
    from {release}.company
    union all
    select 'v_area_property', p.register, t.area_name, t.area_code, t.title_id
    from {release}.proprietorship p
    join {release}.title t using (title_id)
    where p.ended_on is null
    union all
    select 'v_area_theme', concat_ws('/', theme, what), area_name, area_code, company_id
    from themed
),
kind as (
    select 'v_area_flag' as measure, code as kind from {release}.indicator
    union
    select 'v_area_company', unnest(['active', 'not_active'])
    union
    select 'v_area_theme', concat_ws('/', theme, what)
    from {release}.theme cross join (select unnest({theme_counts}) as what)
    union
    select distinct 'v_area_property', register from {release}.proprietorship
),
area as (
    select coalesce(area_name, '{nowhere}') as area_name, max(area_code) as area_code
    from (
        select area_name, area_code from {release}.company
        union all
        select area_name, area_code from {release}.title
        union all
        select area_name, area_code from {release}.flag
        union all
        select nullif(area_name, '{nowhere}'), area_code from {release}.dwelling
    )
    group by all
),
counted as (
    select measure, kind, area_name, cast(sum(n) as bigint) as n
    from (
        select measure, kind, coalesce(area_name, '{nowhere}') as area_name, count(distinct id) as n
        from subject
        group by all
        union all
        select 'v_area_flag', indicator, area_name, flagged_n from {release}.dwelling
    )
    group by all
)
select
    k.measure,
    k.kind,
    a.area_name,
    case when a.area_name = '{nowhere}' then null else a.area_code end as area_code,
    coalesce(c.n, 0) as n
from area a
cross join kind k
left join counted c on c.measure = k.measure and c.kind = k.kind and c.area_name = a.area_name
