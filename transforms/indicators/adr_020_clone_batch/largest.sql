-- The largest batch of similar entities at each unit, by the entity that was incorporated last.
with counted as (
    select
        *,
        count(*) over (
            partition by unit_id, legal_form, industry_code, likeness, owners
            order by made_at range between 100 * $months preceding and current row
        ) as batch_n
    from alike
),
ranked as (
    select
        *,
        row_number() over (
            partition by unit_id
            order by
                (batch_n >= $n) desc, (likeness = 'same_owner_set') desc, batch_n desc, legal_form,
                industry_code, owners, made_at, company_id
        ) as best
    from counted
)
select * from ranked where best = 1
