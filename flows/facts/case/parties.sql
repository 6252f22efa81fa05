-- Name, kind and note of entities, persons and titles, and whether a list names them or may name them.
with listed as (
    select party_id as id, listing_class, true as is_certain
    from v_listing
    where is_open and party_id in (select unnest($ids))
    union all
    select s.party_id, l.listing_class, false
    from v_screening s
    join v_listing l on l.party_id = s.listed_party_id
    where s.is_strong and l.is_open and s.party_id in (select unnest($ids))
),
listing as (
    select
        id,
        bool_or(is_certain and listing_class = 'sanction') as is_sanctioned,
        bool_or(listing_class = 'sanction') as may_be_sanctioned,
        bool_or(is_certain and listing_class = 'pep') as is_exposed,
        bool_or(listing_class = 'pep') as may_be_exposed
    from listed
    group by id
),
-- Titles in no edition in force, of which a former proprietor was a legal entity.
former_title as materialized (
    select title_id, address_id
    from v_title_address
    where
        title_id in (select unnest($ids))
        and title_id not in (select title_id from v_title where title_id in (select unnest($ids)))
),
party as (
    select e.entity_id as id, e.name, e.entity_type as kind, upper(e.jurisdiction) as note, c.is_active
    from v_entity e
    left join v_company c on c.company_id = e.entity_id
    where e.entity_id in (select unnest($ids))
    union all
    select person_id, case when person_type = 'knownPerson' then full_name end, person_type, null, null
    from v_person
    where person_id in (select unnest($ids))
    union all
    select title_id, address_text, 'title', null, null from v_title where title_id in (select unnest($ids))
    union all
    select x.title_id, min(a.address_text), 'title', null, null
    from former_title x
    join v_address a using (address_id)
    group by x.title_id
)
select p.*, l.is_sanctioned, l.may_be_sanctioned, l.is_exposed, l.may_be_exposed
from party p
left join listing l on l.id = p.id
order by p.id
