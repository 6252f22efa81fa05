"""Files of the Global Legal Entity Identifier Foundation (GLEIF): identifiers, relationships, exceptions.

Each publication is a CSV, a JSON and an XML file with the same records. The registers declare the columns of
the CSV file; the other two are brought into these columns. May import `transforms.model` and `values`.

Source: https://www.gleif.org/en/lei-data/gleif-golden-copy (LEI-CDF 3.1, RR-CDF 2.1, Reporting Exceptions
2.1).
"""
