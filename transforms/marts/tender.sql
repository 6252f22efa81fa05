-- Contracting processes in the editions in force: the newest record about a process counts. The buyer is
-- identified by its number, else by its exact full name, if only one company has it, else by the name itself,
-- as payments have it.
with stated as (
    select
        s.*,
        business_name(s.buyer_name) as name_key,
        row_number() over (
            partition by s.process_id
                order by s.released_at desc nulls last, e.edition_order desc, s.statement_id
        ) as newest
    from tender_statement s
    join edition_in_use e using (register, dataset, edition)
    where e.status = 'in_force'
),
by_name as (
    select name_key, min(company_id) as company_id
    from company_name
    group by name_key
    having count(distinct company_name.company_id) = 1
)
select
    s.process_id,
    case
        when s.buyer_number is not null then concat_ws('-', s.buyer_scheme, s.buyer_number)
        when n.company_id is not null then n.company_id
        when s.name_key is not null then
            concat_ws(
                ':',
                'body',
                trim(regexp_replace(lower(strip_accents(s.buyer_name)), '[^a-z0-9]+', '_', 'g'), '_')
            )
    end as buyer_id,
    s.buyer_name,
    s.title,
    s.method,
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
from stated s
left join by_name n using (name_key)
left join (select distinct register, territory from register_role) t on t.register = s.register
where s.newest = 1
