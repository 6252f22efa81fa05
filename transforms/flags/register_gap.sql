-- Why absence from a register proves nothing; null where every edition in force is complete. One row.
select
    case
        when count(*) = 0 then concat_ws('', 'missing:', $register)
        when count(*) filter (where completeness <> 'complete') > 0 then concat_ws('', 'extract:', $register)
    end as gap
from edition_in_use
where register = $register and status = 'in_force'
