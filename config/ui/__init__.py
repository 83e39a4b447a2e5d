"""Interface kit: icons, French dates, table columns, charts. Holds no word of the domain."""
