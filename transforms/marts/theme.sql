-- Themes, each with its industry classes.
select distinct theme, title, title_nl, nace_class, meaning
from themes_list
