-- Flags that would open a case and are in none: they are about a sale or dwelling, and no legal entity is or
-- was its proprietor. Weak flags and those about a register's own faults never open one.
select f.indicator, count(*) as flags_n
from v_flag f
join v_indicator i on i.code = f.indicator
where
    f.state = 'flagged'
    and f.case_id is null
    and not f.weak
    and not i.data_quality
    and f.subject_type in ('property', 'transaction')
    and {in_area}
group by f.indicator
order by f.indicator
