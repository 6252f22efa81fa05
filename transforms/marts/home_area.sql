-- Districts that the run is for: those asked for, else those that the home names. None: everywhere.
select area_name, max(area_code) as area_code
from home_area_list
group by area_name
