-- Charges and mortgages on titles, and charges that name no title by borrowers who acquired one shortly
-- before; each with the kind of its lender.
with on_title as (
    select *
    from charge_on_title
    where coalesce(created_on <= $as_of, true) and coalesce(days_after <= $days, true)
),
undisclosed as (
    select subject_id, min(statement_id) as statement_id
    from relationship
    where is_open and declaration_class = 'undisclosed'
    group by subject_id
),
-- Section K of SIC, NACE and SBI: banks and other lenders, insurers, funds, and what serves them.
coded as (
    select company_id, bool_or(regexp_matches(code, '^6[456]')) as is_financial
    from (select company_id, unnest(industry_codes) as code from company)
    where company_id in (select lender_id from on_title)
    group by company_id
)
select
    o.*,
    c.statement_id as lender_statement_id,
    u.statement_id as undisclosed_statement_id,
    case
        when o.lender_kind = 'person' then 'natural_person'
        when o.lender_id is null and o.lender_kind in ('conduit', 'public') then 'miss'
        when o.lender_id is null then 'lender_not_known'
        when u.subject_id is not null then 'undisclosed_owners'
        when x.entity_id is not null or o.lender_kind in ('conduit', 'public') then 'miss'
        when k.is_financial is null then 'no_industry_code'
        when k.is_financial then 'miss'
        else 'non_financial'
    end as outcome
from on_title o
left join company c on c.company_id = o.lender_id
left join coded k on k.company_id = o.lender_id
left join undisclosed u on u.subject_id = o.lender_id
left join exempt x on x.entity_id = o.lender_id
