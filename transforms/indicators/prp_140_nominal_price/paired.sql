-- Each of them with who left the title and who came to it, and what joins these two.
with sold as materialized (
    select l.*, h.left_id, h.left_name, h.left_statement_id, h.left_by, h.shown_on, h.came_id, h.came_name,
        h.statement_id as came_statement_id, h.right_kind
    from low l
    left join handover h on h.transaction_id = l.transaction_id and h.left_by <= $as_of
),
side as (
    select left_id as party_id from sold
    union
    select came_id from sold
),
-- Groups and owners of these parties alone: a group may have thousands of members.
bond as materialized (
    select control_group_id as bond_id, subject_id as party_id
    from graph_control_group
    where subject_id in (select party_id from side)
    union
    select control_group_id, controller_id
    from graph_control_group
    where controller_id in (select party_id from side)
    union
    select party_id, subject_id
    from graph_ubo
    where regime in ('AMLR', 'UK') and verdict in ('CERTAIN', 'POSSIBLE') and party_id is not null
        and subject_id in (select party_id from side)
),
linked as (
    select distinct s.left_id, s.came_id
    from sold s
    join bond a on a.party_id = s.left_id
    join bond b on b.party_id = s.came_id and b.bond_id = a.bond_id
)
select
    s.* exclude (left_by, shown_on, came_id, right_kind),
    case
        when s.middle is null then 'few_peers'
        when s.title_id is null then 'no_deed'
        when s.category <> 'standard' then 'not_alone'
        when s.left_id is null then 'no_seller'
        when x.entity_id is not null or coalesce(c.is_residents_company, false) then 'left_out'
        when s.right_kind = 'ownership' and t.tenure = 'leasehold' then 'burdened'
        when k.left_id is not null then 'linked'
        when date_diff('day', s.shown_on, s.left_by) > 31 then 'editions_apart'
        else 'hit'
    end as outcome
from sold s
left join title t on t.title_id = s.title_id
left join linked k on k.left_id = s.left_id and k.came_id = s.came_id
left join exempt x on x.entity_id = s.came_id
left join company c on c.company_id = s.came_id
