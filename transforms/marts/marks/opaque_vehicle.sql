-- Trusts, foundations, nominations and bearer holdings of which not every party is named.
select vehicle_id as subject_id
from opaque_vehicle
