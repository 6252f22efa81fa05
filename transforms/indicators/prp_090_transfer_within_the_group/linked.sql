-- Who left and who came, with what they share: one control group, else a certain or possible beneficial
-- owner. The groups of those who left are looked up first, because a group may have thousands of members.
with leaving as materialized (
    select distinct h.left_id, h.came_id, t.link, t.shared_id
    from handover h
    join company_tie t on t.company_id = h.left_id
),
tied as (
    select l.left_id, l.came_id, max(l.link) as link
    from leaving l
    join company_tie t on t.company_id = l.came_id and t.link = l.link and t.shared_id = l.shared_id
    group by l.left_id, l.came_id
)
select h.*, t.link
from handover h
left join tied t using (left_id, came_id)
where h.left_by <= $as_of
