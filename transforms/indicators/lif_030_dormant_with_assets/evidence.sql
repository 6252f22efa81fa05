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
),
-- The last payments, at most a hundred.
covered as (
    select
        payee_id, statement_id, company_statement_id,
        row_number() over (partition by payee_id order by flowed_on desc, statement_id) as nth
    from paid
    where is_covered
)
select
    company_id as subject_id, 'category of the latest accounts' as role, statement_id,
    'entity_statement.accounts_category' as field, cast(null as varchar) as subtype
from dormant
union all
select company_id, 'industry codes', statement_id, 'entity_statement.industry_codes', null
from dormant
where accounts_category = 'NO ACCOUNTS FILED'
union all
select company_id, 'company in its register', statement_id, 'entity_statement.name', null from dormant
union all
select company_id, 'proprietor as the title names it', party_statement_id, 'entity_statement.name', null
from dormant
union all
select company_id, 'title held', holding_id, 'proprietorship_statement.title_id', null from dormant
union all
select company_id, 'proprietor added', holding_id, 'proprietorship_statement.added_on', null
from dormant
where added_on is not null
union all
select company_id, 'price paid', title_statement_id, 'title_statement.price_paid_gbp', null
from dormant
where price_paid_gbp > 0
union all
select payee_id, 'payment', statement_id, 'flow_statement.flowed_on', 'paid'
from covered
where nth <= 100
union all
select payee_id, 'amount paid', statement_id, 'flow_statement.amount', 'paid' from covered where nth <= 100
union all
select distinct payee_id, 'category of the latest accounts', company_statement_id,
    'entity_statement.accounts_category', 'paid'
from covered
union all
select distinct payee_id, 'end of the latest accounts', company_statement_id,
    'entity_statement.accounts_made_up_to', 'paid'
from covered
