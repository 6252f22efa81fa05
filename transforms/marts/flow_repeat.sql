-- Lines of payment files in force that are not in `flow`, because they repeat another line. A line with
-- several reasons has the first of them in the alphabet.
with own as (
    select
        a.*,
        row_number() over (
            partition by a.account_id, a.currency, a.first_on, a.last_on, a.opening, a.closing
            order by a.lines_n desc, a.register, a.dataset, a.edition, a.record
        ) as nth,
        row_number() over (
            partition by a.account_id
            order by a.first_on, a.last_on, a.register, a.dataset, a.edition, a.record
        ) as place
    from account_statement a
    join edition_in_use e using (register, dataset, edition)
    where e.status = 'in_force'
),
-- Lines of an account's own statements; `copy_no` numbers equal lines in a statement.
own_line as (
    select
        f.statement_id, f.flowed_on, f.amount, f.currency, f.payer_account, f.payee_account, f.reference,
        f.purpose, a.account_id, a.first_on, a.last_on, a.opening, a.closing, a.place, a.nth,
        row_number() over (
            partition by
                a.account_id, a.place, f.flowed_on, f.amount, f.currency, f.payer_account, f.payee_account,
                f.reference, f.purpose
            order by f.statement_id
        ) as copy_no
    from flow_statement f
    join own a
        on a.register = f.register and a.dataset = f.dataset and a.edition = f.edition and a.record = f.record
    where f.stated_by is not null
),
-- What payers' statements pay to an account and its own statement does not say of that payer.
paid_only as (
    select distinct p.payee_account, p.flowed_on, p.amount, p.currency
    from own_line p
    left join own_line n
        on n.account_id = p.payee_account
        and n.payer_account = p.account_id
        and n.flowed_on = p.flowed_on
        and n.amount = p.amount
        and n.currency = p.currency
    where p.payer_account = p.account_id and p.payee_account is not null and n.statement_id is null
),
-- The lines of that account, day and amount that name no account, if there is only one.
unnamed_payer as (
    select min(l.statement_id) as statement_id
    from own_line l
    join paid_only p
        on p.payee_account = l.account_id
        and p.flowed_on = l.flowed_on
        and p.amount = l.amount
        and p.currency = l.currency
    where l.payee_account = l.account_id and l.payer_account is null and l.nth = 1
    group by l.account_id, l.flowed_on, l.amount, l.currency
    having count(*) = 1
),
-- Until which day a payer's ledger has actual payments: what was planned until then is in it, or was not
-- paid. A paid line with a future date is an error and does not count.
booked as (
    select f.payer_id, f.register, max(f.flowed_on) as until_on
    from flow_statement f
    join edition_in_use e using (register, dataset, edition)
    where e.status = 'in_force' and f.status = 'paid' and f.flowed_on <= $as_of
    group by f.payer_id, f.register
),
-- The days of each payment file, and files of one dataset that share days.
span as (
    select f.register, f.dataset, f.edition, min(f.flowed_on) as first_on, max(f.flowed_on) as last_on
    from flow_statement f
    join edition_in_use e using (register, dataset, edition)
    where e.status = 'in_force' and f.stated_by is null
    group by f.register, f.dataset, f.edition
),
overlapping as (
    select distinct a.register, a.dataset, a.edition
    from span a
    join span b
        on b.register = a.register
        and b.dataset = a.dataset
        and b.edition <> a.edition
        and b.first_on <= a.last_on
        and a.first_on <= b.last_on
),
-- Their lines. The id of a statement ends in the hash of its record; `copy_no` numbers equal lines in a file.
period_line as (
    select
        f.statement_id, f.register, f.dataset, f.edition,
        split_part(f.statement_id, '-f-', 2) as content,
        row_number() over (
            partition by f.register, f.dataset, f.edition, split_part(f.statement_id, '-f-', 2)
            order by f.record_no
        ) as copy_no
    from flow_statement f
    join overlapping using (register, dataset, edition)
    where f.stated_by is null and f.statement_id like '%-f-%'
),
in_periods as (
    select
        statement_id,
        row_number() over (partition by register, dataset, content, copy_no order by edition) as nth
    from period_line
),
repeats as (
    select statement_id, 'in_two_files' as reason from in_periods where nth > 1
    union all
    select f.statement_id, 'booked'
    from flow_statement f
    join booked b on b.payer_id = f.payer_id and b.register = f.register and b.until_on >= f.flowed_on
    where f.status = 'planned'
    union all
    select f.statement_id, 'delivered_twice'
    from flow_statement f
    join own a
        on a.register = f.register and a.dataset = f.dataset and a.edition = f.edition and a.record = f.record
    where f.stated_by is not null and a.nth > 1 and a.opening is not null and a.closing is not null
    union all
    -- The same line in two statements with overlapping days, neither of which starts where the other ended.
    select l.statement_id, 'in_two_files'
    from own_line l
    join own_line b
        on b.account_id = l.account_id
        and b.flowed_on = l.flowed_on
        and b.amount = l.amount
        and b.currency = l.currency
        and b.copy_no = l.copy_no
        and b.payer_account is not distinct from l.payer_account
        and b.payee_account is not distinct from l.payee_account
        and b.reference is not distinct from l.reference
        and b.purpose is not distinct from l.purpose
    where b.place < l.place
        and (b.first_on, b.last_on) <> (l.first_on, l.last_on)
        and b.closing is distinct from l.opening
        and l.closing is distinct from b.opening
    union all
    select f.statement_id, 'in_payers_statement'
    from flow_statement f
    join own a on a.account_id = f.payer_account and f.flowed_on between a.first_on and a.last_on
    where f.stated_by = 'payee'
    union all
    select statement_id, 'in_payers_statement' from unnamed_payer
)
select
    f.statement_id as flow_id,
    r.reason,
    f.register,
    f.dataset,
    f.edition,
    f.record
from flow_statement f
join edition_in_use e using (register, dataset, edition)
join (select statement_id, min(reason) as reason from repeats group by statement_id) r using (statement_id)
where e.status = 'in_force'
