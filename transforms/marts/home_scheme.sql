-- Words of the names of schemes that the home exempts from the ceiling for small aid.
select distinct words
from home_scheme_list
