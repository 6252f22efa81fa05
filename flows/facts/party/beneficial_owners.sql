with mine as (select * from graph_ubo where rowid in (from rows_of('graph_ubo.subject_id', $ids))),
named as (
    select person_id, full_name from v_person where person_id in (select party_id from mine)
)
select
    b.subject_id as id, b.regime, b.party_id, p.full_name as name, b.verdict, b.basis,
    b.share_min, b.share_max_declared, b.share_max, b.reason, b.is_as_declared,
    row_number() over (
        partition by b.subject_id order by {verdict_order}, b.regime, b.party_id nulls last
    ) as row_no
from mine b
left join named p on p.person_id = b.party_id
