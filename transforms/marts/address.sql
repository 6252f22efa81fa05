-- Units that are the seat of an entity, the premises of a permit, belong to a title, or are a proprietor's
-- address. Persons' service addresses are not here, nor dwellings that were only sold. The class comes from
-- the vocabulary (`address_class_list`), from what the registrar wrote, or from "care of" in half of the
-- seats; only `mass` is a count. Jersey, Guernsey and the Isle of Man have postcodes of the UK and are no
-- part of it.
with
-- Registers with such addresses. Registers with only sales are left out, because they have most addresses of
-- a country.
stating as (
    select distinct register
    from address_statement
    where role in ('registered', 'proprietor', 'premises')
    union
    select distinct register from title_statement
),
stated as (
    select
        a.statement_id,
        a.address_id,
        hash(a.address_id, a.role, a.address_text) as spelling,  -- a country's texts would not fit in memory
        a.role <> 'registered' as is_no_seat,
        e.status <> 'in_force' as is_past,
        -- The registrar writes this at each of its boxes; the vocabulary has only the one in Cardiff.
        a.role = 'registered'
            and coalesce(upper(a.address_text) like '%COMPANIES HOUSE DEFAULT ADDRESS%', false) as is_default,
        a.role = 'registered' and in_care(a.care_of, a.address_text) as is_in_care
    from address_statement a
    join edition_in_use e using (register, dataset, edition)
    where a.address_id is not null
        and a.register in (select register from stating)
        and (
            a.role in ('registered', 'proprietor', 'premises')
            or (a.role = 'property' and a.of_statement_id in (select statement_id from title_statement))
        )
),
-- How often each spelling occurs, including in records of sales.
spelled as (
    select hash(address_id, role, address_text) as spelling, count(*) as written_n
    from address_statement
    where hash(address_id, role, address_text) in (select spelling from stated)
    group by spelling
),
-- For each unit, the record whose text represents it.
chosen as (
    select
        s.address_id,
        min({
            'is_no_seat': s.is_no_seat,
            'is_past': s.is_past,
            'rarer': -n.written_n,
            'statement_id': s.statement_id
        }).statement_id as statement_id
    from stated s
    join spelled n using (spelling)
    group by s.address_id
),
-- Only the chosen ids are held in memory, not all columns of all records.
used as (
    select address_id, address_text, postcode, country, unit_key, statement_id, register
    from address_statement
    where statement_id in (select statement_id from chosen)
        and register in (select register from stating)
),
-- Units at which at least half of the seats receive post care of somebody else: an accountant, a liquidator.
of_practitioner as (
    select address_id
    from stated
    where not is_no_seat and not is_past
    group by address_id
    having 2 * count(*) filter (where is_in_care) >= count(*)
),
-- A suite of a listed building has the class of the building.
listed as (
    select u.address_id, min(l.address_class) as address_class
    from used u
    join address_class_list l on in_unit(u.unit_key, l.unit_key)
    group by u.address_id
),
seats as (
    select coalesce(l.unit_id, c.address_id) as unit_id, count(*) as active_seats_n
    from company c
    left join address_alias l on l.address_id = c.address_id
    where c.is_active and c.address_id is not null
    group by coalesce(l.unit_id, c.address_id)
)
select
    u.address_id,
    coalesce(w.unit_id, u.address_id) as unit_id,
    u.address_text,
    u.postcode,
    u.country,
    case
        when u.country in (select country from home_country) then u.country
        when u.country is null and r.territory in (select country from home_country)
            and not regexp_matches(coalesce(u.postcode, ''), '^(JE|GY|IM)[0-9]') then r.territory
    end as territory,
    case
        when u.address_id in (select address_id from stated where is_default) then 'default'
        when l.address_class is not null then l.address_class
        when u.address_id in (select address_id from of_practitioner) then 'practitioner'
        when coalesce(s.active_seats_n, 0) > $mass_seats_n then 'mass'
        else 'ordinary'
    end as address_class,
    coalesce(s.active_seats_n, 0) as active_seats_n,
    d.area_name,
    d.area_code,
    u.statement_id
from used u
left join area d on d.postcode = u.postcode
left join address_alias w on w.address_id = u.address_id
left join seats s on s.unit_id = coalesce(w.unit_id, u.address_id)
left join listed l on l.address_id = u.address_id
left join (select distinct register, territory from register_role) r on r.register = u.register
