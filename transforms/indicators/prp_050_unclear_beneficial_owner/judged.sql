-- Proprietors of titles, each with what its owners' declared shares can be together, and what follows.
with proprietors as (
    select
        h.title_id,
        h.party_id,
        h.proprietor_name,
        h.titles_on,
        h.territory,
        h.statement_id,
        h.party_statement_id,
        c.statement_id as company_statement_id,
        case
            when t.additional_proprietors is null then 'additional_not_stated'
            when t.additional_proprietors then 'additional_proprietors'
            when x.entity_id is not null then 'public_or_exempt'
            when h.method in ('record', 'records_agree')
                and h.party_statement_id in (
                    select statement_id from resolution where candidate_id is not null and score = 0
                ) then 'name_disagrees'
            when coalesce(split_part(n.jurisdiction, '-', 1), '') <> h.territory
                or c.legal_form_class in ('overseas_entity', 'overseas_company') then 'overseas'
            when h.method in ('record', 'records_agree') then 'no_company_number'
            when c.company_id is null then 'number_not_held'
            when c.is_residents_company then 'residents_company'
            when c.legal_form_class not in ('company', 'plc', 'llp', 'european_form', 'unregistered')
                or (c.legal_form_class = 'european_form' and not c.must_declare_owners) then 'form'
            when not c.is_active then 'not_active'
        end as not_covered
    from holding h
    join title t using (title_id)
    left join entity n on n.entity_id = h.party_id
    left join company c on c.company_id = h.party_id
    left join exempt x on x.entity_id = h.party_id
),
subjects as (
    select distinct
        party_id as subject_id,
        case when territory = 'gb' then 'UK' else 'AMLR' end as regime
    from proprietors
    where not_covered is null
),
holders as (
    select b.subject_id, b.party_id
    from graph_ubo b
    join subjects s on s.subject_id = b.subject_id
    where b.regime = s.regime and b.verdict in ('CERTAIN', 'POSSIBLE')
    union
    select g.subject_id, g.party_id
    from graph_integrated g
    join subjects s using (subject_id)
    join exempt x on x.entity_id = g.party_id
),
integrated as (
    select
        h.subject_id,
        h.party_id,
        g.share_max_declared as share_max,
        g.share_max_declared_exclusive as is_exclusive,
        row_number() over (
            partition by h.subject_id, h.party_id
            order by g.share_max_declared desc, g.share_max_declared_exclusive, g.basis
        ) as first_row
    from holders h
    join graph_integrated g on g.subject_id = h.subject_id and g.party_id = h.party_id
),
steps as (
    select b.subject_id, b.party_id, unnest(b.witness) as interest_id
    from graph_ubo b
    join subjects s on s.subject_id = b.subject_id and s.regime = b.regime
    where b.verdict in ('CERTAIN', 'POSSIBLE')
),
-- A chain that changes its basis, as from surplus assets of a partnership to shares, has no integrated
-- share: no more passes than its narrowest step allows.
through_steps as (
    select
        p.subject_id,
        p.party_id,
        min(i.share_max) as share_max,
        min(i.share_max) < coalesce(
            min(i.share_max) filter (where not coalesce(i.share_max_exclusive, false)), 101
        ) as is_exclusive
    from steps p
    join interest i on i.interest_id = p.interest_id
    where not exists (
        select 1 from integrated g where g.subject_id = p.subject_id and g.party_id = p.party_id
    )
    group by p.subject_id, p.party_id
    having count(*) = count(i.share_max)
),
uppers as (
    select subject_id, party_id, share_max, is_exclusive, first_row from integrated
    union all
    select subject_id, party_id, share_max, is_exclusive, 1 from through_steps
),
-- A holder belongs to a joint group if everything it holds, in the company or in an entity above it,
-- is held jointly by that group.
jointly as (
    select u.subject_id, u.party_id, min(i.joint_group) as joint_group
    from uppers u
    join interest i on i.party_id = u.party_id and i.is_open and i.share_max is not null
    where u.first_row = 1
        and u.party_id in (select party_id from interest where joint_group is not null)
        and (
            i.subject_id = u.subject_id
            or exists (
                select 1
                from graph_integrated g
                where g.party_id = i.subject_id and g.subject_id = u.subject_id
            )
        )
    group by u.subject_id, u.party_id
    having count(*) = count(i.joint_group) and min(i.joint_group) = max(i.joint_group)
),
counted as (
    select
        u.subject_id,
        coalesce(j.joint_group, u.party_id) as counted_as,
        max(u.share_max) as share_max,
        max(u.share_max) > coalesce(
            max(u.share_max) filter (where not u.is_exclusive), -1
        ) as is_exclusive
    from uppers u
    left join jointly j on j.subject_id = u.subject_id and j.party_id = u.party_id
    where u.first_row = 1
    group by u.subject_id, coalesce(j.joint_group, u.party_id)
),
-- Their shares reach the company through its direct holders, each with the most that its own records
-- there allow; a joint group counts once.
of_record as (
    select
        i.subject_id,
        i.party_id,
        i.joint_group,
        i.basis,
        i.statement_id,
        sum(coalesce(i.share_max, 100)) as share_max,
        bool_or(coalesce(i.share_max_exclusive, false)) as is_exclusive
    from interest i
    join subjects s using (subject_id)
    where i.is_open and i.basis in ('shares', 'votes', 'surplus_assets')
        and (
            exists (
                select 1 from holders h where h.subject_id = i.subject_id and h.party_id = i.party_id
            )
            or exists (
                select 1
                from graph_integrated g
                join holders h on h.party_id = g.party_id
                where g.subject_id = i.party_id and h.subject_id = i.subject_id
            )
        )
    group by i.subject_id, i.party_id, i.joint_group, i.basis, i.statement_id
),
-- Several records of one holding count once, with the widest bounds.
direct as (
    select
        subject_id,
        party_id,
        joint_group,
        basis,
        max(share_max) as share_max,
        max(share_max) > coalesce(max(share_max) filter (where not is_exclusive), -1) as is_exclusive
    from of_record
    group by subject_id, party_id, joint_group, basis
),
passing as (
    select
        subject_id,
        coalesce(joint_group, party_id) as counted_as,
        max(share_max) as share_max,
        max(share_max) > coalesce(max(share_max) filter (where not is_exclusive), -1) as is_exclusive
    from direct
    group by subject_id, coalesce(joint_group, party_id)
),
sums as (
    select subject_id, sum(share_max) as share_max, bool_or(is_exclusive) as is_exclusive
    from counted
    group by subject_id
    union all
    select subject_id, sum(share_max), bool_or(is_exclusive) from passing group by subject_id
),
ordered as (
    select
        *,
        row_number() over (partition by subject_id order by share_max, is_exclusive desc) as least_row
    from sums
),
together as (
    select subject_id, share_max, is_exclusive from ordered where least_row = 1
),
-- Together with those who control without a share.
named as (
    select subject_id, count(*) as holders_n from holders group by subject_id
),
above as (
    select
        subject_id,
        bool_or(mark = 'protected_party') as has_protected,
        bool_or(mark = 'held_by_trust_or_firm') as has_arrangement,
        bool_or(mark = 'owner_in_no_register') as has_unheld,
        bool_or(mark = 'owners_record_rejected') as has_rejected,
        bool_or(mark = 'person_without_right') as has_rightless
    from graph_reach
    group by subject_id
)
select
    p.*,
    coalesce(g.share_max, 0) as share_max,
    coalesce(g.is_exclusive, false) as is_exclusive,
    coalesce(d.holders_n, 0) as holders_n,
    case
        when p.not_covered is not null then p.not_covered
        when g.share_max > $share or (g.share_max = $share and not g.is_exclusive) then 'clear'
        when a.has_protected then 'protected'
        when u.subject_id is not null
            or a.has_rightless
            or p.party_id in (
                select subject_id from mark where mark = 'person_without_right'
            ) then 'right_not_known'
        when a.has_rejected or j.subject_id is not null then concat_ws('', 'rejected:', k.register)
        when a.has_arrangement then 'trust_or_firm'
        when a.has_unheld then 'owner_not_held'
        when edition_gap(k.gap, k.edition_on, p.titles_on) is not null
            then edition_gap(k.gap, k.edition_on, p.titles_on)
        else 'hit'
    end as outcome
from proprietors p
left join together g on g.subject_id = p.party_id
left join named d on d.subject_id = p.party_id
left join above a on a.subject_id = p.party_id
left join role_held k on k.territory = p.territory and k.role = 'owners'
left join rejected_subject j on j.subject_id = p.party_id and j.register = k.register
left join marked u on u.subject_id = p.party_id and u.mark = 'right_not_known'
