-- Charges and mortgages on titles, and charges that name none by who acquired a title shortly before; each
-- with what its lender is.
with on_title as (
    select
        p.title_id, p.proprietor_name, p.statement_id,
        h.charge_id, h.position, h.kind, h.lender_id, h.lender_name, h.lender_kind, h.created_on,
        h.statement_id as charge_statement_id
    from proprietorship p
    join charge h
        on h.title_id = p.title_id
        and coalesce(h.borrower_id, p.party_id) = p.party_id
    where p.ended_on is null
        and h.kind <> 'attachment'
        and h.status <> 'satisfied'
        and coalesce(h.created_on <= $as_of, true)
    union all
    select
        p.title_id, p.proprietor_name, p.statement_id,
        h.charge_id, h.position, h.kind, h.lender_id, h.lender_name, h.lender_kind, h.created_on,
        h.statement_id
    from proprietorship p
    join charge h
        on h.borrower_id = p.party_id
        and h.title_id is null
        and p.added_on is not null
        and date_diff('day', p.added_on, h.created_on) between 0 and $days
    where p.ended_on is null
        and h.kind <> 'attachment'
        and h.status <> 'satisfied'
        and h.created_on <= $as_of
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
