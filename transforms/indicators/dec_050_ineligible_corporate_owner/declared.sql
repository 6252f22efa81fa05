-- Corporate owners named in a company's own register of owners, and whether they are allowed there.
select
    r.subject_id,
    r.party_id,
    r.statement_id,
    r.party_statement_id,
    e.name,
    e.jurisdiction,
    case
        when d.subject_id is not null or x.entity_id is not null or e.is_listed then 'eligible'
        when e.jurisdiction is not null and split_part(e.jurisdiction, '-', 1) <> o.territory then 'foreign'
        when e.jurisdiction is null and not e.in_register then 'place_not_known'
        else 'eligible'
    end as outcome
from relationship r
join entity e on e.entity_id = r.party_id
join resolution s on s.statement_id = r.party_statement_id
join register_role o on o.register = s.register and o.role = 'owners' and not o.is_partial
left join company c on c.company_id = r.subject_id
left join mark d on d.subject_id = r.party_id and d.mark = 'declares_owners'
left join exempt x on x.entity_id = r.party_id and x.exempt_class = 'listed'
where r.is_open
    and not r.is_office
    and e.entity_type = 'registeredEntity'
    and coalesce(c.legal_form_class, '') <> 'overseas_entity'
