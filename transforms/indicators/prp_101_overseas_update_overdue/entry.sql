-- Overseas proprietors of titles in the United Kingdom, each with its entry on the register of overseas
-- entities. The score is the candidate's, unless a reviewer judged the record to be its party's.
select
    h.title_id,
    h.proprietor_name,
    h.statement_id,
    h.party_statement_id,
    c.company_id,
    c.is_active,
    c.confirmation_due_on as due_on,
    c.statement_id as company_statement_id,
    c.edition_on,
    o.gap
from holding h
join title t using (title_id)
join entity n on n.entity_id = h.party_id
left join resolution r on r.statement_id = h.party_statement_id
left join company c
    on c.legal_form_class = 'overseas_entity'
    and (c.company_id = h.party_id or (c.company_id = r.candidate_id and r.score = 1))
left join out_of_edition o on o.company_id = c.company_id
-- The duty is in an Act of the United Kingdom, so it applies only to titles there.
where h.territory = 'gb' and coalesce(split_part(n.jurisdiction, '-', 1), '') <> 'gb'
