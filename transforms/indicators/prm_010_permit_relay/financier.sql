-- Who finances a party, by its permits or by a charge. Banks and public bodies are left out, because they
-- lend to anybody. A party that is not known as a company is identified by its permit.
with lending as (
    select
        coalesce(p.applicant_id, case when p.applicant_kind <> 'unnamed' then p.permit_id end) as company_id,
        p.financier_id,
        p.statement_id,
        case when p.financier_name is null then 'permit_statement.financier_number'
            else 'permit_statement.financier_name'
        end as field
    from permit p
    where p.financier_id is not null and coalesce(p.financier_kind, '') not in ('conduit', 'public')
    union
    select h.borrower_id, h.lender_id, h.statement_id, 'charge_statement.lender_name'
    from charge h
    where h.lender_id is not null
        and h.kind <> 'attachment'
        and h.lender_kind not in ('conduit', 'public')
        and coalesce(h.created_on <= $as_of, true)
),
-- Banks and building societies by their industry code, in SIC, NACE and SBI.
banks as (
    select company_id
    from (select company_id, unnest(industry_codes) as code from company)
    where starts_with(code, '6419') and company_id in (select financier_id from lending)
)
select * from lending where financier_id not in (select company_id from banks)
