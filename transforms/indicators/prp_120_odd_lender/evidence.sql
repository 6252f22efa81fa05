with odd as (
    select * from judged where outcome in ('natural_person', 'undisclosed_owners', 'non_financial')
)
select
    title_id as subject_id, 'lender' as role, charge_statement_id as statement_id,
    case
        when outcome = 'natural_person' then 'charge_statement.lender_kind'
        else 'charge_statement.lender_name'
    end
        as field
from odd
union all
select title_id, 'proprietor', statement_id, 'proprietorship_statement.added_on' from odd
union all
select title_id, 'lender in its register', lender_statement_id, 'entity_statement.industry_codes'
from odd
where outcome = 'non_financial'
union all
select
    title_id, 'statement of the lender', undisclosed_statement_id, 'relationship_statement.declaration_code'
from odd
where outcome = 'undisclosed_owners'
