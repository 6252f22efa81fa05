-- Each of them with who left the title and who came to it, and what joins these two.
with members as (
    select control_group_id, subject_id as member_id from graph_control_group
    union
    select control_group_id, controller_id from graph_control_group
),
owners as (
    select distinct subject_id, party_id
    from graph_ubo
    where verdict in ('CERTAIN', 'POSSIBLE') and party_id is not null
)
select
    l.*,
    h.left_id,
    h.left_name,
    h.left_statement_id,
    h.came_name,
    h.statement_id as came_statement_id,
    case
        when l.title_id is null then 'no_deed'
        when l.middle is null then 'few_peers'
        when l.category <> 'standard' then 'not_alone'
        when h.left_id is null then 'no_seller'
        when x.entity_id is not null or coalesce(c.is_residents_company, false) then 'left_out'
        when h.right_kind = 'ownership' and t.tenure = 'leasehold' then 'burdened'
        when exists (
            select 1
            from members a
            join members b using (control_group_id)
            where a.member_id = h.left_id and b.member_id = h.came_id
        ) or exists (
            select 1
            from owners a
            join owners b on b.party_id = a.party_id
            where a.subject_id = h.left_id and b.subject_id = h.came_id
        ) then 'linked'
        when date_diff('day', h.shown_on, h.left_by) > 31 then 'editions_apart'
        else 'hit'
    end as outcome
from low l
left join title t on t.title_id = l.title_id
left join handover h on h.transaction_id = l.transaction_id and h.left_by <= $as_of
left join exempt x on x.entity_id = h.came_id
left join company c on c.company_id = h.came_id
