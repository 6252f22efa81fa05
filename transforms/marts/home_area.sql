-- Districts of the run: those given to the command, else those that the home names. No row: everywhere.
select area_name, max(area_code) as area_code
from home_area_list
group by area_name
