-- Interests of relationships that name a party. Registers record each joint holder with the whole share. So
-- holders of one subject with the same natures and bands since the same day are one joint group, if they
-- cannot all hold separately: if their least shares add up to more than the whole.
with since as (
    select subject_id, valid_from
    from relationship
    where is_open and party_id is not null and valid_from is not null
    group by subject_id, valid_from
    having count(*) > 1
),
-- Subjects with several relationships since the same day.
several as (
    select r.statement_id, r.subject_id, r.party_id, r.valid_from
    from relationship r
    join since s using (subject_id, valid_from)
    where r.is_open and r.party_id is not null
),
natures as (
    select
        relationship_statement_id,
        count(*) as natures_n,
        min(interest_type) as first_nature,
        max(interest_type) as last_nature,
        min(share_min) as least_share,
        max(share_max) as most_share
    from interest_statement
    where relationship_statement_id in (select statement_id from several)
    group by relationship_statement_id
),
alike as (
    select
        i.statement_id,
        r.subject_id,
        r.party_id,
        concat_ws(
            '/', r.subject_id, 'alike', cast(r.valid_from as varchar), cast(n.natures_n as varchar),
            n.first_nature, n.last_nature, cast(n.least_share as varchar), cast(n.most_share as varchar)
        ) as alike_group,
        i.basis,
        i.share_min,
        i.share_min_exclusive
    from interest_statement i
    join several r on r.statement_id = i.relationship_statement_id
    join natures n on n.relationship_statement_id = i.relationship_statement_id
    where i.joint_group is null and i.share_min > 0 and i.share_fault is null
),
jointly as (
    select alike_group, basis
    from alike
    group by alike_group, basis, share_min
    having count(distinct party_id) > 1
        and (
            count(distinct party_id) * share_min > 100
            or (count(distinct party_id) * share_min = 100 and bool_or(share_min_exclusive))
        )
)
select
    i.statement_id as interest_id,
    r.statement_id,
    r.subject_id,
    r.party_id,
    i.interest_type,
    i.native_code,
    i.basis,
    i.reach,
    coalesce(i.joint_group, j.alike_group) as joint_group,
    i.share_min,
    i.share_max,
    i.share_min_exclusive,
    i.share_max_exclusive,
    i.share_fault,
    i.share_native,
    r.valid_from,
    r.valid_to,
    r.is_open
from interest_statement i
join relationship r on r.statement_id = i.relationship_statement_id
left join (
    select a.statement_id, a.alike_group
    from alike a
    join jointly g on g.alike_group = a.alike_group and g.basis = a.basis
) j on j.statement_id = i.statement_id
where r.party_id is not null
