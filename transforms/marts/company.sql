-- One row for each entry of a company register: from the edition in force, or else from the last edition that
-- lists it. An entry leaves the register between two complete, dated editions. An extract proves that an
-- entry was there, never that it was not.
with entries as (
    select
        s.statement_id,
        s.register,
        s.dataset,
        s.identifier,
        concat_ws('-', s.identifier_scheme, s.identifier) as company_id,
        e.edition_date,
        e.edition_order,
        e.status as edition_status,
        e.completeness,
        row_number() over (
            partition by s.identifier_scheme, s.identifier
            order by (e.status = 'in_force') desc, e.edition_order desc, s.statement_id
        ) as newest
    from entity_statement s
    join edition_in_use e using (register, dataset, edition)
    where s.is_registry_entry and s.identifier is not null
),
last_seen as (
    select
        register,
        dataset,
        company_id,
        identifier,
        max(edition_order) as last_order,
        max(case when completeness = 'complete' then edition_date end) as last_complete_on
    from entries
    where company_id in (select company_id from entries where newest = 1 and edition_status <> 'in_force')
    group by register, dataset, company_id, identifier
),
-- The entry may be in a rejected record with its number, so it does not count as absent from that edition.
absence as (
    select
        l.register, l.dataset, l.company_id, l.last_complete_on as left_register_after,
        min(e.edition_date) as left_register_on
    from last_seen l
    join edition_in_use e
        on e.register = l.register
        and e.dataset = l.dataset
        and e.completeness = 'complete'
        and e.edition_order > l.last_order
    where l.last_complete_on is not null
        -- The entry is not in the edition in force. If a rejected record may be the entry, that proves
        -- nothing.
        and not exists (
            select 1 from reject_mention m
            join edition_in_use f
                on f.register = m.register and f.dataset = m.dataset and f.edition = m.edition
            where f.status = 'in_force'
                and m.register = l.register
                and m.dataset = l.dataset
                and m.token = l.identifier
        )
        and not exists (
            select 1 from reject_mention m
            where m.register = e.register and m.dataset = e.dataset and m.edition = e.edition
                and m.token = l.identifier
        )
    group by l.register, l.dataset, l.company_id, l.last_complete_on
),
-- Addresses without a postcode that name a district, in a home country or without a stated country.
named as (
    select a.statement_id, min(n.area_name) as area_name, min(n.area_code) as area_code
    from (
        select statement_id, area_key(piece) as place
        from (
            select statement_id, unnest(string_split(upper(address_text), ',')) as piece
            from address_statement
            where role = 'registered' and postcode is null
                and (country is null or country in (select country from home_country))
        ) p
    ) a
    join (
        select spelling_key as place, area_name, area_code from area_list
        union
        select area_name, area_name, area_code from area where basis = 'register' and area_code is null
    ) n on n.place = a.place
    group by a.statement_id
    having count(distinct n.area_name) = 1
)
select
    n.company_id,
    c.name,
    c.former_names,
    c.named_on,
    c.jurisdiction,
    c.status,
    c.status_native,
    c.legal_form,
    c.legal_form_class,
    c.incorporated_on,
    c.registered_on,
    c.dissolved_on,
    x.left_register_after,
    x.left_register_on,
    -- The editions may contain days after the date asked for.
    (
        c.status not in ('dissolved', 'closed', 'converted', 'removed')
        or coalesce(c.dissolved_on > $as_of, false)
    )
        and (c.dissolved_on is null or c.dissolved_on > $as_of)
        and (x.left_register_on is null or x.left_register_on > $as_of)
        and (c.incorporated_on is null or c.incorporated_on <= $as_of) as is_active,
    c.industry_codes,
    c.accounts_category,
    c.accounts_made_up_to,
    c.accounts_due_on,
    c.confirmation_due_on,
    c.charges_n,
    c.charges_outstanding_n,
    -- A number of another register belongs to a company under another law.
    exists (
        select 1
        from declaring_form_list f
        where f.identifier_scheme = c.identifier_scheme
            and f.legal_form_class = c.legal_form_class
            and (f.number_start is null or starts_with(c.identifier, f.number_start))
    ) as must_declare_owners,
    -- Any company may choose such a name, so it counts only together with SIC code 68320 (management of real
    -- estate for others). The codes for letting, buying or selling one's own property (68100, 68209) are
    -- those of companies set up to hold a property.
    coalesce(list_contains(c.industry_codes, '98000'), false)
        or c.legal_form_class = 'guarantee_company'
        or coalesce(
            list_contains(c.industry_codes, '68320')
            and (
                upper(c.name) like '%RESIDENTS%'
                or upper(c.name) like '%MANAGEMENT COMPANY%'
                or upper(c.name) like '%(MANAGEMENT)%'
                or upper(c.name) like '% RTM %'
            ),
            false
        ) as is_residents_company,
    a.address_id,
    a.statement_id as address_statement_id,
    a.object_id,
    -- With or without the box number: only the registrar writes this.
    coalesce(upper(a.address_text) like '%COMPANIES HOUSE DEFAULT ADDRESS%', false) as is_at_default_address,
    a.postcode,
    case when w.address_id is null then coalesce(d.area_name, m.area_name) end as area_name,
    case
        when w.address_id is not null then null
        when d.area_name is null then m.area_code
        else d.area_code
    end as area_code,
    t.territory,
    c.register,
    c.edition,
    n.edition_date as edition_on,
    c.statement_id
from entries n
join entity_statement c on c.statement_id = n.statement_id
left join (select distinct register, territory from register_role) t on t.register = c.register
left join absence x
    on x.register = c.register
    and x.dataset = c.dataset
    and x.company_id = n.company_id
    and n.edition_status <> 'in_force'
left join address_statement a on a.of_statement_id = c.statement_id and a.role = 'registered'
left join area d on d.postcode = a.postcode
left join named m on m.statement_id = a.statement_id
-- The registrar's default address says nothing about where a company is.
left join (
    select address_id from address_class_list where address_class = 'default'
    union
    select address_id
    from address_statement
    where role = 'registered' and address_id is not null
        and upper(address_text) like '%COMPANIES HOUSE DEFAULT ADDRESS%'
) w on w.address_id = a.address_id
where n.newest = 1
