-- Registers whose records are evidence for flags of $indicator.
select title, publisher, territory, licence
from v_register
where register in (
    select e.register
    from v_evidence e
    join v_flag f using (flag_id)
    where f.indicator = $indicator and f.state = 'flagged'
)
order by title, publisher
