-- Contracting processes in the editions in force: for each column what the newest record says that states it,
-- because a later notice need not repeat a deadline. The buyer is identified by its number, else by its exact
-- full name, if only one company has it, else by the name itself, as payments have it.
with stated as (
    select s.*, e.edition_order, business_name(s.buyer_name) as name_key
    from tender_statement s
    join edition_in_use e using (register, dataset, edition)
    where e.status = 'in_force'
),
by_name as (
    select name_key, min(company_id) as company_id
    from company_name
    group by name_key
    having count(distinct company_name.company_id) = 1
),
bought as (
    select s.*, buyer_key(s.buyer_scheme, s.buyer_number, n.company_id, s.buyer_name) as buyer_id
    from stated s
    left join by_name n using (name_key)
),
newest as (
    select
        process_id,
        first_value(buyer_id ignore nulls) over newest_first as buyer_id,
        first_value(buyer_name ignore nulls) over newest_first as buyer_name,
        first_value(title ignore nulls) over newest_first as title,
        first_value(nullif(method, 'unknown') ignore nulls) over newest_first as method,
        first_value(is_price_only ignore nulls) over newest_first as is_price_only,
        first_value(opens_at ignore nulls) over newest_first as opens_at,
        first_value(closes_at ignore nulls) over newest_first as closes_at,
        first_value(bidders_n ignore nulls) over newest_first as bidders_n,
        released_at,
        register,
        dataset,
        edition,
        record,
        statement_id,
        row_number() over (
            partition by process_id
            order by released_at desc nulls last, edition_order desc, statement_id
        ) as place
    from bought
    window newest_first as (
        partition by process_id
        order by released_at desc nulls last, edition_order desc, statement_id
        rows between unbounded preceding and unbounded following
    )
)
select
    s.process_id,
    s.buyer_id,
    s.buyer_name,
    s.title,
    coalesce(s.method, 'unknown') as method,
    s.is_price_only,
    s.opens_at,
    s.closes_at,
    s.bidders_n,
    s.released_at,
    t.territory,
    s.register,
    s.dataset,
    s.edition,
    s.record,
    s.statement_id
from newest s
left join (select distinct register, territory from register_role) t on t.register = s.register
where s.place = 1
