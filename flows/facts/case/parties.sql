-- Name, kind and note of entities, persons and titles, and whether they are or may be on a list.
with likely as (
    select party_id, listed_party_id from v_screening where is_strong and party_id in (select unnest($ids))
),
listed as (
    select party_id as id, listing_class, true as is_certain
    from v_listing
    where is_open and party_id in (select unnest($ids))
    union all
    select s.party_id, l.listing_class, false
    from likely s
    join (
        from v_listing where party_id in (select unnest((select list(listed_party_id) from likely)))
    ) l on l.party_id = s.listed_party_id
    where l.is_open
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
own_title as (
    select title_id, address_text from title where rowid in (from rows_of('title.title_id', $ids))
),
-- Not in an edition in force; its former proprietor was a legal entity.
former_title as materialized (
    select title_id, address_id
    from title_address
    where
        rowid in (from rows_of('title_address.title_id', $ids))
        and title_id not in (select title_id from own_title)
),
party as (
    select e.entity_id as id, e.name, e.entity_type as kind, upper(e.jurisdiction) as note, c.is_active
    from entity e
    left join (
        select company_id, is_active from company where rowid in (from rows_of('company.company_id', $ids))
    ) c on c.company_id = e.entity_id
    where e.rowid in (from rows_of('entity.entity_id', $ids))
    union all
    select person_id, case when person_type = 'knownPerson' then full_name end, person_type, null, null
    from v_person
    where person_id in (select unnest($ids))
    union all
    select title_id, address_text, 'title', null, null from own_title
    union all
    select x.title_id, min(a.address_text), 'title', null, null
    from former_title x
    join (
        select address_id, address_text
        from v_address
        where address_id in (select unnest((select list(address_id) from former_title)))
    ) a using (address_id)
    group by x.title_id
)
select p.*, l.is_sanctioned, l.may_be_sanctioned, l.is_exposed, l.may_be_exposed
from party p
left join listing l on l.id = p.id
order by p.id
