-- Records whose party has another id than in the previous release, with what became of the two parties and
-- why.
with
{kinds},
moved as (
    select
        n.register,
        n.record,
        n.party_id,
        b.party_id as previous_party_id,
        max(n.score) as score,
        arg_max(n.method, (n.score, n.statement_id)) as method
    from resolution n
    join resolution_before b using (statement_id)
    where n.party_id <> b.party_id
    group by n.register, n.record, n.party_id, b.party_id
),
placed as (
    select distinct n.register, n.record, n.party_id, b.party_id as previous_party_id
    from resolution n
    join resolution_before b using (statement_id)
    where b.party_id in (select previous_party_id from kind)
),
-- A refused link between two records of one former party explains all records that left with either; else
-- only the record itself.
apart as (
    select one.previous_party_id, unnest([one.party_id, other.party_id]) as party_id, l.reason
    from resolution_link l
    join placed one on one.register = l.register and one.record = l.record
    join placed other on other.register = l.other_register and other.record = l.other_record
    where l.outcome = 'refused'
        and one.previous_party_id = other.previous_party_id
        and one.party_id <> other.party_id
),
parted as (
    select previous_party_id, party_id, min(reason) as reason from apart group by all
),
-- A judgement was withdrawn if it joined records before and no longer does. It explains both ids that
-- resulted, or, if the party that it joined them to stays, all records that left it.
withdrawn as (
    select distinct n.party_id, b.party_id as previous_party_id
    from resolution n
    join resolution_before b using (statement_id)
    where b.method = 'judgement' and n.method <> 'judgement'
),
withdrawn_of as (
    select distinct k.previous_party_id, k.party_id
    from kind k
    join withdrawn w
        on w.previous_party_id = k.previous_party_id and w.party_id in (k.party_id, k.previous_party_id)
),
refused as (
    select register, record, min(reason) as reason
    from (
        select register, record, reason from resolution_link where outcome = 'refused'
        union all
        select other_register, other_record, reason from resolution_link where outcome = 'refused'
    )
    group by register, record
),
explained as (
    select
        m.*,
        k.change,
        coalesce(
            'limit: ' || coalesce(p.reason, r.reason),
            if(w.party_id is null, 'no_link_left', 'judgement_withdrawn')
        ) as left_because
    from moved m
    join kind k using (previous_party_id, party_id)
    left join parted p using (previous_party_id, party_id)
    left join withdrawn_of w using (previous_party_id, party_id)
    left join refused r on r.register = m.register and r.record = m.record
)
select
    * exclude (left_because),
    case
        when change = 'renamed' then 'earliest_record'
        else concat_ws(
            '; ',
            if(change in ('merged', 'moved'), method, null),
            if(change in ('split', 'moved'), left_because, null)
        )
    end as reason
from explained
order by previous_party_id, party_id, register, record
