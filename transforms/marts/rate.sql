-- The value of one euro, by currency and day of rate; a rate holds until the day before the next one.
with stated as (
    select
        r.currency, r.rated_on, r.per_euro, r.register, r.edition, r.statement_id,
        row_number() over (
            partition by r.currency, r.rated_on order by e.edition_order desc, r.statement_id
        ) as newest
    from rate_statement r
    join edition_in_use e using (register, dataset, edition)
    where e.status = 'in_force'
)
select
    currency,
    rated_on,
    lead(rated_on) over (partition by currency order by rated_on) - 1 as until_on,
    per_euro,
    register,
    edition,
    statement_id
from stated
where newest = 1
