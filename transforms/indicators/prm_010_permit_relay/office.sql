-- Seats on a board and management posts of applicants. For an ended one the last day must be known. Public
-- and listed parties are left out, because they sit on many boards.
select officer_id, company_id, party_id, from_on, to_on
from officer
where (is_open or to_on is not null)
    and company_id in (select applicant_id from permit)
    and party_id not in (select entity_id from exempt)
