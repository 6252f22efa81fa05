-- These sales with who left the title, who came to it, and what the two share.
with sold as materialized (
    select l.*, h.left_id, h.left_name, h.left_statement_id, h.left_by, h.shown_on, h.came_id, h.came_name,
        h.statement_id as came_statement_id, h.right_kind
    from low l
    left join handover h on h.transaction_id = l.transaction_id and h.left_by <= $as_of
),
-- The groups of those who left are looked up first, because a group may have thousands of members.
leaving as materialized (
    select distinct s.left_id, s.came_id, t.link, t.shared_id
    from sold s
    join company_tie t on t.company_id = s.left_id
),
linked as (
    select distinct l.left_id, l.came_id
    from leaving l
    join company_tie t on t.company_id = l.came_id and t.link = l.link and t.shared_id = l.shared_id
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
