-- Records of persons in order of their anchors, with an address that may link them to others. Nearly all have
-- one address; for the others the smallest is taken.
create or replace temp table person_source as
with several as (
    select statement_id from person_address group by statement_id having count(*) > 1
),
listed as (
    select party_statement_id from listing_statement where party_statement_id is not null
),
linking as (
    select * from person_address where statement_id not in (select statement_id from several)
    union all
    select statement_id, min(address_id), min(postcode)
    from person_address
    semi join several using (statement_id)
    group by statement_id
),
record as (
    select
        s.statement_id,
        s.register,
        s.dataset,
        s.edition,
        s.record,
        -- A statement id is 24 hex digits of its record, a hyphen, and the part of the record.
        substr(s.statement_id, 26) as part,
        e.edition_order,
        s.full_name,
        s.forename,
        s.middle_names,
        s.surname,
        s.birth_year,
        s.birth_month,
        a.address_id,
        a.postcode,
        s.person_type = 'knownPerson' as is_known,
        s.statement_id in (select party_statement_id from listed) as is_listed
    from person_statement s
    join edition_in_use e using (register, dataset, edition)
    left join linking a using (statement_id)
    order by e.edition_order, s.register, s.dataset, s.record, s.statement_id
)
select row_number() over () - 1 as row_no, * from record
