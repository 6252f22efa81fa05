-- Charges in the editions in force, one row for each lender and title. The lender is the company with the
-- stated number, in its own register or beside its own number (a Dutch RSIN); else the company of that exact
-- full name, if only one company had it on the day of the charge.
with stated as (
    select
        s.*,
        business_name(s.lender_name) as name_key,
        row_number() over (
            partition by s.charge_id, s.position, s.title_position
            order by e.edition_order desc, s.statement_id
        ) as newest
    from charge_statement s
    join edition_in_use e using (register, dataset, edition)
    where e.status = 'in_force'
),
by_name as (
    select s.statement_id, min(b.company_id) as company_id
    from stated s
    join company_name b
        on b.name_key = s.name_key
        and (b.valid_from is null or b.valid_from <= s.created_on)
        and (b.valid_to is null or b.valid_to >= s.created_on)
    group by s.statement_id
    having count(distinct b.company_id) = 1
),
number_beside as (
    select i.scheme, i.number, min(c.company_id) as company_id
    from identifier_statement i
    join company c on c.statement_id = i.of_statement_id
    group by i.scheme, i.number
    having count(distinct c.company_id) = 1
),
by_number as (
    select s.statement_id, coalesce(c.company_id, b.company_id) as company_id
    from stated s
    left join company c on c.company_id = concat_ws('-', s.lender_scheme, s.lender_number)
    left join number_beside b on b.scheme = s.lender_scheme and b.number = s.lender_number
    where s.lender_number is not null
),
-- Titles that the same part of a deed charges, in any record.
deeds as (
    select deed_id, count(distinct title_id) as titles_n
    from stated
    where newest = 1 and deed_id is not null
    group by deed_id
)
select
    s.charge_id,
    s.kind,
    s.position,
    s.title_position,
    case
        when s.borrower_number is not null then concat_ws('-', s.borrower_scheme, s.borrower_number)
    end as borrower_id,
    coalesce(u.company_id, n.company_id) as lender_id,
    s.lender_kind,
    s.lender_name,
    s.title_id,
    nullif(greatest(s.titles_n, coalesce(d.titles_n, 0)), 0) as objects_n,
    s.deed_id,
    s.status,
    s.amount_secured,
    s.currency,
    s.created_on,
    s.satisfied_on,
    t.territory,
    s.register,
    s.edition,
    s.statement_id
from stated s
left join by_number u using (statement_id)
left join by_name n using (statement_id)
left join deeds d using (deed_id)
left join (select distinct register, territory from register_role) t on t.register = s.register
where s.newest = 1
