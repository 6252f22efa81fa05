-- Parties as Company, PublicBody, LegalEntity or Person, one column for each property.
-- A party on a watch list has the topics of the list.
with listed as (
    select party_id, list(distinct topic order by topic) as topics
    from (
        select
            party_id,
            -- If a list uses another vocabulary, the topic is that of its class.
            case
                when regexp_full_match(topic, '[a-z.]+') then topic
                when listing_class = 'pep' then 'role.pep'
                else listing_class
            end as topic
        from v_listing
        where is_open and party_id in (select unnest($ids))
    )
    group by party_id
)
select
    e.entity_id as id,
    case e.entity_type
        when 'registeredEntity' then 'Company' when 'stateBody' then 'PublicBody' else 'LegalEntity'
    end as schema,
    coalesce(e.name, e.entity_id) as name,
    c.former_names as "previousName",
    nullif(lower(e.jurisdiction), 'zz') as jurisdiction,
    e.legal_form as "legalForm",
    c.status,
    c.incorporated_on as "incorporationDate",
    c.dissolved_on as "dissolutionDate",
    case
        when not starts_with(e.entity_id, 'UT-') and not starts_with(e.entity_id, 'XI-LEI-')
        then regexp_extract(e.entity_id, '^[A-Z]{2}-[A-Z_0-9]+-(.*)$', 1)
    end as "registrationNumber",
    case when starts_with(e.entity_id, 'XI-LEI-') then substr(e.entity_id, 8) end as "leiCode",
    null as "birthDate",
    a.address_text as address,
    l.topics,
    r.publisher
from v_entity e
left join v_company c on c.company_id = e.entity_id
left join v_address a on a.address_id = c.address_id
left join v_register r on r.register = c.register
left join listed l on l.party_id = e.entity_id
where e.entity_id in (select unnest($ids))
union all by name
select
    p.person_id as id,
    'Person' as schema,
    case when p.person_type = 'knownPerson' then p.full_name else 'not named by the register' end as name,
    format('{:04d}', p.birth_year) || coalesce(format('-{:02d}', p.birth_month), '') as "birthDate",
    l.topics
from v_person p
left join listed l on l.party_id = p.person_id
where p.person_id in (select unnest($ids))
order by id
