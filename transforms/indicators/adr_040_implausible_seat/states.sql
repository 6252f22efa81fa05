select
    company_id as subject_id,
    case
        when outcome in ('not_in_register', 'demolished', 'never_built', 'no_suitable_use') then 'flagged'
        when outcome = 'miss' then 'not_flagged'
        else 'not_assessable'
    end as state,
    case
        when outcome not in ('not_in_register', 'demolished', 'never_built', 'no_suitable_use', 'miss')
            then outcome
    end as reason,
    case
        when outcome in ('not_in_register', 'demolished', 'never_built', 'no_suitable_use') then outcome
    end as subtype,
    case outcome
        when 'not_in_register' then 'is not in the register of buildings'
        when 'demolished' then 'was demolished or withdrawn'
        when 'never_built' then 'was never built'
        when 'no_suitable_use' then 'may be used neither as an office nor as a home'
    end as finding
from judged
