-- Cases of insolvency and liquidation in the editions in force, one row for each. A members' liquidation, a
-- receivership of one property and a mere moratorium are not insolvency; for an unknown kind, it is null.
with stated as (
    select
        s.*,
        concat_ws('-', s.company_scheme, s.company_number) as company_id,
        row_number() over (
            partition by s.company_scheme, s.company_number, s.case_no
            order by e.edition_order desc, s.statement_id
        ) as newest
    from insolvency_statement s
    join edition_in_use e using (register, dataset, edition)
    where e.status = 'in_force'
)
select
    concat_ws('/', s.company_id, s.case_no) as insolvency_id,
    s.company_id,
    s.kind,
    s.kind_native,
    case
        when s.kind <> 'unknown' then s.kind in (
            'compulsory_liquidation', 'creditors_voluntary_liquidation', 'administration',
            'voluntary_arrangement', 'administrative_receivership', 'bankruptcy', 'suspension_of_payments'
        )
    end as is_insolvency,
    s.began_on,
    t.territory,
    s.register,
    s.edition,
    s.statement_id
from stated s
left join (select distinct register, territory from register_role) t on t.register = s.register
where s.newest = 1
