with listed as (select * from graph_ubo where rowid in (from rows_of('graph_ubo.subject_id', [id]))),
proof as (
    select i.interest_id, i.statement_id
    from interest i
    where i.interest_id in (select unnest(witness) from listed)
),
records as (
    select w.party_id, w.regime, count(distinct p.statement_id) as records_n
    from (select party_id, regime, unnest(witness) as interest_id from listed) w
    join proof p using (interest_id)
    group by w.party_id, w.regime
),
named as (
    select person_id as party_id, full_name as name
    from person
    where person_id in (select party_id from listed)
)
select
    l.regime, l.party_id, n.name, l.share_min, l.share_max_declared, l.share_max, l.share_min_exclusive,
    l.share_max_declared_exclusive, l.verdict, l.basis, l.reason, l.is_as_declared, l.witness,
    coalesce(r.records_n, 0) as records_n
from listed l
left join named n on n.party_id = l.party_id
left join records r on r.party_id = l.party_id and r.regime = l.regime
order by l.regime, l.party_id
