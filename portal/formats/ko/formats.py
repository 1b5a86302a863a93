"""Dates as Koreans write them: ``2026. 11. 21.(토) 14:00``."""

DATE_FORMAT = "Y. n. j.(D)"
SHORT_DATE_FORMAT = "Y. n. j."
DATETIME_FORMAT = "Y. n. j.(D) H:i"
SHORT_DATETIME_FORMAT = "Y. n. j. H:i"
TIME_FORMAT = "H:i"
MONTH_DAY_FORMAT = "n. j."
YEAR_MONTH_FORMAT = "Y. n."
