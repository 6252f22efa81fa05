with seat as materialized (
    select c.company_id, a.unit_id
    from company c
    join address a using (address_id)
    where a.address_class <> 'default' and c.incorporated_on <= $as_of and c.legal_form is not null
),
crowded as materialized (
    select
        c.company_id, s.unit_id, c.legal_form, c.industry_codes, c.incorporated_on, c.statement_id,
        c.address_statement_id,
        100 * (
            12 * year(c.incorporated_on) + month(c.incorporated_on)
        ) + day(c.incorporated_on) as made_at
    from seat s
    join company c using (company_id)
    where s.unit_id in (select unit_id from seat group by unit_id having count(*) >= $n)
),
holding as materialized (
    select subject_id, party_id, declaration_class
    from relationship
    where is_open and not is_office and subject_id in (select company_id from crowded)
),
owned as (
    select distinct subject_id, party_id from holding where party_id is not null
),
ranked as (
    select
        subject_id,
        party_id,
        row_number() over (partition by subject_id order by party_id) as place,
        count(*) over (partition by subject_id) as owners_n
    from owned
),
owner_set as (
    select
        subject_id,
        concat_ws(
            '|', cast(max(owners_n) as varchar),
            max(case when place = 1 then party_id end),
            max(case when place = 2 then party_id end),
            max(case when place = 3 then party_id end),
            max(case when place = 4 then party_id end),
            max(case when place = 5 then party_id end),
            max(case when place = 6 then party_id end),
            max(case when place = 7 then party_id end),
            max(case when place = 8 then party_id end)
        ) as owners
    from ranked
    group by subject_id
),
kinds as (
    select
        r.subject_id,
        case
            when p.person_type = 'knownPerson' then 'a natural person'
            when p.person_id is not null then 'a protected person'
            when e.entity_type = 'arrangement' then 'a trust or firm'
            when r.party_id is not null and e.jurisdiction is null
                then 'a legal entity of a place not stated'
            when r.party_id is not null
                and split_part(e.jurisdiction, '-', 1) in (select country from home_country)
                then 'a legal entity of the same country'
            when r.party_id is not null then 'a legal entity from elsewhere'
            when r.declaration_class = 'no_owner' then 'nobody'
            when r.declaration_class in ('undisclosed', 'protected', 'unknown')
                then 'somebody not named'
            when r.declaration_class = 'exempt' then 'an exemption'
        end as kind
    from holding r
    left join person p on p.person_id = r.party_id
    left join entity e on e.entity_id = r.party_id
),
kind_set as (
    select
        subject_id,
        concat_ws(' and ',
            max(case when kind = 'a natural person' then kind end),
            max(case when kind = 'a protected person' then kind end),
            max(case when kind = 'a trust or firm' then kind end),
            max(case when kind = 'a legal entity of a place not stated' then kind end),
            max(case when kind = 'a legal entity of the same country' then kind end),
            max(case when kind = 'a legal entity from elsewhere' then kind end),
            max(case when kind = 'nobody' then kind end),
            max(case when kind = 'somebody not named' then kind end),
            max(case when kind = 'an exemption' then kind end)
        ) as owners
    from kinds
    where kind is not null
    group by subject_id
),
compared as (
    select subject_id, 'same_owner_set' as likeness, owners from owner_set
    union all
    select subject_id, 'same_kind_of_owner', owners from kind_set
),
coded as (
    select distinct company_id, unnest(industry_codes) as industry_code from crowded
)
select
    k.unit_id, k.legal_form, d.industry_code, o.likeness, o.owners, k.company_id,
    k.incorporated_on, k.made_at, k.statement_id, k.address_statement_id
from crowded k
join coded d using (company_id)
join compared o on o.subject_id = k.company_id
