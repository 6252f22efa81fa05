-- What public bodies paid companies of the registers held, and whether the latest accounts are dormant and
-- cover the day. The registers state only the last day of the accounts, which are assumed to cover the 365
-- days up to it.
select
    f.payee_id,
    f.amount,
    f.currency,
    f.flowed_on,
    f.statement_id,
    c.statement_id as company_statement_id,
    c.is_residents_company,
    c.accounts_category,
    c.accounts_made_up_to,
    coalesce(
        not c.is_residents_company
            and c.accounts_category in ('DORMANT', 'FILING EXEMPTION SUBSIDIARY')
            and date_diff('day', f.flowed_on, c.accounts_made_up_to) between 0 and 364,
        false
    ) as is_covered
from flow f
join company c on c.company_id = f.payee_id
where c.is_active
    and f.amount > 0
    and f.cancelled_by is null
    and f.kind in ('payment', 'subsidy')
    and f.status = 'paid'
    and f.flowed_on <= $as_of
    and f.payee_kind in ('company', 'unclassified')
