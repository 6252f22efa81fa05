-- Seats on a board and management posts: interests of office, each with the record that states it.
select
    i.interest_id as officer_id,
    i.subject_id as company_id,
    i.party_id,
    s.party_kind,
    i.interest_type as role,
    i.native_code,
    i.valid_from as from_on,
    i.valid_to as to_on,
    i.is_open,
    s.is_left_censored,
    s.register,
    s.dataset,
    s.edition,
    s.record,
    i.statement_id
from interest i
join relationship_statement s using (statement_id)
where i.interest_type in ('boardMember', 'boardChair', 'seniorManagingOfficial')
