with judged as (
    select
        subject_id,
        count(*) filter (where outcome = 'overdue') as overdue_n,
        count(*) filter (where outcome <> 'no_due_day') as stated_n,
        min(case when outcome = 'overdue' then verification_due_on end) as due_on
    from roles
    group by subject_id
)
-- A company without a person's role is also assessed, because without a register of owners nothing is known.
select
    c.company_id as subject_id,
    case
        when overdue_n > 0 then 'flagged'
        when stated_n = 0 then 'not_assessable'
        else 'not_flagged'
    end as state,
    case when stated_n = 0 then 'no_due_day' end as reason,
    case when overdue_n > 0 then overdue_n end as value,
    'roles' as unit,
    due_on,
    date_diff('day', due_on, $as_of) as days_n,
    case when date_diff('day', due_on, $as_of) = 1 then 'day' else 'days' end as days_word,
    case when overdue_n = 1 then 'role of an owner or director' else 'roles of owners or directors' end
        as roles_words
from company c
left join judged j on j.subject_id = c.company_id
where c.is_active and c.territory = 'gb' and c.legal_form_class <> 'overseas_entity'
