with seated as (
    select distinct company_id, area_name, area_code, left(code, 4) as nace_class
    from (
        select company_id, area_name, area_code, unnest(industry_codes) as code
        from company
        where territory = place and is_active and area_name is not null
    )
),
counted as (
    select area_name, area_code, nace_class, count(*) as companies_n
    from seated
    where nace_class <> '9999'
    group by area_name, area_code, nace_class
),
in_area as (
    select area_name, count(distinct company_id) as area_companies_n from seated group by area_name
),
in_class as (select nace_class, sum(companies_n) as class_companies_n from counted group by nace_class),
everywhere as (select count(distinct company_id) as all_n from seated),
quotient as (
    select
        c.*, a.area_companies_n,
        (c.companies_n / a.area_companies_n) / (i.class_companies_n / e.all_n) as value
    from counted c
    join in_area a on a.area_name = c.area_name
    join in_class i on i.nace_class = c.nace_class
    cross join everywhere e
),
fence_of as (
    select
        nace_class,
        count(*) as peers_n,
        quantile_cont(value, 0.75) + 3 * (quantile_cont(value, 0.75) - quantile_cont(value, 0.25)) as fence
    from quotient
    group by nace_class
),
together as (
    select s.area_name, s.nace_class, g.control_group_id, count(*) as members_n
    from seated s
    join graph_control_group g on g.subject_id = s.company_id
    group by s.area_name, s.nace_class, g.control_group_id
    having count(*) >= 3
)
select
    q.area_name, q.area_code, q.nace_class, q.companies_n, q.area_companies_n,
    round(q.value, 4) as location_quotient,
    f.peers_n,
    case when f.peers_n >= 20 then round(f.fence, 4) end as fence,
    t.control_group_id,
    t.members_n as group_companies_n,
    case when f.peers_n >= 20 then q.value > f.fence end as is_concentrated
from together t
join quotient q on q.area_name = t.area_name and q.nace_class = t.nace_class
join fence_of f on f.nace_class = t.nace_class
order by is_concentrated desc nulls last, location_quotient desc, area_name, nace_class, t.control_group_id
