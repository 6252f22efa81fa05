-- Every company above or beside one that was paid, under one ultimate controller, and each beside itself.
with members as (
    select control_group_id, subject_id as member_id from graph_control_group
    union
    select control_group_id, controller_id from graph_control_group
)
select a.member_id as company_id, b.member_id as buyer_id
from members a
join members b using (control_group_id)
where a.member_id in (select payee_id from received)
union
select company_id, company_id from company where company_id in (select payee_id from received)
