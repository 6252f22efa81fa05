-- Titles of a party (`through` null) and of what it certainly controls. A title that is not in an edition in
-- force (sold to a party in no register) takes its address and district from its unit.
with holder as (
    select unnest($ids) as id, unnest($ids) as party_id, cast(null as varchar) as through
    union all
    select party_id, subject_id, subject_id
    from v_control
    where verdict = 'CERTAIN' and kind = 'control' and party_id in (select unnest($ids))
),
mine as materialized (
    select *
    from proprietorship
    where rowid in (from rows_of('proprietorship.party_id', (select list(party_id) from holder)))
),
held as (
    select h.id, p.title_id, h.through, p.added_on, p.ended_on, p.method, p.position
    from holder h
    join mine p on p.party_id = h.party_id
),
unit as (
    select
        x.title_id, min(a.address_text) as address_text,
        min(a.area_name) as area_name, arg_min(a.area_code, a.area_name) as area_code
    from title_address x
    join v_address a on a.address_id = x.address_id
    where x.rowid in (from rows_of('title_address.title_id', (select list(title_id) from held)))
    group by x.title_id
),
named as (
    select entity_id, name
    from entity
    where rowid in (from rows_of('entity.entity_id', (select list(through) from held)))
),
title_held as (
    select *
    from title
    where rowid in (from rows_of('title.title_id', (select list(title_id) from held)))
)
select
    h.id, h.title_id, h.through, e.name as through_name, t.tenure,
    t.price_paid_gbp, t.price_paid_eur,
    case when t.title_id is null then u.address_text else coalesce(t.address_text, t.cadastral_name) end
        as address_text,
    case when t.title_id is null then u.area_name else t.area_name end as area_name,
    case when t.title_id is null then u.area_code else t.area_code end as area_code,
    h.added_on, h.ended_on, h.method, h.position
from held h
left join title_held t on t.title_id = h.title_id
left join unit u on u.title_id = h.title_id
left join named e on e.entity_id = h.through
