from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "portal.pages"
    label = "pages"

    def ready(self) -> None:
        from portal.pages import addresses
        from portal.plan import registry

        registry.register_fact("pages.course_address", addresses.of_course)
