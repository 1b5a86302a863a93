from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "portal.pages"
    label = "pages"

    def ready(self) -> None:
        from portal.pages import addresses
        from portal.pages.findable import PAGES
        from portal.plan import registry
        from portal.search import registry as search

        search.register(PAGES)
        registry.register_fact("pages.course_address", addresses.of_course)
