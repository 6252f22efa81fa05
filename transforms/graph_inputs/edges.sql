-- Open interests, from the holder (party_id) to the entity held (subject_id). A holder on the register
-- without a known nature of control, such as a super-secure record, is still part of the network, with basis
-- `closure`.
with incomplete as (
    -- Subjects whose list of holders is not complete: there is a declaration, an unnamed party or a protected
    -- party, or a register that states holders has a rejected record with their number.
    select subject_id from relationship where is_open and (party_id is null or declaration_class is not null)
    union
    select r.subject_id
    from relationship r
    join person p on p.person_id = r.party_id
    where r.is_open and p.person_type <> 'knownPerson'
    union
    select e.entity_id
    from entity e
    join reject_mention m on m.token = split_part(e.entity_id, '-', 3)
    where m.register in (select distinct register from relationship_statement)
),
listed as (
    select r.statement_id, b.basis
    from relationship r
    join relationship_statement s using (statement_id)
    join complete_basis b on b.register = s.register
    where r.is_open and r.subject_id not in (select subject_id from incomplete where subject_id is not null)
),
-- Interests without a stated share, such as most on a watch list.
unstated as (
    select
        interest_id, subject_id, party_id, basis, reach = 'indirect' as is_indirect,
        substr(statement_id, 1, 24) as record
    from interest
    where is_open and basis in ('shares', 'votes', 'surplus_assets') and share_min is null
),
-- Of these, interests for which another record states the share: the same holding, stated twice. (The first
-- 24 digits of a statement's id are those of its record, which may state two classes of shares.) And
-- interests of somebody who holds the whole: KVK also registers a sole shareholder as one whose shares are
-- not paid up.
repeated as (
    select distinct u.interest_id
    from interest o
    join unstated u on u.subject_id = o.subject_id and u.party_id = o.party_id and u.basis = o.basis
    where o.is_open
        and o.share_min is not null
        and u.is_indirect = (o.reach = 'indirect')
        and (u.record <> substr(o.statement_id, 1, 24) or o.share_min = 100)
)
select
    i.party_id, i.subject_id, i.interest_id, i.statement_id, i.basis, i.reach, i.joint_group,
    i.share_min, i.share_max, i.share_min_exclusive, i.share_max_exclusive,
    l.basis is not null as is_complete
from interest i
left join listed l on l.statement_id = i.statement_id and l.basis = i.basis
left join repeated d on d.interest_id = i.interest_id
where i.is_open and i.basis <> 'unknown' and d.interest_id is null
union all
select
    r.party_id, r.subject_id, null, r.statement_id, 'closure', 'unknown', null, null, null, false, false,
    false
from relationship r
where r.is_open and r.party_kind = 'person' and r.party_id is not null
    -- A seat on the board is a known right and not a holding.
    and not exists (
        select 1 from interest i
        where i.statement_id = r.statement_id
            and (
                i.basis <> 'unknown'
                or i.interest_type in ('boardMember', 'boardChair', 'seniorManagingOfficial')
            )
    )
