-- Trusts, foundations, nominations and bearer holdings whose parties are not all named.
select vehicle_id as subject_id
from opaque_vehicle
