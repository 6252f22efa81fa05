-- Who certainly controls an entity at the release's date, and who did so by a right that gives control by
-- itself: more than half of the votes, of the shares while no votes are known, or a right to appoint the
-- board. Shares held indirectly count only if they are the whole: 60 per cent need not come from control. For
-- companies with a case of insolvency, a chain of such rights counts too, for the days on which all of them
-- held. Public and listed parties are left out, because they control half a country.
with recursive stated as (
    select
        interest_id,
        subject_id as company_id,
        party_id,
        basis,
        valid_from as from_on,
        case when not is_open then valid_to end as to_on,
        share_fault is null
            and (
                basis = 'board'
                or (basis = 'shares' and reach = 'indirect' and share_min = 100)
                or (
                    (basis = 'votes' or (basis = 'shares' and reach is distinct from 'indirect'))
                    and (share_min > 50 or (share_min = 50 and share_min_exclusive))
                )
            ) as is_control
    from interest
    where is_open or valid_to is not null
),
-- Shares of a company with known votes on some of the same days: they count once these have ended.
beside_votes as (
    select
        s.interest_id,
        max(v.to_on) as ended_on,
        bool_or(v.to_on is null or v.to_on >= s.to_on) as is_never
    from stated s
    join stated v on v.company_id = s.company_id
    where s.is_control and s.basis = 'shares' and v.basis = 'votes'
        and coalesce(s.from_on < v.to_on, true)
        and coalesce(v.from_on < s.to_on, true)
    group by s.interest_id
),
alone as materialized (
    select s.company_id, s.party_id, greatest(s.from_on, v.ended_on) as from_on, s.to_on
    from stated s
    left join beside_votes v on v.interest_id = s.interest_id
    where s.is_control and not coalesce(v.is_never, false)
),
chain as (
    select company_id, party_id, from_on, to_on
    from alone
    where from_on is not null and company_id in (select company_id from insolvency)
    union
    select c.company_id, a.party_id, greatest(c.from_on, a.from_on), least(c.to_on, a.to_on)
    from chain c
    join alone a on a.company_id = c.party_id
    where a.from_on is not null
        and a.party_id <> c.company_id
        and coalesce(greatest(c.from_on, a.from_on) < least(c.to_on, a.to_on), true)
),
right_held as (
    select company_id, party_id, from_on, to_on from alone
    union
    select company_id, party_id, from_on, to_on from chain
),
since as (
    select company_id, party_id, min(from_on) as from_on
    from right_held
    where to_on is null
    group by company_id, party_id
),
every as (
    select c.subject_id as company_id, c.party_id, s.from_on, cast(null as date) as to_on
    from graph_control c
    left join since s on s.company_id = c.subject_id and s.party_id = c.party_id
    where c.verdict = 'CERTAIN'
    union
    select company_id, party_id, from_on, to_on from right_held where to_on is not null
)
select company_id, party_id, from_on, to_on
from every
where party_id not in (select entity_id from exempt)
