-- Awards in the editions in force: the newest record of an award counts, with all its suppliers. A supplier
-- is identified by the stated number, whether or not its register is held; else by its exact full name with
-- its legal form, if only one company may have had that name on that day. The buyer is that of the award's
-- own record, because two buyers may use one process; else that of the process.
with stated as (
    select s.*, e.edition_order, business_name(s.supplier_name) as name_key
    from award_statement s
    join edition_in_use e using (register, dataset, edition)
    where e.status = 'in_force'
),
newest as (
    select
        *,
        rank() over (
            partition by process_id, award_no
            order by released_at desc nulls last, edition_order desc, register, dataset, edition, record
        ) as place
    from stated
),
by_name as (
    select s.statement_id, min(n.company_id) as company_id
    from newest s
    join company_name n
        on n.name_key = s.name_key
        and coalesce(n.valid_from <= coalesce(s.awarded_on, s.released_at), true)
        and coalesce(n.valid_to >= coalesce(s.awarded_on, s.released_at), true)
    where s.supplier_number is null and s.supplier_kind = 'company' and s.place = 1
    group by s.statement_id
    having count(distinct n.company_id) = 1
),
buyer as (
    select *, business_name(buyer_name) as name_key
    from tender_statement
    where coalesce(buyer_number, buyer_name) is not null
),
buyer_by_name as (
    select name_key, min(company_id) as company_id
    from company_name
    where name_key in (select name_key from buyer)
    group by name_key
    having count(distinct company_name.company_id) = 1
)
select
    concat_ws('/', s.process_id, s.award_no) as award_id,
    s.position,
    s.process_id,
    coalesce(buyer_key(b.buyer_scheme, b.buyer_number, c.company_id, b.buyer_name), t.buyer_id) as buyer_id,
    case
        when s.supplier_number is not null then concat_ws('-', s.supplier_scheme, s.supplier_number)
        else n.company_id
    end as supplier_id,
    s.supplier_kind,
    s.supplier_name,
    s.supplier_ref,
    s.suppliers_n,
    s.status,
    case when s.position = 1 then s.amount end as amount,
    s.currency,
    s.is_framework,
    s.awarded_on,
    s.item_codes,
    case
        when s.supplier_number is not null then 'number'
        when n.company_id is not null then 'full_name'
    end as method,
    r.territory,
    s.register,
    s.dataset,
    s.edition,
    s.record,
    s.statement_id
from newest s
left join by_name n using (statement_id)
left join buyer b using (process_id, register, dataset, edition, record)
left join buyer_by_name c on c.name_key = b.name_key
left join tender t using (process_id)
left join (select distinct register, territory from register_role) r on r.register = s.register
where s.place = 1
