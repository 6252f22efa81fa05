-- Who certainly controls an entity at the release's date; and who did by a right that has ended: more than
-- half of its shares or votes, or a right to appoint its board. Public and listed parties control half a
-- country, and are left out.
with since as (
    select subject_id, party_id, min(valid_from) as from_on
    from interest
    where is_open
    group by subject_id, party_id
),
every as (
    select c.subject_id as company_id, c.party_id, s.from_on, cast(null as date) as to_on
    from graph_control c
    left join since s on s.subject_id = c.subject_id and s.party_id = c.party_id
    where c.verdict = 'CERTAIN'
    union
    select subject_id, party_id, valid_from, valid_to
    from interest
    where not is_open
        and valid_to is not null
        and share_fault is null
        and (
            basis = 'board'
            or (basis in ('shares', 'votes') and (share_min > 50 or (share_min = 50 and share_min_exclusive)))
        )
)
select company_id, party_id, from_on, to_on
from every
where party_id not in (select entity_id from exempt)
    and party_id not in (
        select entity_id from entity where is_listed or entity_type in ('state', 'stateBody')
    )
