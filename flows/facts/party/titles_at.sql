with place as ({place}),
title_unit as materialized ({title_units_there}),
title_there as (
    select *
    from title
    where rowid in (from rows_of('title.title_id', (select list(title_id) from title_unit)))
),
held as (
    select *
    from proprietorship
    where rowid in (from rows_of('proprietorship.title_id', (select list(title_id) from title_unit)))
),
named as (
    select entity_id, name
    from entity
    where rowid in (from rows_of('entity.entity_id', (select list(party_id) from held)))
),
listed as (
    select distinct
        p.id, x.title_id, t.tenure, coalesce(t.address_text, a.address_text) as address_text, o.party_id,
        coalesce(e.name, o.proprietor_name) as proprietor_name, o.added_on, o.ended_on
    from place p
    join title_unit x on x.address_id = p.address_id
    join v_address a on a.address_id = p.address_id
    left join title_there t on t.title_id = x.title_id
    left join held o on o.title_id = x.title_id
    left join named e on e.entity_id = o.party_id
)
select
    *,
    row_number() over (
        partition by id
        order by title_id, ended_on nulls first, party_id nulls last, added_on nulls last
    ) as row_no
from listed
