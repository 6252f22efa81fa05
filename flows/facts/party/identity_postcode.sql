select
    u.postcode as id, u.postcode as name, count(*) as units_n,
    min(d.area_name) as area_name, min(d.area_code) as area_code
from ({units}) u
left join v_area d on d.postcode = u.postcode
group by u.postcode
order by u.postcode
