-- Titles in the editions in force. If the record in force was rejected, the last readable record is used.
with known as (
    select
        t.statement_id,
        e.status,
        -- A title is in one file; with a joint owner from abroad it is in the overseas file as well.
        row_number() over (
            partition by t.title_id
            order by (e.status = 'in_force') desc, e.edition_order desc, t.register, t.statement_id
        ) as newest
    from title_statement t
    join edition_in_use e using (register, dataset, edition)
    where t.removed_on is null
),
rejected as (
    select distinct m.register, m.dataset, concat_ws('-', w.identifier_scheme, m.token) as title_id
    from reject_mention m
    join register_role w using (register)
    join edition_in_use e using (register, dataset, edition)
    where e.status = 'in_force'
),
-- Compare each distinct name once, not once for each record.
districts as (
    select d.district, coalesce(l.area_name, nullif(area_key(d.district), '')) as area_name, l.area_code
    from (select distinct district from title_statement) d
    left join area_list l on l.spelling_key = area_key(d.district)
    where d.district is not null
)
select
    t.title_id,
    t.tenure,
    t.address_text,
    t.postcode,
    t.units_n,
    t.multiple_addresses,
    t.price_paid_gbp,
    t.additional_proprietors,
    t.cadastral_name,
    t.land_use,
    t.land_area_m2,
    t.price_paid_eur,
    t.price_year,
    t.price_covers_several,
    coalesce(d.area_name, a.area_name) as area_name,
    case when d.area_name is null then a.area_code else d.area_code end as area_code,
    w.territory,
    t.register,
    t.edition,
    t.statement_id
from known n
join title_statement t on t.statement_id = n.statement_id
left join rejected j using (register, dataset, title_id)
left join districts d on d.district = t.district
left join area a on a.postcode = t.postcode
left join (select distinct register as listed_in, territory from register_role) w on w.listed_in = t.register
where n.newest = 1 and (n.status = 'in_force' or j.title_id is not null)
