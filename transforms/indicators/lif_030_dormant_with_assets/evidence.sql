with dormant as (
    select
        c.company_id, c.statement_id, c.accounts_category, p.statement_id as holding_id,
        p.party_statement_id, p.added_on, t.statement_id as title_statement_id, t.price_paid_gbp
    from proprietorship p
    join title t using (title_id)
    join company c on c.company_id = p.party_id
    where p.ended_on is null and c.is_active and not c.is_residents_company
        and (
            c.accounts_category in ('DORMANT', 'FILING EXEMPTION SUBSIDIARY')
            or (
                c.accounts_category = 'NO ACCOUNTS FILED'
                and coalesce(list_contains(c.industry_codes, '99999'), false)
            )
        )
        and coalesce(p.added_on <= $as_of, true)
        and (t.price_paid_gbp > 0 or date_diff('day', p.added_on, $as_of) <= $days)
)
select
    company_id as subject_id, 'category of the latest accounts' as role, statement_id,
    'entity_statement.accounts_category' as field
from dormant
union all
select company_id, 'industry codes', statement_id, 'entity_statement.industry_codes'
from dormant
where accounts_category = 'NO ACCOUNTS FILED'
union all
select company_id, 'company in its register', statement_id, 'entity_statement.name' from dormant
union all
select company_id, 'proprietor as the title names it', party_statement_id, 'entity_statement.name'
from dormant
union all
select company_id, 'title held', holding_id, 'proprietorship_statement.title_id' from dormant
union all
select company_id, 'proprietor added', holding_id, 'proprietorship_statement.added_on'
from dormant
where added_on is not null
union all
select company_id, 'price paid', title_statement_id, 'title_statement.price_paid_gbp'
from dormant
where price_paid_gbp > 0
