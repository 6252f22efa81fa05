with place as ({place}),
title as (
    select distinct
        p.id, x.title_id, t.tenure, coalesce(t.address_text, a.address_text) as address_text, o.party_id,
        coalesce(e.name, o.proprietor_name) as proprietor_name, o.added_on, o.ended_on
    from place p
    join v_title_address x on x.address_id = p.address_id
    join v_address a on a.address_id = p.address_id
    left join v_title t on t.title_id = x.title_id
    left join v_proprietorship o on o.title_id = x.title_id
    left join v_entity e on e.entity_id = o.party_id
)
select
    *,
    row_number() over (
        partition by id
        order by title_id, ended_on nulls first, party_id nulls last, added_on nulls last
    ) as row_no
from title
