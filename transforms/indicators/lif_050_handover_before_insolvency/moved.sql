-- Moves of insolvent companies' seats between two editions of the company register: after the last edition
-- with the old seat, and at the latest on the day of the first edition with the new one.
with next as (
    select
        s.company_id,
        s.address_id,
        s.first_seen_on as until_on,
        s.statement_id,
        lag(s.last_seen_on) over (
            partition by s.company_id order by s.first_seen_on, s.statement_id
        ) as after_on,
        lag(s.statement_id) over (partition by s.company_id order by s.first_seen_on, s.statement_id) as
            old_statement_id
    from seat_held s
    where s.first_seen_on is not null
)
select
    n.company_id,
    n.after_on,
    n.until_on,
    n.statement_id,
    n.old_statement_id,
    date_diff('day', n.after_on, o.insolvent_on) between 1 and $days + 1
        and n.until_on <= o.insolvent_on as is_within
from next n
join insolvent_company o on o.company_id = n.company_id
join address a on a.address_id = n.address_id
where n.after_on is not null
    and n.after_on < o.insolvent_on
    and date_diff('day', n.until_on, o.insolvent_on) <= $days
    and a.address_class not in ('practitioner', 'default')
