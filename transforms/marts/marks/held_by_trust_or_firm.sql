-- Trusts and firms: what they hold has an owner behind them.
select entity_id as subject_id
from entity
where entity_type = 'arrangement'
