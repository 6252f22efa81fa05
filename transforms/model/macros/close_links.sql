-- Per cent of capital or of votes, whichever is more. A pair reaches 20 per cent certainly (by its least
-- share), possibly (by its declared maximum), or not.
with mine as (
    select party_id, subject_id, share_min >= 20 as certain
    from graph_integrated
    where (party_id = id or subject_id = id) and basis in ('shares', 'votes')
        and (share_max_declared > 20 or (share_max_declared = 20 and not share_max_declared_exclusive))
),
holders as (
    select party_id, max(certain) as certain
    from mine
    where subject_id = id and party_id <> id
    group by party_id
),
links as (
    select
        case when party_id = id then subject_id else party_id end as other_id,
        cast(null as varchar) as via,
        certain
    from mine
    union all
    select g.subject_id, g.party_id, h.certain and g.share_min >= 20
    from graph_integrated g join holders h on h.party_id = g.party_id
    where g.subject_id <> id and g.basis in ('shares', 'votes')
        and (g.share_max_declared > 20 or (g.share_max_declared = 20 and not g.share_max_declared_exclusive))
),
found as (
    select other_id, via, max(certain) as certain from links where other_id <> id group by other_id, via
),
named as (
    select entity_id as party_id, name from entity where entity_id in (select other_id from found)
    union all
    select person_id, full_name from person where person_id in (select other_id from found)
)
select f.other_id, n.name, f.via, case when f.certain then 'CERTAIN' else 'POSSIBLE' end as verdict
from found f left join named n on n.party_id = f.other_id
order by f.other_id, f.via nulls first
