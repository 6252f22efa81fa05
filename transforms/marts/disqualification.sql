-- Who may not be a director, and for which companies they may nevertheless, in the editions in force. A home
-- without a purpose that allows it holds no such edition.
select
    r.party_id,
    d.party_kind,
    d.person_number,
    d.kind,
    d.company_name,
    d.valid_from,
    d.valid_to,
    (d.valid_from is null or d.valid_from <= $as_of)
    and (d.valid_to is null or d.valid_to >= $as_of) as is_open,
    d.register,
    d.dataset,
    d.edition,
    d.record,
    d.party_statement_id,
    d.statement_id
from disqualification_statement d
join edition_in_use e using (register, dataset, edition)
join resolution r on r.statement_id = d.party_statement_id
where e.status = 'in_force'
