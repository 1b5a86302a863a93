import gettext
import os

from portal.core.management.commands import compile_catalogues as command

PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "마당"\nmsgstr "Yard"\n'


def test_a_catalogue_is_compiled_once_and_again_when_its_source_is_newer(tmp_path):
    source = tmp_path / "django.po"
    source.write_text(PO)
    assert command.compile_one(source)
    assert not command.compile_one(source)
    target = source.with_suffix(".mo")
    with target.open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("마당") == "Yard"

    source.write_text(PO.replace("Yard", "Court"))
    later = target.stat().st_mtime_ns + 1
    os.utime(source, ns=(later, later))
    assert command.compile_one(source)
    with target.open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("마당") == "Court"
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["django.mo", "django.po"]


def test_only_catalogues_of_this_repository_are_compiled(settings, tmp_path):
    foreign = tmp_path / "locale" / "en" / "LC_MESSAGES"
    foreign.mkdir(parents=True)
    (foreign / "django.po").write_text(PO)
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    assert foreign / "django.po" not in command.catalogues()
    assert all(path.is_relative_to(settings.BASE_DIR) for path in command.catalogues())
