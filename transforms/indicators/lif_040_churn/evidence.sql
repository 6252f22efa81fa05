with flagged as (
    select * from churn where changes_n >= $n
)
select
    c.company_id as subject_id,
    case c.kind
        when 'owner' then 'change of owner'
        when 'director' then 'change of director'
        else 'new seat'
    end as role,
    c.statement_id,
    c.field
from change c
join flagged f on f.company_id = c.company_id and c.day between f.first_on and f.last_on
union all
select s.company_id, 'seat before', s.from_statement_id, 'address_statement.address_text'
from seat_change s
join flagged f on f.company_id = s.company_id and s.moved_by between f.first_on and f.last_on
