-- Opaque vehicles that are above somebody. Both queries read them: worked out once.
select *
from opaque_vehicle
where vehicle_id in (select nearest_id from graph_reach where mark = 'opaque_vehicle')
