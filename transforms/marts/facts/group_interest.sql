-- The interests that place each company of `company_tie` in its control group: those that members of the
-- group have in it, and in the holders between it and the group's controller.
with rung as (
    select company_id, shared_id, company_id as held_id
    from company_tie
    where link = 'control_group'
    union
    select t.company_id, t.shared_id, c.party_id
    from company_tie t
    join graph_control c on c.subject_id = t.company_id and c.verdict = 'CERTAIN' and c.kind = 'control'
    where t.link = 'control_group'
)
select distinct r.company_id, r.shared_id, e.interest_id
from rung r
join graph_edge e on e.subject_id = r.held_id and e.interest_id is not null
join company_tie m
    on m.company_id = e.party_id and m.shared_id = r.shared_id and m.link = 'control_group'
