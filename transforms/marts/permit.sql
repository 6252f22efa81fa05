-- Permits in the editions in force. A party is identified by the stated number, whether or not its register
-- is held, unless the name beside it is another company's; without a number, by its exact full name with its
-- legal form, if only one company had that name on the day of the application or of the decision.
with stated as (
    select s.*, coalesce(s.applied_on, s.decided_on) as stated_on
    from permit_statement s
    join edition_in_use e using (register, dataset, edition)
    where e.status = 'in_force'
),
parties as (
    select
        statement_id, stated_on, 'applicant' as part, applicant_kind as kind, applicant_name as name,
        applicant_scheme as scheme, applicant_number as number
    from stated
    union all
    select
        statement_id, stated_on, 'financier', financier_kind, financier_name,
        financier_scheme, financier_number
    from stated
    union all
    select statement_id, stated_on, 'lessor', lessor_kind, lessor_name, lessor_scheme, lessor_number
    from stated
    union all
    select statement_id, stated_on, 'manager', manager_kind, manager_name, manager_scheme, manager_number
    from stated
),
by_name as (
    select p.statement_id, p.part, min(b.company_id) as party_id
    from parties p
    join company_name b
        on b.name_key = business_name(p.name)
        and (b.valid_from is null or p.stated_on is null or b.valid_from <= p.stated_on)
        and (b.valid_to is null or p.stated_on is null or b.valid_to >= p.stated_on)
    where p.kind = 'company' and p.number is null
    group by p.statement_id, p.part
    having count(distinct b.company_id) = 1
),
-- Numbers beside a name with a legal form that no name of the company with the number is like: slips.
slip as (
    select p.name, p.company_id
    from (
        select distinct name, concat_ws('-', scheme, number) as company_id
        from parties
        where kind = 'company' and name is not null and number is not null
    ) p
    join (
        select company_id, name from company
        union all
        select company_id, unnest(former_names) from company
        union all
        select company_id, name from other_name
    ) n using (company_id)
    group by p.name, p.company_id
    having not bool_or(may_name_one(business_name(p.name), business_name(n.name)))
),
known as (
    select
        p.statement_id,
        p.part,
        case when p.number is not null then concat_ws('-', p.scheme, p.number) else n.party_id end as party_id
    from parties p
    left join by_name n on n.statement_id = p.statement_id and n.part = p.part
    left join slip s on s.name = p.name and s.company_id = concat_ws('-', p.scheme, p.number)
    where s.company_id is null
)
select
    s.statement_id as permit_id,
    s.permit,
    s.authority_id,
    s.permit_kind,
    s.state,
    s.applied_on,
    s.decided_on,
    a.address_id as premises_id,
    a.address_text,
    d.area_name,
    d.area_code,
    k.party_id as applicant_id,
    s.applicant_kind,
    s.applicant_name,
    f.party_id as financier_id,
    s.financier_kind,
    s.financier_name,
    l.party_id as lessor_id,
    s.lessor_kind,
    s.lessor_name,
    m.party_id as manager_id,
    s.manager_kind,
    s.manager_name,
    s.lessor_in_refusal,
    s.register,
    s.dataset,
    s.edition,
    s.record,
    s.statement_id
from stated s
join address_statement a on a.of_statement_id = s.statement_id and a.role = 'premises'
left join area d on d.postcode = a.postcode
left join known k on k.statement_id = s.statement_id and k.part = 'applicant'
left join known f on f.statement_id = s.statement_id and f.part = 'financier'
left join known l on l.statement_id = s.statement_id and l.part = 'lessor'
left join known m on m.statement_id = s.statement_id and m.part = 'manager'
