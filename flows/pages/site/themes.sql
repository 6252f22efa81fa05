-- Active companies of each theme, by district and in the whole release (area_name null, is_all), with all
-- active companies there. Counts under $least are null, and districts with fewer companies of the theme left
-- out.
with seated as (
    select
        t.theme, c.area_name, c.company_id,
        coalesce(c.incorporated_on > r.as_of - 365, false) as is_new,
        count(f.flag_id) > 0 as is_flagged,
        count(f.flag_id) filter (where f.indicator in (select unnest($unclear))) > 0 as is_unclear
    from v_company_theme t
    join v_company c using (company_id)
    cross join v_release r
    left join v_flag f on f.subject_id = c.company_id and f.state = 'flagged'
    where c.is_active
    group by t.theme, c.area_name, c.company_id, c.incorporated_on, r.as_of
),
place as (
    select theme, area_name, false as is_all, is_new, is_flagged, is_unclear
    from seated
    where area_name is not null
    union all
    select theme, null, true, is_new, is_flagged, is_unclear from seated
),
counted as (
    select
        theme, area_name, is_all, count(*) as companies_n,
        count(*) filter (where is_new) as new_n,
        count(*) filter (where is_flagged) as flagged_n,
        count(*) filter (where is_unclear) as unclear_n
    from place
    group by theme, area_name, is_all
),
everywhere as (
    select area_name, false as is_all, count(*) as active_n from v_company where is_active group by area_name
    union all
    select null, true, count(*) from v_company where is_active
),
titled as (
    select theme, min(title) as title, min(title_nl) as title_nl from v_theme group by theme
)
select
    c.theme, t.title, t.title_nl, c.area_name, c.is_all, c.companies_n, e.active_n,
    case when c.new_n >= $least then c.new_n end as new_n,
    case when c.flagged_n >= $least then c.flagged_n end as flagged_n,
    case when c.unclear_n >= $least then c.unclear_n end as unclear_n
from counted c
join titled t using (theme)
join everywhere e on e.area_name is not distinct from c.area_name and e.is_all = c.is_all
where c.companies_n >= $least
qualify row_number() over (
    partition by c.theme order by c.is_all desc, c.companies_n * 1.0 / e.active_n desc, c.area_name
) <= $shown
order by t.title, c.is_all desc, c.companies_n * 1.0 / e.active_n desc, c.area_name
