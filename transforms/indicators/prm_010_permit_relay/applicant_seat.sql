-- Seats of applicants, except those that many share.
select s.company_id, s.address_id, s.statement_id
from seat_held s
join address u on u.address_id = s.address_id
where u.address_class = 'ordinary' and s.company_id in (select applicant_id from permit)
