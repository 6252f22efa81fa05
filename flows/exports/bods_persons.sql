-- Columns as in bods_entities.sql, for persons: the name, and year and month of birth.
select
    person_id as id,
    'person' as kind,
    person_type as "personType",
    case
        when person_type <> 'knownPerson'
        then {
            'reason': 'interestedPartyExemptFromDisclosure',
            'description': 'The register does not name the person.'
        }
    end as "unspecifiedPersonDetails",
    case
        when person_type = 'knownPerson' and full_name is not null
        then [{'type': 'legal', 'fullName': full_name}]
    end as names,
    format('{:04d}', birth_year) || coalesce(format('-{:02d}', birth_month), '') as "birthDate"
from v_person
where person_id in (select unnest($ids))
order by id
