-- Proprietors of titles, each with the reason why its owners are not added up, if they are not.
select
    h.title_id,
    h.party_id,
    h.proprietor_name,
    h.titles_on,
    h.territory,
    h.statement_id,
    h.party_statement_id,
    c.statement_id as company_statement_id,
    case
        when t.additional_proprietors is null then 'additional_not_stated'
        when t.additional_proprietors then 'additional_proprietors'
        when x.entity_id is not null then 'public_or_exempt'
        when h.method in ('record', 'records_agree')
            and h.party_statement_id in (
                select statement_id from resolution where candidate_id is not null and score = 0
            ) then 'name_disagrees'
        when coalesce(split_part(n.jurisdiction, '-', 1), '') <> h.territory
            or c.legal_form_class in ('overseas_entity', 'overseas_company') then 'overseas'
        when h.method in ('record', 'records_agree') then 'no_company_number'
        when c.company_id is null then 'number_not_held'
        when c.is_residents_company then 'residents_company'
        when c.legal_form_class not in ('company', 'plc', 'llp', 'european_form', 'unregistered')
            or (c.legal_form_class = 'european_form' and not c.must_declare_owners) then 'form'
        when not c.is_active then 'not_active'
    end as not_covered
from holding h
join title t using (title_id)
left join entity n on n.entity_id = h.party_id
left join company c on c.company_id = h.party_id
left join exempt x on x.entity_id = h.party_id
