-- Opaque vehicles that are above an entity. Both queries read them, so they are computed once.
select *
from opaque_vehicle
where vehicle_id in (select nearest_id from graph_reach where mark = 'opaque_vehicle')
