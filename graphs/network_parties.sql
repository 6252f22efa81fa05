select
    e.entity_id as party_id,
    case when e.entity_type = 'arrangement' then 'arrangement' else 'legal_entity' end as kind,
    e.name, e.entity_type, e.jurisdiction, e.legal_form, e.in_register, c.is_active, c.incorporated_on
from v_entity e
left join v_company c on c.company_id = e.entity_id
where e.entity_id in (select unnest($parties))
union all by name
select
    person_id as party_id,
    case when person_type = 'knownPerson' then 'person' else 'protected' end as kind,
    case when person_type = 'knownPerson' then full_name end as name
from v_person
where person_id in (select unnest($parties))
order by party_id
