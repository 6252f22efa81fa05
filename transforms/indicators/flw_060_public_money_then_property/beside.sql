-- Every company above or beside one that was paid, under one ultimate controller, and each beside itself.
select a.company_id, b.company_id as buyer_id
from company_tie a
join company_tie b using (link, shared_id)
where a.link = 'control_group' and a.company_id in (select payee_id from received)
union
select company_id, company_id from company where company_id in (select payee_id from received)
