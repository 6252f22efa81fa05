with companies as (
    select
        f.unit_id, f.statement_id, f.address_statement_id,
        case
            when f.day_no >= b.from_no then 'company incorporated'
            else 'company incorporated before'
        end as role
    from burst b
    join founded f on f.unit_id = b.unit_id and f.day_no between b.from_no - 728 and b.day_no
)
select
    unit_id as subject_id, role, statement_id, 'entity_statement.incorporated_on' as field
from companies
union all
select unit_id, 'seat', address_statement_id, 'address_statement.address_text' from companies
