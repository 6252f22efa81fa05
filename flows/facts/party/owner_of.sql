with mine as (
    select *
    from graph_ubo
    where rowid in (from rows_of('graph_ubo.party_id', $ids)) and verdict in ('CERTAIN', 'POSSIBLE')
),
named as (
    select entity_id, name
    from entity
    where rowid in (from rows_of('entity.entity_id', (select list(subject_id) from mine)))
)
select
    b.party_id as id, b.subject_id, e.name, list(b.regime order by b.regime) as regimes, b.verdict, b.basis,
    row_number() over (partition by b.party_id order by {verdict_order}, b.subject_id, b.basis) as row_no
from mine b
left join named e on e.entity_id = b.subject_id
group by b.party_id, b.subject_id, e.name, b.verdict, b.basis
