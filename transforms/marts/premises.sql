-- Premises at which a register held has something: those that its address names by official id, and those
-- whose address is a unit in `address`. Other homes and offices of the country are left out. One row for each
-- period; the address is the newest of the main designation.
with occurrences as (
    select p.*
    from premises_statement p
    join edition_in_use e using (register, dataset, edition)
    where e.status = 'in_force' and p.kind <> 'building'
),
designations as (
    select
        d.designation_id, d.address_id, d.address_text, d.postcode,
        row_number() over (
            partition by d.designation_id
            order by (d.valid_to is null) desc, d.valid_to desc, d.valid_from desc, d.statement_id
        ) as newest
    from designation_statement d
    join edition_in_use e using (register, dataset, edition)
    where e.status = 'in_force'
),
buildings as (
    select
        p.object_id, p.built_year,
        row_number() over (
            partition by p.object_id
            order by (p.valid_to is null) desc, p.valid_to desc, p.valid_from desc, p.statement_id
        ) as newest
    from premises_statement p
    join edition_in_use e using (register, dataset, edition)
    where e.status = 'in_force' and p.kind = 'building'
),
parts as (
    select statement_id, unnest(building_ids) as building_id from occurrences
),
built as (
    select p.statement_id, min(b.built_year) as built_year
    from parts p
    join buildings b on b.object_id = p.building_id and b.newest = 1
    group by p.statement_id
),
addresses as (
    select object_id, designation_id from occurrences where designation_id is not null
    union
    select object_id, unnest(further_designation_ids) from occurrences
),
met as (
    select a.object_id
    from address_statement a
    join edition_in_use e using (register, dataset, edition)
    where a.object_id is not null
    union
    select s.object_id
    from addresses s
    join address_statement a on a.designation_id = s.designation_id
    join edition_in_use e on e.register = a.register and e.dataset = a.dataset and e.edition = a.edition
    union
    select s.object_id
    from addresses s
    join designations d on d.designation_id = s.designation_id and d.newest = 1
    join address u on u.address_id = d.address_id
)
select
    o.statement_id as premises_id,
    o.object_id,
    o.kind,
    o.uses,
    o.status,
    o.status_native,
    o.floor_area_m2,
    b.built_year,
    o.designation_id,
    d.address_id,
    d.address_text,
    d.postcode,
    o.valid_from,
    o.valid_to,
    o.register,
    o.dataset,
    o.edition,
    o.record,
    o.statement_id
from occurrences o
join met m on m.object_id = o.object_id
left join built b on b.statement_id = o.statement_id
left join designations d on d.designation_id = o.designation_id and d.newest = 1
