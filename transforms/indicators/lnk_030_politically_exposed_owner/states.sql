with held as (
    select count(*) > 0 as has_list from listing where listing_class = 'pep'
),
pep as materialized (
    select party_id, is_candidate from listed_party where listing_class = 'pep'
),
owner as materialized (
    select subject_id, party_id, verdict
    from graph_ubo
    where regime in ('AMLR', 'UK')
        and verdict in ('CERTAIN', 'POSSIBLE')
        and party_id in (select party_id from pep)
),
exposed as (
    select
        o.subject_id, cast(null as varchar) as subtype, count(distinct o.party_id) as n,
        min(lower(o.verdict)) as verdict,
        count(distinct case when o.verdict = 'CERTAIN' then o.party_id end) as certain_n
    from owner o
    join pep l on l.party_id = o.party_id and not l.is_candidate
    group by o.subject_id
),
possibly as (
    select
        o.subject_id, 'candidate' as subtype, count(distinct o.party_id) as n,
        min(lower(o.verdict)) as verdict,
        count(distinct case when o.verdict = 'CERTAIN' then o.party_id end) as certain_n
    from owner o
    join pep c on c.party_id = o.party_id and c.is_candidate
    where o.subject_id not in (select subject_id from exposed)
    group by o.subject_id
),
found as (
    select * from exposed union all select * from possibly
)
select
    a.subject_id,
    case
        when f.subject_id is not null then 'flagged'
        when h.has_list then 'not_flagged'
        else 'not_assessable'
    end as state,
    case
        when f.subject_id is not null then f.verdict
        when not h.has_list then 'no_pep_list'
    end as reason,
    f.subtype,
    f.n as value,
    'persons' as unit,
    case
        when f.subject_id is not null
            then concat_ws('',
                'has ', cast(f.n as varchar),
                case when f.n = 1 then ' beneficial owner' else ' beneficial owners' end,
                case
                    when f.verdict = 'possible' then ', possible on the bounds declared,'
                    when f.certain_n < f.n
                        then concat_ws(
                            '', ', ', cast(f.n - f.certain_n as varchar),
                            ' of them only possible on the bounds declared,'
                        )
                    else ''
                end,
                case
                    when f.subtype is null then ' on a list of politically exposed persons'
                    else concat_ws('',
                        ' that may be on a list of politically exposed persons:',
                        ' a candidate of screening, which nobody has confirmed'
                    )
                end
            )
    end as finding
from listable_entity a
cross join held h
left join found f on f.subject_id = a.subject_id
