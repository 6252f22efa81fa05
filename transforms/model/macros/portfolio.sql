with held as (
    select id as party_id, cast(null as varchar) as through
    union
    select subject_id, 'controlled'
    from graph_control
    where party_id = id and verdict = 'CERTAIN' and subject_id <> id
)
select
    p.title_id, t.address_text, t.area_name, p.party_id as proprietor_id, p.proprietor_name,
    h.through is not null as is_controlled, p.added_on, p.ended_on, t.price_paid_gbp, t.price_paid_eur,
    t.price_year, t.price_covers_several, p.statement_id
from held h
join proprietorship p
    on p.party_id = h.party_id
    and p.rowid in (from rows_of('proprietorship.party_id', (select list(party_id) from held)))
left join title t on t.title_id = p.title_id
order by p.ended_on nulls first, p.added_on nulls last, p.title_id, p.party_id
