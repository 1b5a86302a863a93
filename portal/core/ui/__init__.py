"""Building blocks of every screen: typed parts, form renderer, fields and widgets. Templates live in ``portal/templates``."""
