-- Names of the registers with each role, those that hold all of it first. Registers of some companies stand
-- apart: no other company is looked for there.
select
    case when role = 'companies' and is_partial then 'some companies' else role end as kind,
    list(register order by is_partial, register) as registers
from v_register_role
group by kind
