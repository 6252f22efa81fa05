-- Themes of work, each with the classes of industry that belong to it.
select distinct theme, title, title_nl, nace_class, meaning
from themes_list
